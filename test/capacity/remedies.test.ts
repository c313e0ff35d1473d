import { describe, expect, test } from 'vitest';
import { jobHistory } from '../../src/capacity/job-history.js';
import { outlookOf } from '../../src/capacity/outlook.js';
import { remediesOf } from '../../src/capacity/remedies.js';
import { StoredTally } from '../../src/capacity/stored-files.js';
import type { JobCapacity, SnapshotSample } from '../../src/model/measured-capacity.js';
import type { RemedyKind } from '../../src/model/remedy.js';

const MB = 1_000_000;
const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z');

interface Shape {
  /** Of the checkpoints, an hour apart, the newest just now. */
  readonly fullBytes: readonly number[];
  readonly writtenBytes: (fullBytes: number) => number;
  readonly ageMs?: number;
}

function jobOf({ fullBytes, writtenBytes, ageMs = 0 }: Shape): JobCapacity {
  const tally = new StoredTally();
  const samples = fullBytes.map((bytes, index): SnapshotSample => {
    const written = writtenBytes(bytes);
    tally.add({ role: 'shared', sizeBytes: index === 0 ? bytes : written, liveBytes: null }, 'referenced');
    return {
      path: `memory://m/chk-${index + 1}`,
      job: 'a'.repeat(32),
      checkpointId: BigInt(index + 1),
      kind: 'checkpoint',
      condition: 'complete',
      restorable: true,
      timeMs: NOW_MS - ageMs - (fullBytes.length - 1 - index) * HOUR_MS,
      metadataBytes: 0,
      sizes: { fullBytes: bytes, addedBytes: written, inlineBytes: 0, files: 1, operators: [] },
    };
  });
  const stored = tally.told(0);
  const history = jobHistory(samples, NOW_MS);
  const outlook = outlookOf(stored, history, [1]);
  const snapshots = { complete: samples.length, incomplete: 0, broken: 0, unreadable: 0 };
  return { job: 'a'.repeat(32), directory: null, stored, snapshots, history, outlook };
}

const remedies = (job: JobCapacity) => remediesOf({ jobs: [job], stored: job.stored, states: null });
const remedy = (job: JobCapacity, kind: RemedyKind) => remedies(job).find((each) => each.kind === kind);

describe('what would make checkpoints take less', () => {
  const full = jobOf({ fullBytes: [100, 100, 100].map((mb) => mb * MB), writtenBytes: (bytes) => bytes });
  const changing = jobOf({ fullBytes: [100, 100, 100].map((mb) => mb * MB), writtenBytes: () => 20 * MB });
  const growing = jobOf({ fullBytes: [100, 110, 120].map((mb) => mb * MB), writtenBytes: (bytes) => bytes });

  test('half as many full checkpoints write half as much', () => {
    expect(remedy(full, 'longer-interval')?.savesBytesPerDay).toBeCloseTo((24 * 100 * MB) / 2);
  });

  test('half as many incremental ones write what is written twice once less', () => {
    expect(remedy(changing, 'longer-interval')?.savesBytesPerDay).toBeCloseTo((24 * 20 * MB * 0.2) / 2);
  });

  test('one retained checkpoint leaves the newest alone', () => {
    expect(remedy(full, 'retain-fewer')?.savesBytes).toBeCloseTo(200 * MB);
    expect(remedy(changing, 'retain-fewer')?.savesBytes).toBeCloseTo(40 * MB);
  });

  test('incremental ones write what is new at least', () => {
    expect(remedy(growing, 'incremental')).toMatchObject({
      savesBytes: expect.closeTo(2 * 100 * MB, -3),
      savesBytesPerDay: expect.closeTo(24 * 100 * MB, -3),
    });
    expect(remedy(changing, 'incremental')).toBeUndefined();
  });

  test('what expires is not there after thirty days', () => {
    const saved = remedy(growing, 'ttl')?.savesBytes;
    expect(saved).toBeCloseTo(growing.outlook.growth!.bytesPerMs * 30 * 24 * HOUR_MS);
    expect(remedy(full, 'ttl')).toBeUndefined();
  });

  test('a job that takes no checkpoints any more can only keep fewer', () => {
    const idle = jobOf({
      fullBytes: [MB, 2 * MB, 3 * MB],
      writtenBytes: (bytes) => bytes,
      ageMs: 500 * HOUR_MS,
    });
    expect(remedies(idle).map(({ kind }) => kind)).toEqual(['retain-fewer']);
  });

  test('orphans, trash, dead bytes and small files each have theirs, the most bytes first', () => {
    const tally = new StoredTally();
    tally.add({ role: 'shared', sizeBytes: 30 * MB, liveBytes: null }, 'orphan');
    tally.add({ role: 'trash', sizeBytes: 40 * MB, liveBytes: null }, 'trash');
    tally.add({ role: 'merged', sizeBytes: 50 * MB, liveBytes: 30 * MB }, 'referenced');
    for (let file = 0; file < 200; file++)
      tally.add({ role: 'exclusive', sizeBytes: 1000, liveBytes: null }, 'referenced');
    const found = remediesOf({ jobs: [], stored: tally.told(0), states: null });
    expect(found.map(({ kind, savesBytes, savesFiles }) => [kind, savesBytes, savesFiles])).toEqual([
      ['empty-trash', 40 * MB, null],
      ['clean-up', 30 * MB, null],
      ['less-amplification', 20 * MB, null],
      ['file-merging', null, 199],
    ]);
  });

  test('there is nothing to do where nothing is', () => {
    expect(remediesOf({ jobs: [], stored: new StoredTally().told(0), states: null })).toEqual([]);
  });
});
