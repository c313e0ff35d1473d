import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, type ReadNode } from '../../src/graph/graph.js';
import { growthSince } from '../../src/graph/lineage.js';
import { resolveReferences } from '../../src/graph/resolve.js';
import { canonicalKey, parent, parseUri } from '../../src/model/location.js';
import type { FileReference, References, SizeRule } from '../../src/model/references.js';
import type { Presence, ReadSnapshot, Survey, SurveyedSnapshot } from '../../src/model/survey.js';
import { StorageError } from '../../src/support/errors.js';
import { placeOf } from '../../src/survey/layout.js';
import { tableOf, unresolvableTable } from '../support/reference-tables.js';
import { runs, testSeed } from '../support/runs.js';

const JOB = 'file:///ckpt/0a6d8e2b0094db680d9a9874fabf74e8';
const at = (uri: string) => parseUri(uri)!;

function reference(name: string, sizeBytes: number, sizeRule: SizeRule = 'exact'): FileReference {
  return {
    location: at(`${JOB}/shared/${name}`),
    kind: 'file',
    scope: 'shared',
    handles: 1,
    sizeBytes: BigInt(sizeBytes),
    sizeRule,
  };
}

function references(...files: FileReference[]): References {
  return { files: tableOf(files), directories: tableOf([]), unresolvable: tableOf([]) };
}

function snapshot(directory: string, checkpointId: bigint, refs: References): ReadSnapshot {
  const place = placeOf(at(directory));
  return {
    state: 'read',
    place,
    metadata: { location: at(`${directory}/_metadata`), sizeBytes: 1, modifiedMs: 0 },
    contents: {
      checkpointId,
      kind: place.kind ?? 'savepoint',
      references: refs,
      operatorFiles: [],
      stateBytes: 0n,
      checkpointedBytes: 0n,
      inlineBytes: 0n,
    },
  };
}

const DENIED: Presence = { kind: 'unknown', error: new StorageError('denied', 'no') };

/** Sizes by name; a name that is not there is absent, `denied` cannot be looked at. */
function world(sizes: Readonly<Record<string, number>>): Survey['presenceOf'] {
  return (files, row) => {
    const { path } = files.location(row);
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name === 'denied') return DENIED;
    const sizeBytes = sizes[name];
    return sizeBytes === undefined ? { kind: 'absent' } : { kind: 'present', sizeBytes };
  };
}

function graph(snapshots: readonly SurveyedSnapshot[], sizes: Readonly<Record<string, number>>) {
  return buildGraph({ roots: [], problems: [], snapshots, presenceOf: world(sizes) });
}

describe('resolving references', () => {
  it.each<[SizeRule, number, number, boolean]>([
    ['exact', 10, 10, true],
    ['exact', 10, 11, false],
    ['exact', 10, 9, false],
    ['exact', 0, 0, true],
    ['at-least', 10, 10, true],
    ['at-least', 10, 1000, true],
    ['at-least', 10, 9, false],
    ['exact-or-one-more', 10, 10, true],
    ['exact-or-one-more', 10, 11, true],
    ['exact-or-one-more', 10, 12, false],
    ['exact-or-one-more', 10, 9, false],
    ['any', -1, 12345, true],
  ])('by the rule %s a reference of %i bytes and a file of %i fit: %s', (rule, recorded, actual, fits) => {
    const { wrongSize, missing } = resolveReferences(
      references(reference('f', recorded, rule)),
      world({ f: actual }),
    );
    expect({ missing, wrongSize }).toEqual({ missing: 0, wrongSize: fits ? 0 : 1 });
  });

  it('takes what could not be looked up neither for present nor for absent', () => {
    const refs = {
      ...references(reference('denied', 1), reference('f', 1)),
      unresolvable: unresolvableTable('gs://b/f'),
    };
    const presenceOf = world({ f: 1 });
    const resolution = resolveReferences(refs, presenceOf);
    expect(resolution).toMatchObject({ missing: 0, wrongSize: 0, unverified: 2 });
    const unverified = [...resolution.unverifiedReferences];
    expect(unverified.map(({ path }) => path)).toEqual(['gs://b/f', `${JOB}/shared/denied`]);
  });
});

describe('the condition of a snapshot', () => {
  it.each([
    ['every file is there', ['a', 'b'], 'complete', true],
    ['a file is missing', ['a', 'gone'], 'broken', false],
    ['a file has another size', ['a', 'short'], 'broken', false],
    ['a file could not be looked at', ['a', 'denied'], 'complete', false],
    ['one is missing and one could not be looked at', ['gone', 'denied'], 'broken', false],
    ['it needs no files', [], 'complete', true],
  ] as const)('when %s', (_, names, condition, restorable) => {
    const refs = references(...names.map((name) => reference(name, 5)));
    const [node] = graph([snapshot(`${JOB}/chk-1`, 1n, refs)], { a: 5, b: 5, short: 4 });
    expect(node).toMatchObject({ condition, restorable });
  });

  it('is what the survey found where no `_metadata` could be read', () => {
    const place = placeOf(at(`${JOB}/chk-1`));
    const metadata = { location: at(`${JOB}/chk-1/_metadata`), sizeBytes: 1, modifiedMs: 0 };
    const error = new StorageError('denied', 'no');
    const nodes = graph(
      [
        { state: 'incomplete', place },
        { state: 'unreadable', place, metadata, error },
      ],
      {},
    );
    expect(nodes.map(({ condition }) => condition)).toEqual(['incomplete', 'unreadable']);
  });
});

describe('the predecessor of a checkpoint', () => {
  function predecessorsOf(...snapshots: SurveyedSnapshot[]): readonly (string | null)[] {
    return (graph(snapshots, {}) as readonly ReadNode[]).map(
      ({ predecessor }) => predecessor?.place.directory.path.slice('/ckpt/'.length) ?? null,
    );
  }
  const none = references();

  it('is the next lower id in the same directory, in whatever order they were found', () => {
    const [ten, two, nine] = [10n, 2n, 9n].map((id) => snapshot(`file:///ckpt/j/chk-${id}`, id, none));
    expect(predecessorsOf(ten!, two!, nine!)).toEqual(['j/chk-9', null, 'j/chk-2']);
  });

  it('is none of another job, and no savepoint', () => {
    expect(
      predecessorsOf(
        snapshot('file:///ckpt/j/chk-1', 1n, none),
        snapshot('file:///ckpt/k/chk-2', 2n, none),
        snapshot('file:///ckpt/j/savepoint-0a6d8e-0123456789ab', 2n, none),
        snapshot('file:///ckpt/j/chk-3', 3n, none),
      ),
    ).toEqual([null, null, null, 'j/chk-1']);
  });
});

describe('growth', () => {
  it('parts the files of a checkpoint into new and kept ones', () => {
    const before = references(reference('a', 10), reference('b', 20));
    const now = references(reference('b', 20), reference('c', 30));
    expect(growthSince(now, before)).toEqual({
      newFiles: 1,
      newFileBytes: 30n,
      keptFiles: 1,
      keptFileBytes: 20n,
    });
    expect(growthSince(now, null)).toEqual({
      newFiles: 2,
      newFileBytes: 50n,
      keptFiles: 0,
      keptFileBytes: 0n,
    });
  });

  it('counts what was appended to a merged file as new', () => {
    const before = references(reference('m', 10, 'at-least'));
    const now = references(reference('m', 25, 'at-least'));
    expect(growthSince(now, before)).toEqual({
      newFiles: 0,
      newFileBytes: 15n,
      keptFiles: 1,
      keptFileBytes: 10n,
    });
  });

  it('counts nothing for a file of unknown size', () => {
    expect(growthSince(references(reference('f', -1, 'any')), null)).toMatchObject({
      newFiles: 1,
      newFileBytes: 0n,
    });
  });

  it('always adds up to all files and all bytes', () => {
    const files = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: -1, max: 50 })),
      {
        selector: ([name]) => name,
      },
    );
    const toReferences = (drawn: readonly (readonly [number, number])[]) =>
      references(...drawn.map(([name, size]) => reference(`f${name}`, size, 'any')));
    fc.assert(
      fc.property(files, files, (drawnBefore, drawnNow) => {
        const now = toReferences(drawnNow);
        const growth = growthSince(now, toReferences(drawnBefore));
        expect(growth.newFiles + growth.keptFiles).toBe(drawnNow.length);
        const total = drawnNow.reduce((sum, [, size]) => sum + Math.max(0, size), 0);
        expect(growth.newFileBytes + growth.keptFileBytes).toBe(BigInt(total));
        expect(growth.newFileBytes).toBeGreaterThanOrEqual(0n);
      }),
      { numRuns: runs({ sample: 200, full: 10_000 }), seed: testSeed },
    );
  });

  it('never looks at more than the names and sizes: spelling does not matter', () => {
    const [plain, alias] = ['s3://b/f', 's3a://b/f'].map((path) => ({
      ...reference('f', 1),
      location: at(path),
    }));
    expect(canonicalKey(plain!.location)).toBe(canonicalKey(alias!.location));
    expect(parent(alias!.location).scheme).toBe('s3a');
    expect(growthSince(references(alias!), references(plain!))).toMatchObject({ newFiles: 0, keptFiles: 1 });
  });
});
