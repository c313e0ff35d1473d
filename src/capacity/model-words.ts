// A job model in words: a YAML file, or flags of the same names. What contradicts itself is refused, since a number that
// comes of it would mean nothing. Loads zod.
import { z } from 'zod';
import type { JobModel, ModelledOperator } from '../model/capacity.js';
import { UsageError } from '../support/errors.js';
import { duration, type PlaceOf, rate, readWords, size } from '../support/words.js';

const positive = (number: number) => number > 0;
const POSITIVE = 'must be more than nothing';
const count = (most: number) => z.int().min(1).max(most);
const period = () => duration().refine(positive, POSITIVE);
const factor = (least: number) => z.number().min(least).max(1000);

const operatorWords = z.strictObject({
  name: z.string().min(1).optional(),
  count: count(100_000).default(1),
  state: size().refine(positive, POSITIVE),
  change: rate().optional(),
  metadata: size().refine(positive, POSITIVE).default(1_000_000),
});

/** Words of the file; those of one kind of operator are flags too, with `operators` as their number. */
export const modelWords = z.strictObject({
  operators: z.array(operatorWords).min(1),
  interval: period(),
  timeout: period().default(600_000),
  'min-pause': duration().default(0),
  'max-concurrent': count(1000).default(1),
  retained: count(1_000_000).default(1),
  lifetime: period().optional(),
  incremental: z.boolean().default(false),
  compression: factor(1).default(1),
  'write-amplification': factor(1).optional(),
  'space-amplification': factor(1).optional(),
  bandwidth: rate().refine(positive, POSITIVE).default(100_000_000),
  alignment: duration().default(0),
  ack: duration().default(100),
  'failure-every': period().default(86_400_000),
  restart: duration().default(30_000),
  'catch-up': z
    .number()
    .gt(1, 'must be above 1: a job that is not faster than its input never catches up')
    .max(1000)
    .default(2),
  slowdown: z.number().gt(0).max(1).default(0.1),
  stored: size().default(0),
});

type Words = z.output<typeof modelWords>;

/** Throws a UsageError for unknown words, for values that mean nothing, and for a model that contradicts itself. */
export function jobModel(words: unknown, placeOf: PlaceOf): JobModel {
  const given = readWords(modelWords, words, placeOf);
  for (const check of CONTRADICTIONS) {
    const found = check(given);
    if (found === null) continue;
    const where = placeOf([]);
    throw new UsageError(`${where}: ${found.problem}`, { where, next: found.next });
  }
  return {
    operators: given.operators.map(operatorOf),
    intervalMs: given.interval,
    timeoutMs: given.timeout,
    minPauseMs: given['min-pause'],
    maxConcurrent: given['max-concurrent'],
    retained: given.retained,
    lifetimeMs: given.lifetime ?? null,
    mode: given.incremental ? 'incremental' : 'full',
    compressionRatio: given.compression,
    writeAmplification: given['write-amplification'] ?? null,
    spaceAmplification: given['space-amplification'] ?? null,
    bandwidthBytesPerSecond: given.bandwidth,
    alignmentMs: given.alignment,
    ackMs: given.ack,
    failureEveryMs: given['failure-every'],
    restartMs: given.restart,
    catchUpFactor: given['catch-up'],
    slowdownShare: given.slowdown,
    storedBytes: given.stored,
  };
}

function operatorOf(
  { name, count: number, state, change, metadata }: z.output<typeof operatorWords>,
  index: number,
): ModelledOperator {
  return {
    name: name ?? `operator ${index + 1}`,
    count: number,
    stateBytes: state,
    changedBytesPerSecond: change ?? 0,
    metadataBytes: metadata,
  };
}

interface Contradiction {
  readonly problem: string;
  readonly next: string;
}

const CONTRADICTIONS: readonly ((words: Words) => Contradiction | null)[] = [
  ({ 'min-pause': pause, 'max-concurrent': concurrent }) =>
    pause > 0 && concurrent > 1
      ? {
          problem: 'a pause between checkpoints allows one at a time, as in Flink',
          next: 'leave out min-pause or max-concurrent',
        }
      : null,
  ({ lifetime, retained, interval }) =>
    lifetime !== undefined && lifetime < retained * interval
      ? {
          problem: 'Flink retains checkpoints for longer than their lifetime',
          next: 'make the lifetime at least retained × interval, or leave one of them out',
        }
      : null,
  ({ incremental, operators }) =>
    incremental && operators.every(({ change = 0 }) => change === 0)
      ? {
          problem: 'incremental checkpoints of a state that never changes',
          next: 'say with change how much state is written, such as change: 5MB/s',
        }
      : null,
  ({ incremental, ...words }) =>
    !incremental && (words['write-amplification'] !== undefined || words['space-amplification'] !== undefined)
      ? { problem: 'full checkpoints have no amplification', next: 'say incremental, or leave it out' }
      : null,
  ({ operators }) => {
    const names = operators.flatMap(({ name }) => name ?? []);
    return new Set(names).size < names.length
      ? { problem: 'two operators have one name', next: 'give each another, or none' }
      : null;
  },
];
