import { describe, expect, it } from 'vitest';
import type { References } from '../../src/model/references.js';
import type { SnapshotCondition, SnapshotKind } from '../../src/model/snapshot.js';
import type { SurveyedSnapshot } from '../../src/model/survey.js';
import { candidateOf } from '../../src/retention/candidate.js';
import { startSizeTally } from '../../src/retention/size-tally.js';
import { FormatError } from '../../src/support/errors.js';
import { placeOf } from '../../src/survey/layout.js';
import { tableOf } from '../support/reference-tables.js';
import { at } from './samples.js';

const JOB = 'file:///ckpt/0a6d8e2b0094db680d9a9874fabf74e8';
const NOTHING: References = { files: tableOf([]), directories: tableOf([]), unresolvable: tableOf([]) };
const AROUND = { job: { state: 'unknown', minAgeMs: 0 }, neededBy: null, named: false } as const;

function read(directory: string, checkpointId: bigint, kind: SnapshotKind, metadata = '_metadata') {
  return {
    state: 'read',
    place: placeOf(at(directory)),
    metadata: { location: at(`${directory}/${metadata}`), sizeBytes: 10, modifiedMs: 7 },
    contents: {
      checkpointId,
      kind,
      references: NOTHING,
      operatorFiles: [],
      stateBytes: 0n,
      checkpointedBytes: null,
      inlineBytes: 0n,
    },
  } as const satisfies SurveyedSnapshot;
}

const judgedNode = (
  snapshot: SurveyedSnapshot,
  condition: SnapshotCondition = 'complete',
  restorable = true,
) => candidateOf({ snapshot, condition, restorable }, AROUND);

describe('a snapshot of the graph as a candidate', () => {
  it('has its id, its time and the directory of its job as its group', () => {
    expect(judgedNode(read(`${JOB}/chk-7`, 7n, 'checkpoint'))).toEqual({
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
    expect(judgedNode(read(`${JOB}/chk-7`, 7n, 'checkpoint'), 'complete', false)?.standing).toBe(
      'unverified',
    );
  });

  it('is in another group than the checkpoints if it is a savepoint, by the job in its name', () => {
    const a = judgedNode(read('file:///sp/savepoint-abcdef-012345678901', 7n, 'savepoint'));
    const b = judgedNode(read('file:///sp/savepoint-123456-012345678901', 7n, 'savepoint'));
    expect([a?.group, b?.group]).toEqual(['file:///sp/savepoint-abcdef*', 'file:///sp/savepoint-123456*']);
  });

  it.each([
    ['a directory of another name', read('file:///backup/before-upgrade', 7n, 'checkpoint')],
    ['the number of another checkpoint', read(`${JOB}/chk-8`, 7n, 'checkpoint')],
    ['a savepoint in the place of a checkpoint', read(`${JOB}/chk-7`, 7n, 'savepoint')],
    ['a metadata file of another name', read(`${JOB}/chk-7`, 7n, 'checkpoint', 'old_metadata')],
  ])('is renamed: %s', (_, snapshot) => {
    expect(judgedNode(snapshot)?.renamed).toBe(true);
  });

  it('is unreadable with what its place tells', () => {
    const { place, metadata } = read(`${JOB}/chk-7`, 7n, 'checkpoint');
    const error = new FormatError('cut off', { offset: 3, field: 'magic' });
    expect(judgedNode({ state: 'unreadable', place, metadata, error }, 'unreadable')).toMatchObject({
      standing: 'unreadable',
      checkpointId: 7n,
      group: JOB,
      renamed: false,
    });
  });

  it('is none without _metadata', () => {
    expect(judgedNode({ state: 'incomplete', place: placeOf(at(`${JOB}/chk-7`)) }, 'incomplete')).toBeNull();
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
