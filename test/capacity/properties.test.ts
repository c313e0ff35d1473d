import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uploadBytes } from '../../src/capacity/checkpoint-size.js';
import { keptUpIntervalMs } from '../../src/capacity/checkpoint-time.js';
import { forecast } from '../../src/capacity/forecast.js';
import type { CapacityForecast, JobModel, ModelledOperator } from '../../src/model/capacity.js';
import { runs, testSeed } from '../support/runs.js';
import { models } from './samples.js';

const parameters = { seed: testSeed, numRuns: runs({ sample: 40, full: 3000 }) };
const factor = fc.double({ min: 1, max: 100, noNaN: true });

const eachOperator = (
  model: JobModel,
  change: (operator: ModelledOperator) => ModelledOperator,
): JobModel => ({
  ...model,
  operators: model.operators.map(change),
});

/** Floating point may be off in the last digits. */
const notBelow = (a: number, b: number) => expect(a).toBeGreaterThanOrEqual(b - 1e-6 * Math.abs(b));
const near = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * Math.abs(b) + 1e-6);

const sizes = ({ checkpoint, store }: CapacityForecast) => [
  checkpoint.stateBytes,
  checkpoint.metadataBytes,
  checkpoint.uploadBytes,
  store.steadyBytes,
  store.peakBytes,
];
const times = ({ intervalMs, checkpoint, choice, now, chosen }: CapacityForecast) => [
  intervalMs,
  checkpoint.saveMs,
  checkpoint.totalMs,
  choice.leastMs,
  choice.youngMs,
  choice.dalyMs,
  Number.isFinite(choice.longestMs) ? choice.longestMs : 0,
  choice.chosenMs,
  now.replayMs,
  now.recoveryMs,
  chosen.replayMs,
  chosen.recoveryMs,
];
const durations = ({ intervalMs, checkpoint, choice, now }: CapacityForecast) => [
  intervalMs,
  checkpoint.totalMs,
  choice.leastMs,
  choice.youngMs,
  now.downMs,
];

/** What grows with each parameter, all else being as it is. */
const GROWS: readonly (readonly [
  string,
  (m: JobModel, k: number) => JobModel,
  (f: CapacityForecast) => number[],
])[] = [
  [
    'more metadata',
    (m, k) => eachOperator(m, (o) => ({ ...o, metadataBytes: o.metadataBytes * k })),
    durations,
  ],
  [
    'more changes',
    (m, k) => eachOperator(m, (o) => ({ ...o, changedBytesPerSecond: o.changedBytesPerSecond * k })),
    durations,
  ],
  [
    'more state',
    (m, k) => eachOperator(m, (o) => ({ ...o, stateBytes: o.stateBytes * k })),
    (f) => [f.checkpoint.stateBytes, f.now.downMs],
  ],
  [
    'more operators',
    (m, k) => eachOperator(m, (o) => ({ ...o, count: Math.ceil(o.count * k) })),
    (f) => [...durations(f), f.checkpoint.uploadBytes],
  ],
  [
    'more retained',
    (m, k) => ({ ...m, retained: Math.ceil(m.retained * k) }),
    (f) => [f.store.steadyBytes, f.store.peakBytes],
  ],
  [
    'a longer life',
    (m, k) => ({ ...m, lifetimeMs: m.lifetimeMs && m.lifetimeMs * k }),
    (f) => [f.store.steadyBytes, f.store.peakBytes],
  ],
  [
    'a longer interval',
    (m, k) => ({ ...m, intervalMs: m.intervalMs * k }),
    (f) => [f.intervalMs, f.checkpoint.uploadBytes, f.now.replayMs],
  ],
  [
    'a longer pause',
    (m, k) => ({ ...m, minPauseMs: m.minPauseMs * k }),
    (f) => [f.intervalMs, f.choice.leastMs, f.choice.chosenMs],
  ],
  [
    'more concurrency',
    (m, k) => (m.maxConcurrent === 1 ? m : { ...m, maxConcurrent: Math.ceil(m.maxConcurrent * k) }),
    (f) => [1 / f.intervalMs, 1 / f.choice.leastMs],
  ],
  [
    'less bandwidth',
    (m, k) => ({ ...m, bandwidthBytesPerSecond: m.bandwidthBytesPerSecond / k }),
    (f) => [...durations(f), f.checkpoint.saveMs],
  ],
  [
    'less compression',
    (m, k) => ({ ...m, compressionRatio: m.compressionRatio / k }),
    (f) => [...durations(f), f.checkpoint.stateBytes, f.checkpoint.uploadBytes],
  ],
  [
    'more write amplification',
    (m, k) => ({ ...m, writeAmplification: m.writeAmplification && m.writeAmplification * k }),
    (f) => [...durations(f), f.checkpoint.uploadBytes],
  ],
  [
    'more space amplification',
    (m, k) => ({ ...m, spaceAmplification: m.spaceAmplification && m.spaceAmplification * k }),
    (f) => [f.checkpoint.stateBytes, f.now.downMs, f.checkpoint.uploadBytes],
  ],
  ['slower acknowledgements', (m, k) => ({ ...m, ackMs: m.ackMs * k }), durations],
  ['longer alignment', (m, k) => ({ ...m, alignmentMs: m.alignmentMs * k }), durations],
  ['fewer failures', (m, k) => ({ ...m, failureEveryMs: m.failureEveryMs * k }), (f) => [f.choice.youngMs]],
  [
    'more slowdown',
    (m, k) => ({ ...m, slowdownShare: Math.min(1, m.slowdownShare * k) }),
    (f) => [f.choice.youngMs, f.now.overheadShare],
  ],
  [
    'a slower restart',
    (m, k) => ({ ...m, restartMs: m.restartMs * k }),
    (f) => [f.now.downMs, f.now.recoveryMs],
  ],
  [
    'a faster catching up',
    (m, k) => ({ ...m, catchUpFactor: m.catchUpFactor * k }),
    (f) => [-f.now.recoveryMs],
  ],
];

describe('the model', () => {
  it.each(GROWS)('with %s never tells less', (_, change, told) => {
    fc.assert(
      fc.property(models, factor, (model, k) => {
        const [before, after] = [told(forecast(model)), told(forecast(change(model, k)))];
        for (const [index, value] of before.entries()) notBelow(after[index]!, value);
      }),
      { ...parameters, numRuns: runs({ sample: 15, full: 1000 }) },
    );
  });

  it('gives the same times, and sizes in proportion, when every number of bytes is in another unit', () => {
    fc.assert(
      fc.property(models.map(withAmplifications), factor, (model, k) => {
        const inOtherUnit = {
          ...eachOperator(model, (o) => ({
            ...o,
            stateBytes: o.stateBytes * k,
            changedBytesPerSecond: o.changedBytesPerSecond * k,
            metadataBytes: o.metadataBytes * k,
          })),
          bandwidthBytesPerSecond: model.bandwidthBytesPerSecond * k,
          storedBytes: model.storedBytes * k,
        };
        const [before, after] = [forecast(model), forecast(inOtherUnit)];
        for (const [index, ms] of times(before).entries()) near(times(after)[index]!, ms);
        for (const [index, bytes] of sizes(before).entries()) near(sizes(after)[index]!, bytes * k);
      }),
      parameters,
    );
  });

  it('gives the same sizes, and times in proportion, when every time is in another unit', () => {
    fc.assert(
      fc.property(models, factor, (model, k) => {
        const inOtherUnit = {
          ...eachOperator(model, (o) => ({ ...o, changedBytesPerSecond: o.changedBytesPerSecond / k })),
          intervalMs: model.intervalMs * k,
          timeoutMs: model.timeoutMs * k,
          minPauseMs: model.minPauseMs * k,
          lifetimeMs: model.lifetimeMs && model.lifetimeMs * k,
          bandwidthBytesPerSecond: model.bandwidthBytesPerSecond / k,
          alignmentMs: model.alignmentMs * k,
          ackMs: model.ackMs * k,
          failureEveryMs: model.failureEveryMs * k,
          restartMs: model.restartMs * k,
        };
        const [before, after] = [forecast(model), forecast(inOtherUnit)];
        for (const [index, ms] of times(before).entries()) near(times(after)[index]!, ms * k);
        for (const [index, bytes] of sizes(before).entries()) near(sizes(after)[index]!, bytes);
      }),
      parameters,
    );
  });

  it('has a peak above what is steady, and that above one checkpoint', () => {
    fc.assert(
      fc.property(models, (model) => {
        const { checkpoint, store } = forecast(model);
        notBelow(store.peakBytes, store.steadyBytes + checkpoint.uploadBytes);
        notBelow(store.steadyBytes, checkpoint.stateBytes + checkpoint.metadataBytes);
        notBelow(
          store.liveCheckpoints * (checkpoint.stateBytes + checkpoint.metadataBytes),
          store.steadyBytes,
        );
      }),
      parameters,
    );
  });

  it('uploads incrementally no more than in full', () => {
    fc.assert(
      fc.property(models, fc.double({ min: 0, max: 1e9, noNaN: true }), (model, intervalMs) => {
        const full = { ...model, mode: 'full' as const };
        const incremental = { ...model, mode: 'incremental' as const, spaceAmplification: 1 };
        notBelow(uploadBytes(full, intervalMs), uploadBytes(incremental, intervalMs));
      }),
      parameters,
    );
  });

  it('finds the shortest interval that can be kept up, and no shorter one can be', () => {
    fc.assert(
      fc.property(models, fc.double({ min: 0, max: 0.999, noNaN: true }), (model, share) => {
        const least = keptUpIntervalMs(model, 0);
        near(keptUpIntervalMs(model, least * (1 + 1e-9)), least);
        notBelow(keptUpIntervalMs(model, least * share), least);
        notBelow(forecast(model).choice.chosenMs, least);
      }),
      parameters,
    );
  });

  it('lets the stored size move towards the steady one and never past it', () => {
    fc.assert(
      fc.property(models, (model) => {
        const { store, formulas } = forecast(model);
        const change = formulas.find(({ name }) => name === 'change of the stored size')!.rightGives.value;
        const missing = store.steadyBytes - model.storedBytes;
        notBelow(change * missing, 0);
        notBelow(Math.abs(missing), Math.abs(change));
      }),
      parameters,
    );
  });
});

/** Those of RocksDB's levels have sizes of their own. */
function withAmplifications(model: JobModel): JobModel {
  const { writeAmplification, spaceAmplification } = model;
  return {
    ...model,
    writeAmplification: writeAmplification ?? 2,
    spaceAmplification: spaceAmplification ?? 1.1,
  };
}
