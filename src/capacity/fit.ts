// The words of a model, taken from the checkpoints of a real job. What a model has no word for, growth above all, is not in
// it: it is the job as it is now.

import type { CapacityForecast } from '../model/capacity.js';
import type { JobCapacity, OperatorSize, ReadSample } from '../model/measured-capacity.js';
import type { Comparison } from '../model/simulation.js';
import { median } from './trend.js';

const LEAST_CHECKPOINTS = 3;
const SECOND_MS = 1000;
/** A job whose checkpoints write less of their state shares files between them. */
const SHARING_SHARE = 0.9;
/** Tables of level 0 that lie beside the rest, on average; see checkpoint-size.ts. */
const NEWEST_TABLES = 2.5;
/** More of the state cannot have changed, or nothing would tell how often. */
const MOST_CHANGED_SHARE = 0.99;

/** As in a file for `--model`. */
export interface FittedWords {
  readonly operators: readonly {
    readonly name: string;
    readonly state: string;
    readonly change?: string;
    readonly metadata: string;
  }[];
  readonly interval: string;
  readonly retained: number;
  readonly incremental: boolean;
}

/** Null where there are fewer than three checkpoints, no state, or no times that tell the interval. */
export function fitModel({ history }: JobCapacity): FittedWords | null {
  const { checkpoints, intervalMs } = history;
  const newest = checkpoints.at(-1);
  if (checkpoints.length < LEAST_CHECKPOINTS || intervalMs === null || newest === undefined) return null;
  const operators = newest.sizes.operators.filter(({ fullBytes }) => fullBytes > 0);
  if (operators.length === 0) return null;
  const incremental = checkpoints.some(
    ({ sizes }) => (sizes.addedBytes ?? 0) < SHARING_SHARE * sizes.fullBytes,
  );
  const metadata = `${Math.max(1, Math.round(newest.metadataBytes / operators.length))}B`;
  return {
    operators: operators.map((operator, index) => ({
      name: `${operator.name ?? operator.id} #${index + 1}`,
      ...(incremental ? ofTables(operator, checkpoints, intervalMs) : ofWhole(operator, checkpoints)),
      metadata,
    })),
    interval: `${Math.round(intervalMs)}ms`,
    retained: checkpoints.length,
    incremental,
  };
}

function ofWhole({ id }: OperatorSize, checkpoints: readonly ReadSample[]) {
  return { state: bytesText(median(sizesOf(id, checkpoints).map(({ fullBytes }) => fullBytes)) ?? 0) };
}

/** Most checkpoints write what changed and no more: the middle one does. */
function ofTables({ id }: OperatorSize, checkpoints: readonly ReadSample[], intervalMs: number) {
  const sizes = sizesOf(id, checkpoints);
  const meanFull = sizes.reduce((sum, { fullBytes }) => sum + fullBytes, 0) / sizes.length;
  const changed = Math.min(median(sizes.map(({ addedBytes }) => addedBytes)) ?? 0, meanFull);
  const state = Math.max(meanFull - NEWEST_TABLES * changed, changed, meanFull / (1 + NEWEST_TABLES));
  const share = Math.min(MOST_CHANGED_SHARE, changed / state);
  const perSecond = (-state * Math.log1p(-share) * SECOND_MS) / intervalMs;
  return { state: bytesText(state), change: `${Math.round(perSecond)}B/s` };
}

function sizesOf(id: string, checkpoints: readonly ReadSample[]): readonly OperatorSize[] {
  return checkpoints.flatMap(({ sizes }) => sizes.operators.filter((operator) => operator.id === id));
}

function bytesText(bytes: number): string {
  return `${Math.max(1, Math.round(bytes))}B`;
}

/** What the model of a job says beside what its checkpoints took. */
export function compareFit(
  { history, outlook }: JobCapacity,
  { checkpoint, store }: CapacityForecast,
): readonly Comparison[] {
  const { checkpoints } = history;
  const mean = (samples: readonly ReadSample[], of: (sample: ReadSample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  return [
    {
      of: 'full-size',
      modelledBytes: checkpoint.stateBytes,
      measuredBytes: mean(checkpoints, ({ sizes }) => sizes.fullBytes),
    },
    {
      of: 'written-per-checkpoint',
      modelledBytes: checkpoint.uploadBytes,
      // The store has the oldest one whole, and what came after it.
      measuredBytes: mean(
        checkpoints.slice(1),
        ({ sizes, metadataBytes }) =>
          (sizes.addedBytes ?? sizes.fullBytes) - sizes.inlineBytes + metadataBytes,
      ),
    },
    { of: 'steady-size', modelledBytes: store.steadyBytes, measuredBytes: outlook.steadyBytes },
  ];
}
