// Models of jobs: a plain one to vary, and random ones.
import fc from 'fast-check';
import type { JobModel, ModelledOperator } from '../../src/model/capacity.js';

export const MB = 1_000_000;
export const GB = 1000 * MB;
export const MINUTE_MS = 60_000;
export const DAY_MS = 1440 * MINUTE_MS;

export const OPERATOR: ModelledOperator = {
  name: 'count',
  count: 10,
  stateBytes: GB,
  changedBytesPerSecond: 0,
  metadataBytes: MB,
};

/** Ten operators of 1 GB, a full checkpoint each minute, a store that takes 1 GB a second. */
export const TEN_GB: JobModel = {
  operators: [OPERATOR],
  intervalMs: MINUTE_MS,
  timeoutMs: 10 * MINUTE_MS,
  minPauseMs: 0,
  maxConcurrent: 1,
  retained: 1,
  lifetimeMs: null,
  mode: 'full',
  compressionRatio: 1,
  writeAmplification: 2,
  spaceAmplification: 1.1,
  bandwidthBytesPerSecond: GB,
  alignmentMs: 0,
  ackMs: 100,
  failureEveryMs: DAY_MS,
  restartMs: 30_000,
  catchUpFactor: 2,
  slowdownShare: 0.1,
  storedBytes: 0,
};

export const model = (fields: Partial<JobModel>): JobModel => ({ ...TEN_GB, ...fields });

/** The same with 5 MB/s of changes in all, incrementally. */
export const INCREMENTAL = model({
  mode: 'incremental',
  operators: [{ ...OPERATOR, changedBytesPerSecond: MB / 2 }],
});

/** Nothing so near to zero that its last digits are all it has. */
const between = (min: number, max: number) =>
  fc.double({ min, max, noNaN: true }).map((value) => (value < 1e-9 ? min : value));

const operators = fc.array(
  fc.record({
    name: fc.constant('operator'),
    count: fc.integer({ min: 1, max: 50 }),
    stateBytes: between(1000, 100 * GB),
    changedBytesPerSecond: between(0, 100 * MB),
    metadataBytes: between(100, 10 * MB),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Models without contradictions. */
export const models: fc.Arbitrary<JobModel> = fc
  .record({
    operators,
    intervalMs: between(100, 60 * MINUTE_MS),
    timeoutMs: between(1000, DAY_MS),
    minPauseMs: between(0, 10 * MINUTE_MS),
    maxConcurrent: fc.constantFrom(1, 1, 2, 5),
    retained: fc.integer({ min: 1, max: 50 }),
    lifetimeMs: fc.option(between(0, 30 * DAY_MS)),
    mode: fc.constantFrom('full' as const, 'incremental' as const),
    compressionRatio: between(1, 10),
    writeAmplification: fc.option(between(1, 20)),
    spaceAmplification: fc.option(between(1, 3)),
    bandwidthBytesPerSecond: between(MB, 10 * GB),
    alignmentMs: between(0, MINUTE_MS),
    ackMs: between(0, MINUTE_MS),
    failureEveryMs: between(MINUTE_MS, 100 * DAY_MS),
    restartMs: between(0, 10 * MINUTE_MS),
    catchUpFactor: between(1.01, 20),
    slowdownShare: between(0.001, 1),
    storedBytes: between(0, 1000 * GB),
  })
  .map((drawn) => ({
    ...drawn,
    minPauseMs: drawn.maxConcurrent > 1 ? 0 : drawn.minPauseMs,
    lifetimeMs: drawn.lifetimeMs === null ? null : drawn.lifetimeMs + drawn.retained * drawn.intervalMs,
  }));
