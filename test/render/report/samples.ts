// A measurement made by hand: everything that a report can show occurs once, and a name that tries to be markup.

import { jobHistory } from '../../../src/capacity/job-history.js';
import { outlookOf, quotaForecast } from '../../../src/capacity/outlook.js';
import { StoredTally } from '../../../src/capacity/stored-files.js';
import type { MeasuredCapacity, SnapshotSample } from '../../../src/model/measured-capacity.js';

const HOUR_MS = 3_600_000;
const MIB = 1024 * 1024;
export const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');
const JOB = '0123456789abcdef0123456789abcdef';
const HOSTILE = '<script>alert(1)</script> & "quoted" | `x`';

function sample(id: number): SnapshotSample {
  const fullBytes = (40 + 10 * id) * MIB;
  return {
    path: `file:///flink/${JOB}/chk-${id}`,
    job: JOB,
    checkpointId: BigInt(id),
    kind: 'checkpoint',
    condition: 'complete',
    restorable: true,
    timeMs: NOW_MS - (5 - id) * HOUR_MS,
    metadataBytes: 4096,
    sizes: {
      fullBytes,
      addedBytes: 12 * MIB,
      inlineBytes: 0,
      files: 10 + id,
      operators: [
        { id: 'a'.repeat(32), name: 'count', fullBytes: fullBytes - MIB, addedBytes: 11 * MIB },
        { id: 'b'.repeat(32), name: HOSTILE, fullBytes: MIB, addedBytes: MIB },
      ],
    },
  };
}

function measured(): MeasuredCapacity {
  const tally = new StoredTally();
  for (let file = 0; file < 9; file++)
    tally.add({ role: 'shared', sizeBytes: 12 * MIB, liveBytes: null }, 'referenced');
  tally.add({ role: 'exclusive', sizeBytes: 20_000, liveBytes: null }, 'referenced');
  tally.add({ role: 'metadata', sizeBytes: 5 * 4096, liveBytes: null }, 'metadata');
  tally.add({ role: 'shared', sizeBytes: 7 * MIB, liveBytes: null }, 'orphan');
  const stored = tally.told(0);
  const history = jobHistory([1, 2, 3, 4, 5].map(sample), NOW_MS);
  const outlook = outlookOf(stored, history, [2, 2, 2, 2]);
  const files = [
    {
      path: 'file:///flink/shared/1b671a64-40d5-491e-99b0-da01ff1f3341',
      sizeBytes: 30 * MIB,
      presentIn: [true, true],
    },
    { path: `file:///flink/shared/${HOSTILE}`, sizeBytes: 12 * MIB, presentIn: [false, true] },
  ];
  return {
    nowMs: NOW_MS,
    roots: [{ path: 'file:///flink', takenFor: 'ancestor' }],
    jobs: [
      {
        job: JOB,
        directory: null,
        stored,
        snapshots: { complete: 5, incomplete: 0, broken: 0, unreadable: 0 },
        history,
        outlook,
      },
    ],
    stored,
    causes: [
      { of: 'upload-lost-or-deletion-failed', files: 1, bytes: 7 * MIB },
      { of: null, files: 1, bytes: 0 },
    ],
    sharing: [
      {
        job: JOB,
        directory: null,
        checkpoints: [4n, 5n].map((checkpointId) => ({
          path: `file:///flink/${JOB}/chk-${checkpointId}`,
          checkpointId,
        })),
        cohorts: [
          [80 * MIB, 78 * MIB],
          [0, 12 * MIB],
        ],
        files,
        fileCount: 15,
      },
    ],
    states: [
      {
        job: JOB,
        directory: null,
        checkpoints: 5,
        states: [
          {
            operatorId: 'a'.repeat(32),
            operatorName: 'count',
            name: 'seen',
            kind: 'value',
            bytes: 60 * MIB,
            rawBytes: 90 * MIB,
            growth: history.growth,
          },
          {
            operatorId: 'b'.repeat(32),
            operatorName: null,
            name: HOSTILE,
            kind: 'map',
            bytes: null,
            rawBytes: null,
            growth: null,
          },
        ],
        compressionRatio: 1.5,
        uncompressed: null,
        remarks: [],
      },
    ],
    remedies: [
      {
        kind: 'clean-up',
        job: null,
        savesBytes: 7 * MIB,
        savesBytesPerDay: null,
        savesFiles: null,
        how: 'ckpt clean',
        basis: 'what no snapshot needs',
      },
      {
        kind: 'longer-interval',
        job: JOB,
        savesBytes: null,
        savesBytesPerDay: 100 * MIB,
        savesFiles: null,
        how: 'a longer interval',
        basis: 'chance',
      },
    ],
    growth: outlook.growth,
    peakBytes: outlook.peakBytes,
    quota: quotaForecast(1024 * MIB, stored.total.bytes, outlook.growth),
    cost: null,
    restoreMs: null,
    problems: [
      {
        code: 'corrupt',
        message: `cannot read ${HOSTILE}`,
        where: 'file:///flink/chk-9/_metadata',
        next: 'look at it',
      },
    ],
  };
}

export const MEASURED = measured();

/** With nothing in the store. */
export const NOTHING: MeasuredCapacity = {
  ...MEASURED,
  jobs: [],
  stored: new StoredTally().told(0),
  causes: [],
  sharing: [],
  states: null,
  remedies: [],
  growth: null,
  peakBytes: 0,
  quota: null,
  problems: [],
};
