import { describe, expect, it } from 'vitest';
import type { SnapshotKind } from '../../src/model/snapshot.js';
import { candidateOf, type JudgedSnapshot } from '../../src/retention/candidate.js';
import { startSizeTally } from '../../src/retention/size-tally.js';
import { placeOf } from '../../src/survey/layout.js';
import { at } from './samples.js';

const JOB = 'file:///ckpt/0a6d8e2b0094db680d9a9874fabf74e8';
const AROUND = { job: { state: 'unknown', minAgeMs: 0 }, neededBy: null, named: false } as const;

function read(
  directory: string,
  checkpointId: bigint | null,
  kind: SnapshotKind,
  metadata = '_metadata',
): JudgedSnapshot {
  return {
    place: placeOf(at(directory)),
    metadata: { location: at(`${directory}/${metadata}`), sizeBytes: 10, modifiedMs: 7 },
    condition: 'complete',
    checkpointId,
    kind,
    unverified: 0,
  };
}

const judged = (snapshot: JudgedSnapshot) => candidateOf(snapshot, AROUND);

describe('a snapshot of a survey as a candidate', () => {
  it('has its id, its time and the directory of its job as its group', () => {
    expect(judged(read(`${JOB}/chk-7`, 7n, 'checkpoint'))).toEqual({
      ...AROUND,
      location: at(`${JOB}/chk-7`),
      group: JOB,
      kind: 'checkpoint',
      checkpointId: 7n,
      takenMs: 7,
      standing: 'restorable',
      renamed: false,
    });
  });

  it('is unverified where it is complete but not all could be looked up', () => {
    expect(judged({ ...read(`${JOB}/chk-7`, 7n, 'checkpoint'), unverified: 1 })?.standing).toBe('unverified');
  });

  it('is in another group than the checkpoints if it is a savepoint, by the job in its name', () => {
    const a = judged(read('file:///sp/savepoint-abcdef-012345678901', 7n, 'savepoint'));
    const b = judged(read('file:///sp/savepoint-123456-012345678901', 7n, 'savepoint'));
    expect([a?.group, b?.group]).toEqual(['file:///sp/savepoint-abcdef*', 'file:///sp/savepoint-123456*']);
  });

  it.each([
    ['a directory of another name', read('file:///backup/before-upgrade', 7n, 'checkpoint')],
    ['the number of another checkpoint', read(`${JOB}/chk-8`, 7n, 'checkpoint')],
    ['a savepoint in the place of a checkpoint', read(`${JOB}/chk-7`, 7n, 'savepoint')],
    ['a metadata file of another name', read(`${JOB}/chk-7`, 7n, 'checkpoint', 'old_metadata')],
  ])('is renamed: %s', (_, snapshot) => {
    expect(judged(snapshot)?.renamed).toBe(true);
  });

  it('is unreadable with what its place tells', () => {
    const snapshot = read(`${JOB}/chk-7`, 7n, 'checkpoint');
    expect(judged({ ...snapshot, condition: 'unreadable' })).toMatchObject({
      standing: 'unreadable',
      checkpointId: 7n,
      group: JOB,
      renamed: false,
    });
  });

  it('is none without _metadata', () => {
    const snapshot = read(`${JOB}/chk-7`, 7n, 'checkpoint');
    expect(judged({ ...snapshot, metadata: null, condition: 'incomplete' })).toBeNull();
  });
});

describe('bytes of snapshots together', () => {
  const file = (name: string, sizeBytes: bigint) =>
    ({
      location: at(`${JOB}/shared/${name}`),
      kind: 'file',
      scope: 'shared',
      sizeBytes,
      sizeRule: 'exact',
      handles: 1,
    }) as const;

  it('count a shared file once, the growth of a merged one, and each _metadata', () => {
    const added = startSizeTally();
    expect(added({ files: [file('a', 100n), file('m', 10n)], metadataBytes: 1 })).toBe(111n);
    expect(added({ files: [file('a', 100n), file('m', 25n), file('b', 5n)], metadataBytes: 2 })).toBe(22n);
    expect(added({ files: [file('m', 10n)], metadataBytes: 0 })).toBe(0n);
  });

  it('count nothing for a file of unknown size, and start anew with each tally', () => {
    expect(startSizeTally()({ files: [file('a', -1n)], metadataBytes: 0 })).toBe(0n);
    expect(startSizeTally()({ files: [file('a', 3n)], metadataBytes: 0 })).toBe(3n);
  });
});
