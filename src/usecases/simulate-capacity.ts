// `ckpt capacity --simulate`: a model beside what the bundled engine does with a job of its shape. The state is made as small
// as it takes to run it in seconds: the share of it that changes between two checkpoints stays the same.
import { forecast } from '../capacity/forecast.js';
import type { JobModel } from '../model/capacity.js';
import type { Simulation } from '../model/simulation.js';
import { ENTRY_BYTES, type SimulatedSizes, type SimulationWorld, simulateJob } from './simulated-job.js';

const MOST_KEYS = 4000;
const LEAST_KEYS = 500;
const MOST_RETAINED = 10;
/** Of four, one is compacted. */
const CHECKPOINTS = 8;
const SECOND_MS = 1000;

export type SimulationBase = Pick<SimulationWorld, 'clock' | 'random' | 'eventLoop'>;

/** Runs some tens of checkpoints; incremental ones with RocksDB, full ones with the heap. */
export async function simulateCapacity(model: JobModel, base: SimulationBase): Promise<Simulation> {
  const total = totalsOf(model);
  const keys = Math.round(Math.min(MOST_KEYS, Math.max(LEAST_KEYS, total.stateBytes / ENTRY_BYTES)));
  const scale = total.stateBytes / (keys * ENTRY_BYTES);
  const shape = {
    backend: model.mode === 'incremental' ? ('rocksdb' as const) : ('hashmap' as const),
    keys,
    changesPerCheckpoint: Math.round(total.changedBytes / scale / ENTRY_BYTES),
    retained: Math.min(MOST_RETAINED, Math.round(forecast(model).store.liveCheckpoints)),
    checkpoints: CHECKPOINTS,
  };
  const incremental = model.mode === 'incremental';
  const world = incremental ? { ...base, databases: await databases() } : base;
  const measured = await simulateJob({ ...shape, incremental }, world);
  return { scale, ...shape, comparisons: comparisonsOf(scaledModel(model, shape, measured), measured) };
}

/** A large package, loaded only here. */
async function databases() {
  const { nativeDatabases } = await import('../engine/state/rocksdb/native-database.js');
  return nativeDatabases({ directory: null, writeBufferBytes: 64 * 1024 * 1024 });
}

function totalsOf({ operators, intervalMs }: JobModel) {
  const sum = (of: (operator: JobModel['operators'][number]) => number) =>
    operators.reduce((total, operator) => total + operator.count * of(operator), 0);
  return {
    stateBytes: sum(({ stateBytes }) => stateBytes),
    changedBytes: sum(({ changedBytesPerSecond }) => changedBytesPerSecond) * (intervalMs / SECOND_MS),
  };
}

/** The model of what was run. `_metadata` is as it was measured; nothing waits for bandwidth. */
function scaledModel(
  model: JobModel,
  { keys, changesPerCheckpoint, retained }: Pick<Simulation, 'keys' | 'changesPerCheckpoint' | 'retained'>,
  { metadataBytes }: SimulatedSizes,
): JobModel {
  const operator = {
    name: 'simulated',
    count: 1,
    stateBytes: keys * ENTRY_BYTES,
    changedBytesPerSecond: (changesPerCheckpoint * ENTRY_BYTES * SECOND_MS) / model.intervalMs,
    metadataBytes,
  };
  return {
    ...model,
    operators: [operator],
    retained,
    lifetimeMs: null,
    minPauseMs: 0,
    maxConcurrent: 1,
    compressionRatio: 1,
    bandwidthBytesPerSecond: Number.MAX_SAFE_INTEGER,
    alignmentMs: 0,
    ackMs: 0,
  };
}

function comparisonsOf(model: JobModel, measured: SimulatedSizes): Simulation['comparisons'] {
  const { checkpoint, store } = forecast(model);
  return [
    { of: 'full-size', modelledBytes: checkpoint.stateBytes, measuredBytes: measured.fullBytes },
    {
      of: 'written-per-checkpoint',
      modelledBytes: checkpoint.uploadBytes,
      measuredBytes: measured.writtenBytes,
    },
    { of: 'steady-size', modelledBytes: store.steadyBytes, measuredBytes: measured.storedBytes },
  ];
}
