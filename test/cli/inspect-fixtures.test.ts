// Snapshots that real Flink left behind, through the built command line, against Flink's own reading of them: the last
// one of each fixture, all in the long run. test/usecases and test/render hold all against it without processes.
import { availableParallelism } from 'node:os';
import { beforeAll, expect, test } from 'vitest';
import { mapConcurrently } from '../../src/support/concurrency.js';
import {
  expectedDocument,
  expectedFiles,
  type FixtureCase,
  type FixtureSnapshot,
  fixtureCases,
  fixtureSnapshots,
} from '../support/fixtures.js';
import { runs } from '../support/runs.js';
import { ckpt } from './process.js';

const SNAPSHOTS = fixtureCases().flatMap((fixture) =>
  fixtureSnapshots(fixture)
    .slice(runs({ sample: -1, full: 0 }))
    .map((snapshot) => ({
      title: `flink ${fixture.flinkVersion} ${fixture.name} ${snapshot.path}`,
      fixture,
      snapshot,
    })),
);

interface Document {
  readonly metadata: unknown;
  readonly files: readonly { path: string; bytes: number; kind: string; references: number }[];
  readonly directories: readonly { path: string; references: number }[];
}

const documents = new Map<string, Document>();

beforeAll(async () => {
  const found = await mapConcurrently(SNAPSHOTS, availableParallelism(), async ({ title, ...of }) => {
    return [title, await documentOf(of.fixture, of.snapshot)] as const;
  });
  for (const [title, document] of found) documents.set(title, document);
});

/** With the paths that the tree had when Flink wrote it. */
async function documentOf(fixture: FixtureCase, { path }: FixtureSnapshot): Promise<Document> {
  const tree = fixture.treeDirectory;
  const args = ['inspect', `${tree}/${path}`, '--rewrite', `${fixture.baseUri}=${tree}`];
  const { stdout, stderr, status } = await ckpt([...args, '--raw', '--files', '--json']);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return JSON.parse(stdout.replaceAll(`file://${tree}`, fixture.baseUri));
}

test.each(SNAPSHOTS)('--raw is what Flink reads, field by field: $title', ({ title, fixture, snapshot }) => {
  expect(documents.get(title)!.metadata).toEqual(withoutClasses(expectedDocument(fixture, snapshot)));
});

test.each(SNAPSHOTS)('--files are those that Flink refers to: $title', ({ title, fixture, snapshot }) => {
  const { files, directories } = documents.get(title)!;
  const rows = [
    ...files.map(({ path, bytes, kind, references }) => [path, String(bytes), kind, String(references)]),
    ...directories.map(({ path, references }) => [path, '0', 'directory', String(references)]),
  ];
  expect(rows.sort(byPath)).toEqual([...expectedFiles(fixture, snapshot)].sort(byPath));
});

function byPath([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Flink's reading without the names of its Java classes. */
function withoutClasses(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutClasses);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => field !== 'class')
      .map(([field, content]) => [field, withoutClasses(content)]),
  );
}
