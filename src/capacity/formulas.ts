// Formulas that articles on Flink's checkpoints give, in their form: what they say of a model, where they fail, and what
// is right. docs/capacity.md derives each.
import type { CheckpointForecast, Formula, JobModel, Quantity, StoreForecast } from '../model/capacity.js';

export interface FormulaInput {
  readonly model: JobModel;
  readonly intervalMs: number;
  readonly checkpoint: CheckpointForecast;
  readonly store: StoreForecast;
}

/** All of them, in the order of docs/capacity.md. */
export function formulasOf(input: FormulaInput): readonly Formula[] {
  return [capacity, sumOfSizes, change, sumOfIntervals, duration].map((formula) => formula(input));
}

function capacity({ checkpoint, store }: FormulaInput): Formula {
  return {
    name: 'capacity',
    form: 'capacity = state + metadata',
    gives: bytes(checkpoint.stateBytes + checkpoint.metadataBytes),
    fails: 'it is one checkpoint: the others that are kept and those under way are left out',
    right: 'capacity = bytes of all live checkpoints, each file once + concurrent × upload',
    rightGives: bytes(store.peakBytes),
  };
}

function sumOfSizes({ checkpoint, store }: FormulaInput): Formula {
  return {
    name: 'sum of sizes',
    form: 'S = Σ sᵢ',
    gives: bytes(store.liveCheckpoints * (checkpoint.stateBytes + checkpoint.metadataBytes)),
    fails: 'incremental checkpoints share files, which it counts once for each',
    right: 'S = state + (live − 1) × replaced since + live × metadata',
    rightGives: bytes(store.steadyBytes),
  };
}

/** With interval t and lifetime T there live T/t checkpoints, so s·T/t is what lies there in the end. */
function change({ model, checkpoint, store }: FormulaInput): Formula {
  const live = store.liveCheckpoints;
  const size = checkpoint.stateBytes + checkpoint.metadataBytes;
  return {
    name: 'change of the stored size',
    form: 'ΔS = s·t/T − S',
    gives: bytes(size / live - model.storedBytes),
    fails: 't/T is upside down: T/t checkpoints live at a time; and S leaves after T, not at once',
    right: 'ΔS = (S∞ − S)·t/T, which is s − S·t/T for full checkpoints',
    rightGives: bytes((store.steadyBytes - model.storedBytes) / live),
  };
}

function sumOfIntervals({ store }: FormulaInput): Formula {
  return {
    name: 'cost',
    form: 'C = Σ cᵢ',
    gives: { value: DAY_MS, unit: 'ms' },
    fails: 'a sum of intervals is a span of time, a day for the checkpoints of a day, and no cost',
    right: 'C = upload × checkpoints per day',
    rightGives: { value: store.writtenBytesPerDay, unit: 'bytes-per-day' },
  };
}

function duration({ model, checkpoint }: FormulaInput): Formula {
  return {
    name: 'duration of a checkpoint',
    form: 'T_cp = T_save + T_ack',
    gives: { value: checkpoint.saveMs + model.ackMs, unit: 'ms' },
    fails:
      'barriers have to be aligned first; and the slowest task counts, so that more tasks do not shorten T_ack',
    right: 'T_cp = T_align + T_save + T_ack, each of the slowest task',
    rightGives: { value: checkpoint.totalMs, unit: 'ms' },
  };
}

const DAY_MS = 86_400_000;

function bytes(value: number): Quantity {
  return { value, unit: 'bytes' };
}
