import { describe, expect, it } from 'vitest';
import { buildGraph, type SnapshotNode } from '../../src/graph/graph.js';
import { jobChains, oneChain } from '../../src/graph/job-chains.js';
import { formatLocation, parseUri } from '../../src/model/location.js';
import type { FileReference } from '../../src/model/references.js';
import type { SurveyedSnapshot } from '../../src/model/survey.js';
import { jobOf, placeOf } from '../../src/survey/layout.js';
import { tableOf } from '../support/reference-tables.js';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const C = 'c'.repeat(32);

interface Sketch {
  readonly path: string;
  readonly id?: number;
  readonly writtenMs?: number;
  readonly references?: readonly string[];
}

function fileAt(path: string): FileReference {
  const location = parseUri(`file:///c/${path}`)!;
  return { location, kind: 'file', scope: 'shared', handles: 1, sizeBytes: 1n, sizeRule: 'any' };
}

function snapshotOf({ path, id, writtenMs = 0, references = [] }: Sketch): SurveyedSnapshot {
  const place = placeOf(parseUri(`file:///c/${path}`)!);
  const location = parseUri(`file:///c/${path}/_metadata`)!;
  return {
    state: 'read',
    place,
    metadata: { location, sizeBytes: 1, modifiedMs: writtenMs },
    contents: {
      checkpointId: BigInt(id ?? place.checkpointId ?? 0),
      kind: place.kind ?? 'savepoint',
      references: {
        files: tableOf(references.map(fileAt)),
        directories: tableOf([]),
        unresolvable: tableOf([]),
      },
      operatorFiles: [],
      stateBytes: 0n,
      checkpointedBytes: null,
      inlineBytes: 0n,
    },
  };
}

function nodesOf(...sketches: Sketch[]): readonly SnapshotNode[] {
  const presenceOf = () => ({ kind: 'present', sizeBytes: 1 }) as const;
  return buildGraph({ roots: [], snapshots: sketches.map(snapshotOf), problems: [], presenceOf });
}

const names = (nodes: readonly SnapshotNode[]) =>
  nodes.map(({ snapshot }) => formatLocation(snapshot.place.directory).slice('file:///c/'.length));

function chainsOf(...sketches: Sketch[]): readonly (readonly string[])[] {
  return jobChains(nodesOf(...sketches), jobOf).map(({ snapshots }) => names(snapshots));
}

describe('jobChains', () => {
  it('orders the checkpoints of a job by their ids as numbers, whatever their times', () => {
    expect(
      chainsOf(
        { path: `${A}/chk-9`, writtenMs: 9 },
        { path: `${A}/chk-10`, writtenMs: 1 },
        { path: `${A}/chk-2` },
      ),
    ).toEqual([[`${A}/chk-10`, `${A}/chk-9`, `${A}/chk-2`]]);
  });

  it('keeps jobs apart that share no file', () => {
    const chains = jobChains(nodesOf({ path: `${A}/chk-1` }, { path: `${B}/chk-2` }), jobOf);
    expect(chains.map(({ jobs }) => jobs)).toEqual([[A], [B]]);
  });

  it('takes a job that references files of another for newer, even with a lower id and an older time', () => {
    expect(
      chainsOf(
        { path: `${A}/chk-9`, writtenMs: 9 },
        { path: `${B}/chk-3`, writtenMs: 1, references: [`${A}/shared/x`] },
      ),
    ).toEqual([[`${B}/chk-3`, `${A}/chk-9`]]);
  });

  it('follows claims over three jobs', () => {
    expect(
      chainsOf(
        { path: `${B}/chk-3`, references: [`${A}/shared/x`] },
        { path: `${C}/chk-4`, references: [`${B}/chk-3/y`] },
        { path: `${A}/chk-2` },
      ),
    ).toEqual([[`${C}/chk-4`, `${B}/chk-3`, `${A}/chk-2`]]);
  });

  it('lets the time decide between two jobs that claimed from the same one', () => {
    const claims = [`${A}/shared/x`];
    expect(
      chainsOf(
        { path: `${A}/chk-1` },
        { path: `${B}/chk-2`, writtenMs: 2, references: claims },
        { path: `${C}/chk-2`, writtenMs: 3, references: claims },
      ),
    ).toEqual([[`${C}/chk-2`, `${B}/chk-2`, `${A}/chk-1`]]);
  });

  it('ends where jobs reference each other in a circle', () => {
    expect(
      chainsOf(
        { path: `${A}/chk-1`, writtenMs: 1, references: [`${B}/shared/x`] },
        { path: `${B}/chk-1`, writtenMs: 2, references: [`${A}/shared/x`] },
      ),
    ).toHaveLength(1);
  });

  it('places a savepoint among the checkpoints of the one job whose id begins alike', () => {
    expect(
      chainsOf(
        { path: `${A}/chk-3` },
        { path: 'savepoint-aaaaaa-0123456789ab', id: 4 },
        { path: `${A}/chk-5` },
      ),
    ).toEqual([[`${A}/chk-5`, 'savepoint-aaaaaa-0123456789ab', `${A}/chk-3`]]);
  });

  it('gives a savepoint to no job where two begin alike', () => {
    const other = `aaaaaa${'0'.repeat(26)}`;
    expect(
      chainsOf(
        { path: `${A}/chk-3` },
        { path: `${other}/chk-1` },
        { path: 'savepoint-aaaaaa-0123456789ab', id: 4 },
      ),
    ).toHaveLength(3);
  });

  it('joins a job to the native savepoint whose files it claimed', () => {
    const savepoint = 's/savepoint-dddddd-0123456789ab';
    expect(
      chainsOf({ path: savepoint, id: 9 }, { path: `${A}/chk-3`, references: [`${savepoint}/x`] }),
    ).toEqual([[`${A}/chk-3`, savepoint]]);
  });

  it('takes savepoints whose names tell no job each for itself', () => {
    expect(chainsOf({ path: 's/before-upgrade', id: 1 }, { path: 's/after-upgrade', id: 2 })).toHaveLength(2);
  });

  it('counts the checkpoints of one directory without job ids as one job', () => {
    expect(chainsOf({ path: 'chk-1' }, { path: 'chk-2' })).toEqual([['chk-2', 'chk-1']]);
  });
});

describe('oneChain', () => {
  it('orders jobs by the time of their newest snapshot', () => {
    const { jobs, snapshots } = oneChain(
      nodesOf(
        { path: `${A}/chk-90`, writtenMs: 1 },
        { path: `${B}/chk-1`, writtenMs: 2 },
        { path: `${B}/chk-2`, writtenMs: 3 },
      ),
    );
    expect(jobs).toEqual([A, B]);
    expect(names(snapshots)).toEqual([`${B}/chk-2`, `${B}/chk-1`, `${A}/chk-90`]);
  });
});
