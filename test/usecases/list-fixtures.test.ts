// `list` over everything that real Flink left behind: the rows against Flink's own reading, and the references of all
// snapshots together against what was on disk.
import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../src/graph/graph.js';
import { formatLocation, parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import type { Survey } from '../../src/model/survey.js';
import { openReader } from '../../src/storage/open.js';
import { takeSurvey } from '../../src/survey/take-survey.js';
import { listSnapshots } from '../../src/usecases/list-snapshots.js';
import {
  expectedDocument,
  type FixtureCase,
  fixtureCase,
  fixtureCases,
  fixtureRows,
  fixtureSnapshots,
} from '../support/fixtures.js';
import { filesOf } from '../support/reference-tables.js';

function optionsFor(fixture: FixtureCase) {
  return { openReader, rewrites: [parseRewrite(`${fixture.baseUri}=${fixture.treeDirectory}`, '/')] };
}

function locate(fixture: FixtureCase, path: string) {
  return parseLocation(path, fixture.treeDirectory);
}

async function list(fixture: FixtureCase, path = '.') {
  return listSnapshots([locate(fixture, path)], optionsFor(fixture));
}

function withinTree(fixture: FixtureCase, path: string): string {
  return relative(`file://${fixture.treeDirectory}`, path);
}

/** Rows like those of referenced.txt: path, bytes, kind, handles, snapshots. */
function referencesOf(fixture: FixtureCase, survey: Survey): Map<string, string[]> {
  const union = new Map<string, { bytes: bigint; kind: string; handles: number; snapshots: string[] }>();
  for (const snapshot of survey.snapshots) {
    if (snapshot.state !== 'read') continue;
    const { files, directories } = snapshot.contents.references;
    const found = [
      ...filesOf(files).map((file) => ({ ...file, suffix: '' })),
      ...Array.from(directories.inOrder(), (row) => ({
        location: directories.location(row),
        handles: directories.handles(row),
        suffix: '/',
        kind: 'directory',
        sizeBytes: 0n,
      })),
    ];
    for (const { location, suffix, kind, sizeBytes, handles } of found) {
      const path = withinTree(fixture, formatLocation(location)) + suffix;
      const row = union.get(path) ?? { bytes: 0n, kind, handles: 0, snapshots: [] };
      row.bytes = sizeBytes > row.bytes ? sizeBytes : row.bytes;
      row.handles += handles;
      row.snapshots.push(withinTree(fixture, formatLocation(snapshot.place.directory)));
      union.set(path, row);
    }
  }
  return new Map(
    [...union].map(([path, { bytes, kind, handles, snapshots }]) => [
      path,
      [path, String(bytes), kind, String(handles), snapshots.sort().join(',')],
    ]),
  );
}

const byPath = (a: readonly string[], b: readonly string[]) => (a[0]! < b[0]! ? -1 : 1);

describe.each(fixtureCases().map((fixture) => [fixture.name, fixture] as const))('%s', (_, fixture) => {
  it('lists each snapshot with the condition and the sizes that Flink reads', async () => {
    const { snapshots, problems } = await list(fixture);
    expect(problems).toEqual([]);
    const missing = fixtureRows(fixture, 'missing.txt');
    const expected = fixtureSnapshots(fixture).map((snapshot) => {
      const document = expectedDocument(fixture, snapshot) as Record<string, unknown>;
      const gone = missing.filter(([, , , , names = '']) => names.split(',').includes(snapshot.path)).length;
      const job = /checkpoints\/([0-9a-f]{32})\//.exec(snapshot.path)?.[1] ?? null;
      return {
        path: snapshot.path,
        job,
        id: BigInt(document.checkpointId as number),
        kind: snapshot.path.startsWith('savepoints/') ? 'savepoint' : 'checkpoint',
        condition: gone > 0 ? 'broken' : 'complete',
        restorable: gone === 0,
        missing: gone,
        wrongSize: 0,
        unverified: 0,
        metadataBytes: snapshot.bytes.length,
        fullBytes: BigInt(document.stateSize as number),
        files: document.fileCount,
      };
    });
    const read = snapshots.filter(({ condition }) => condition !== 'incomplete');
    expect(
      read
        .map((row) => ({ ...row, path: withinTree(fixture, row.path) }))
        .sort((a, b) => byPath([a.path], [b.path])),
    ).toMatchObject(expected);
    for (const { time } of read) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('tells what each checkpoint added: what Flink counted, where Flink recorded it', async () => {
    const { snapshots } = await list(fixture);
    const recorded = !['1.11.6'].includes(fixture.flinkVersion);
    for (const snapshot of fixtureSnapshots(fixture)) {
      const row = snapshots.find(({ path }) => withinTree(fixture, path) === snapshot.path)!;
      const { checkpointedSize } = expectedDocument(fixture, snapshot) as {
        readonly checkpointedSize: number;
      };
      if (recorded) expect(row.addedBytes).toBe(BigInt(checkpointedSize));
      else expect(row.addedBytes).toBeLessThanOrEqual(BigInt(checkpointedSize));
    }
  });

  it('references, misses and leaves over exactly what the case says', async () => {
    const survey = await takeSurvey([locate(fixture, '.')], optionsFor(fixture));
    const references = referencesOf(fixture, survey);
    expect([...references.values()].sort(byPath)).toEqual(
      [...fixtureRows(fixture, 'referenced.txt')].sort(byPath),
    );

    const missing = buildGraph(survey).flatMap((node) => {
      if (!('resolution' in node)) return [];
      const { files } = node.snapshot.contents.references;
      const rows = [...node.resolution.filesWith('missing')];
      expect(rows).toHaveLength(node.resolution.missing);
      return Array.from(rows, (row) => withinTree(fixture, formatLocation(files.location(row))));
    });
    const expectedMissing = fixtureRows(fixture, 'missing.txt').map(([path]) => path);
    expect([...new Set(missing)].sort()).toEqual(expectedMissing.sort());

    const leftOver = fixtureRows(fixture, 'files.txt')
      .map(([path = '']) => path)
      .filter((path) => !path.endsWith('/') && !path.endsWith('/_metadata') && !references.has(path));
    expect(leftOver.sort()).toEqual(
      fixtureRows(fixture, 'orphans.txt')
        .map(([path]) => path)
        .sort(),
    );
  });
});

describe('a tree of Flink', () => {
  it('shows a checkpoint that never completed', async () => {
    const { snapshots } = await list(fixtureCase('killed-mid-checkpoint'));
    expect(snapshots.map(({ id, condition, restorable }) => [id, condition, restorable])).toEqual([
      [2n, 'complete', true],
      [3n, 'complete', true],
      [4n, 'complete', true],
      [5n, 'incomplete', false],
    ]);
    expect(snapshots[3]).toMatchObject({
      job: '7978bbb520a1747b636ca40b890f5a64',
      kind: 'checkpoint',
      time: null,
      fullBytes: null,
      addedBytes: null,
      metadataBytes: null,
      files: null,
      missing: null,
    });
  });

  it('shows which siblings a claim broke, and what the claiming job took over', async () => {
    const { snapshots } = await list(fixtureCase('restore-claim'));
    const first = snapshots.filter(({ job }) => job === '88b638ce2423282f50a944870417a635');
    expect(first.map(({ id, condition, missing }) => [id, condition, missing])).toEqual([
      [2n, 'broken', 6],
      [3n, 'broken', 9],
      [5n, 'incomplete', null],
    ]);
    const second = snapshots.filter(({ job }) => job === 'ede4b2068cace5718671f0567ca6ee5f');
    expect(second.map(({ id, restorable, foreignFiles }) => [id, restorable, foreignFiles])).toEqual([
      [5n, true, 5],
      [6n, true, 5],
      [7n, true, 5],
    ]);
  });

  it('looks up what a job uses of another, when only its own directory is given', async () => {
    const fixture = fixtureCase('restore-claim');
    const { roots, snapshots } = await list(fixture, 'checkpoints/ede4b2068cace5718671f0567ca6ee5f');
    expect(roots).toMatchObject([{ takenFor: 'job' }]);
    expect(snapshots.map(({ id, restorable, foreignFiles }) => [id, restorable, foreignFiles])).toEqual([
      [5n, true, 5],
      [6n, true, 5],
      [7n, true, 5],
    ]);
  });

  it.each([
    ['.', 'ancestor', 5],
    ['checkpoints', 'checkpoint-root', 3],
    ['checkpoints/263e3e80b44ee72f09e671a09dca6e14', 'job', 3],
    ['checkpoints/263e3e80b44ee72f09e671a09dca6e14/chk-3', 'snapshot', 1],
    ['checkpoints/263e3e80b44ee72f09e671a09dca6e14/chk-3/_metadata', 'metadata', 1],
    ['savepoints', 'savepoint-root', 2],
    ['savepoints/savepoint-263e3e-c6b0d004c11f', 'snapshot', 1],
  ])('takes %s for what it is', async (path, takenFor, count) => {
    const fixture = fixtureCase('v1.20-rocksdb-incremental');
    const { roots, snapshots } = await list(fixture, path);
    expect(roots).toMatchObject([{ path: formatLocation(locate(fixture, path)), takenFor }]);
    expect(snapshots).toHaveLength(count);
    expect(snapshots.every(({ restorable }) => restorable)).toBe(true);
  });

  it('counts nothing twice where locations overlap', async () => {
    const fixture = fixtureCase('v1.20-rocksdb-incremental');
    const locations = ['.', 'savepoints', 'checkpoints', '.'].map((path) => locate(fixture, path));
    const { roots, snapshots } = await listSnapshots(locations, optionsFor(fixture));
    expect(roots).toHaveLength(4);
    expect(snapshots).toEqual((await list(fixture)).snapshots);
  });

  it('reports every file missing, and never an error, where a tree was moved and no rewrite given', async () => {
    const fixture = fixtureCase('rocksdb-incremental-p4');
    const { snapshots } = await listSnapshots([locate(fixture, '.')], { openReader, rewrites: [] });
    expect(snapshots.map(({ condition, files, missing }) => [condition, files, missing])).toEqual([
      ['broken', 40, 36],
      ['broken', 44, 40],
      ['broken', 60, 56],
    ]);
  });
});
