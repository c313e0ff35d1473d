// Reports made by hand, for the views: everything a view can show occurs once.
import type { SnapshotList, SnapshotRow } from '../../src/model/snapshot-list.js';
import type {
  DirectoryRow,
  FileRow,
  OperatorReport,
  SnapshotReport,
  WrongSizeRow,
} from '../../src/model/snapshot-report.js';
import { DIRECTORY, FILE, inColumns, rowsIn } from '../support/rows.js';

export const NOW = Date.parse('2026-03-01T12:00:00.000Z');
export const JOB = '0123456789abcdef0123456789abcdef';
const ROOT = 'file:///flink/checkpoints';

export function row(fields: Partial<SnapshotRow>): SnapshotRow {
  return {
    path: `${ROOT}/${JOB}/chk-7`,
    job: JOB,
    id: 7n,
    kind: 'checkpoint',
    condition: 'complete',
    time: '2026-03-01T11:57:00.000Z',
    fullBytes: 1_288_490_189n,
    addedBytes: 214_748_365n,
    metadataBytes: 12_345,
    files: 1234,
    missing: 0,
    restorable: true,
    jobName: null,
    jobPrefix: null,
    wrongSize: 0,
    unverified: 0,
    predecessor: 6n,
    foreignFiles: 0,
    error: null,
    ...fields,
  };
}

const NOTHING_KNOWN = {
  fullBytes: null,
  addedBytes: null,
  files: null,
  missing: null,
  wrongSize: null,
  unverified: null,
  predecessor: null,
  foreignFiles: null,
  restorable: false,
};

/** One job with a row of every condition, and a savepoint elsewhere. */
export const sampleList: SnapshotList = {
  roots: [{ path: 'file:///flink', takenFor: 'ancestor' }],
  snapshots: [
    row({}),
    row({
      path: `${ROOT}/${JOB}/chk-8`,
      id: 8n,
      condition: 'broken',
      missing: 2,
      wrongSize: 1,
      restorable: false,
      time: '2026-03-01T11:59:30.000Z',
    }),
    row({
      ...NOTHING_KNOWN,
      path: `${ROOT}/${JOB}/chk-9`,
      id: 9n,
      condition: 'unreadable',
      error: { code: 'format', message: 'unknown version 99 (at byte 4, version)', where: null, next: null },
    }),
    row({
      ...NOTHING_KNOWN,
      path: `${ROOT}/${JOB}/chk-10`,
      id: 10n,
      condition: 'incomplete',
      time: null,
      metadataBytes: null,
    }),
    row({
      path: 'file:///flink/savepoints/savepoint-012345-\u001b[31mred',
      job: null,
      jobPrefix: '012345',
      kind: 'savepoint',
      id: 8n,
      time: '2025-12-24T18:00:00.000Z',
      unverified: 1,
      restorable: false,
    }),
  ],
  problems: [
    { code: 'storage-denied', message: 'permission denied', where: 'file:///flink/lost', next: null },
  ],
};

export function operator(fields: Partial<OperatorReport>): OperatorReport {
  return {
    id: '6d2677a0ecc3fd8df0b72ec675edf8f4',
    name: 'count by user',
    uid: 'count',
    parallelism: 4,
    maxParallelism: 128,
    fullBytes: 1_073_741_824n,
    addedBytes: 107_374_182n,
    states: [],
    keyedBytes: 1_073_741_824n,
    operatorBytes: 0n,
    coordinatorBytes: 0n,
    inFlightBytes: 0n,
    inlineBytes: 0n,
    files: 40,
    keyGroupRanges: [
      { first: 0, last: 31 },
      { first: 32, last: 63 },
      { first: 64, last: 95 },
      { first: 96, last: 127 },
    ],
    subtasks: 4,
    hasState: true,
    finishedSubtasks: 0,
    fullyFinished: false,
    ...fields,
  };
}

export const sampleReport: SnapshotReport = {
  path: `${ROOT}/${JOB}/chk-7`,
  takenFor: 'snapshot',
  job: JOB,
  kind: 'checkpoint',
  condition: 'broken',
  restorable: false,
  time: '2026-03-01T11:57:00.000Z',
  metadataBytes: 12_345,
  formatVersion: 6,
  dialect: 'current',
  checkpointId: 7n,
  properties: {
    snapshotType: { kind: 'checkpoint', name: 'Checkpoint', sharing: 'FORWARD_BACKWARD' },
    forced: false,
    unclaimed: false,
    discardSubsumed: true,
    discardFinished: true,
    discardCancelled: false,
    discardFailed: false,
    discardSuspended: false,
  },
  masterStates: [{ name: 'hook', version: 1, bytes: 4 }],
  operators: [
    operator({
      id: 'bc764cd8ddf7a0cff126f51c16239658',
      name: 'Source: clicks',
      uid: null,
      parallelism: 2,
      fullBytes: 4_096n,
      addedBytes: 4_096n,
      keyedBytes: 0n,
      operatorBytes: 3_072n,
      coordinatorBytes: 1_024n,
      inlineBytes: 4_096n,
      files: 0,
      keyGroupRanges: [],
      states: [
        { name: 'offsets', kind: 'operator-list', bytes: 3_072n, mode: 'SPLIT_DISTRIBUTE', elements: 12 },
      ],
    }),
    operator({ inFlightBytes: 65_536n, finishedSubtasks: 1 }),
    operator({
      id: '20ba6b65f97481d5570070de90e4e791',
      name: null,
      uid: 'a-sink-with-a-uid-that-is-much-longer-than-any-table-can-show-in-eighty-columns',
      fullBytes: 0n,
      addedBytes: 0n,
      keyedBytes: 0n,
      files: 0,
      keyGroupRanges: [],
      fullyFinished: true,
    }),
  ],
  fullBytes: 1_073_745_920n,
  addedBytes: 107_378_278n,
  inlineBytes: 4_096n,
  fileCount: 3,
  fileBytes: 1_073_741_824n,
  files: inColumns<FileRow>(
    [
      {
        path: `${ROOT}/${JOB}/chk-7/a`,
        bytes: 107_374_182n,
        kind: 'file',
        references: 1,
        scope: 'exclusive',
      },
      { path: `${ROOT}/${JOB}/shared/b`, bytes: 966_367_642n, kind: 'file', references: 3, scope: 'shared' },
      { path: `${ROOT}/${JOB}/shared/c`, bytes: -1n, kind: 'segment', references: 2, scope: 'shared' },
    ],
    FILE,
  ),
  directories: inColumns<DirectoryRow>([{ path: `${ROOT}/${JOB}/taskowned`, references: 4 }], DIRECTORY),
  filesByScope: [
    { scope: 'exclusive', files: 1, bytes: 107_374_182n },
    { scope: 'shared', files: 2, bytes: 966_367_642n },
    { scope: 'task-owned', files: 0, bytes: 0n },
    { scope: 'other', files: 0, bytes: 0n },
  ],
  missing: inColumns<FileRow>(
    [{ path: `${ROOT}/${JOB}/shared/b`, bytes: 966_367_642n, kind: 'file', references: 3, scope: 'shared' }],
    FILE,
  ),
  wrongSize: inColumns<WrongSizeRow>(
    [
      {
        path: `${ROOT}/${JOB}/chk-7/a`,
        bytes: 107_374_182n,
        kind: 'file',
        references: 1,
        scope: 'exclusive',
        actualBytes: 5,
      },
    ],
    { ...FILE, actualBytes: 'integer' },
  ),
  unverified: rowsIn([{ path: 'gs://bucket/x', reason: 'gs:// is no store that this version knows' }]),
};
