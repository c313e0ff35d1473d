// `inspect` of every snapshot that real Flink left behind, against Flink's own reading of it.
import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import type { SnapshotReport } from '../../src/model/snapshot-report.js';
import { openReader } from '../../src/storage/open.js';
import { UsageError } from '../../src/support/errors.js';
import { inspectSnapshot } from '../../src/usecases/inspect-snapshot.js';
import {
  expectedDocument,
  expectedFiles,
  type FixtureCase,
  fixtureCase,
  fixtureCases,
  fixtureSnapshots,
} from '../support/fixtures.js';

interface ExpectedOperator {
  readonly id: string;
  readonly stateSize: number;
  readonly checkpointedSize: number;
}

interface ExpectedDocument {
  readonly formatVersion: number;
  readonly checkpointId: number;
  readonly stateSize: number;
  readonly checkpointedSize: number;
  readonly inlineBytes: number;
  readonly fileCount: number;
  readonly fileBytes: number;
  readonly operators: readonly ExpectedOperator[];
}

/** Reports are values: one of each is enough. */
const reports = new Map<string, SnapshotReport>();

async function inspect(fixture: FixtureCase, path: string): Promise<SnapshotReport> {
  const known = reports.get(`${fixture.name} ${path}`);
  if (known !== undefined) return known;
  const { report } = await inspectSnapshot(parseLocation(path, fixture.treeDirectory), {
    openReader,
    rewrites: [parseRewrite(`${fixture.baseUri}=${fixture.treeDirectory}`, '/')],
  });
  reports.set(`${fixture.name} ${path}`, report);
  return report;
}

/** A report's paths as they were when Flink wrote the tree. */
function original(fixture: FixtureCase, path: string): string {
  return path.replace(`file://${fixture.treeDirectory}`, fixture.baseUri);
}

const snapshots = fixtureCases().flatMap((fixture) =>
  fixtureSnapshots(fixture).map(
    (snapshot) => [`${fixture.name} ${snapshot.path}`, fixture, snapshot] as const,
  ),
);

describe.each(snapshots)('%s', (_, fixture, snapshot) => {
  it('has the files and directories that Flink finds in it', async () => {
    const report = await inspect(fixture, snapshot.path);
    const [files, directories] = [[...report.files], [...report.directories]];
    const rows = [
      ...files.map(({ path, bytes, kind, references }) => [path, String(bytes), kind, String(references)]),
      ...directories.map(({ path, references }) => [path, '0', 'directory', String(references)]),
    ].map(([path = '', ...rest]) => [original(fixture, path), ...rest]);
    expect(rows.sort(byPath)).toEqual([...expectedFiles(fixture, snapshot)].sort(byPath));
    expect(files.map(({ path }) => path)).toEqual(files.map(({ path }) => path).sort());
  });

  it('has the sizes that Flink counts', async () => {
    const report = await inspect(fixture, snapshot.path);
    const expected = expectedDocument(fixture, snapshot) as ExpectedDocument;
    expect(report).toMatchObject({
      formatVersion: expected.formatVersion,
      checkpointId: BigInt(expected.checkpointId),
      fullBytes: BigInt(expected.stateSize),
      addedBytes: BigInt(expected.checkpointedSize),
      inlineBytes: BigInt(expected.inlineBytes),
      fileCount: expected.fileCount,
      fileBytes: BigInt(expected.fileBytes),
    });
    expect(report.operators.map(({ id, fullBytes, addedBytes }) => [id, fullBytes, addedBytes])).toEqual(
      expected.operators.map(({ id, stateSize, checkpointedSize }) => [
        id,
        BigInt(stateSize),
        BigInt(checkpointedSize),
      ]),
    );
  });

  it('adds up', async () => {
    const { operators, fullBytes, inlineBytes, filesByScope, fileCount, fileBytes } = await inspect(
      fixture,
      snapshot.path,
    );
    const total = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n);
    for (const operator of operators) {
      const { keyedBytes, operatorBytes, coordinatorBytes, inFlightBytes } = operator;
      expect(keyedBytes + operatorBytes + coordinatorBytes + inFlightBytes).toBe(operator.fullBytes);
      for (const { bytes } of operator.states) expect(bytes).toBeGreaterThanOrEqual(0n);
    }
    expect(total(operators.map((operator) => operator.fullBytes))).toBe(fullBytes);
    expect(total(operators.map((operator) => operator.inlineBytes))).toBe(inlineBytes);
    expect(filesByScope.reduce((sum, { files }) => sum + files, 0)).toBe(fileCount);
    expect(total(filesByScope.map(({ bytes }) => bytes))).toBe(fileBytes);
  });
});

describe('a snapshot of Flink', () => {
  it('tells operator states by name, with their kinds, elements and bytes', async () => {
    const report = await inspect(fixtureCase('operator-state'), '.');
    const states = report.operators.flatMap((operator) => operator.states);
    expect(states).toContainEqual(expect.objectContaining({ name: 'buffer', kind: 'operator-list' }));
    expect(states).toContainEqual(expect.objectContaining({ name: 'seen', kind: 'operator-union' }));
    expect(states).toContainEqual(expect.objectContaining({ name: 'rules', kind: 'broadcast', elements: 3 }));
    expect(states).toContainEqual(expect.objectContaining({ name: 'names', kind: 'broadcast', elements: 3 }));
    for (const { bytes } of states) expect(bytes).toBeGreaterThan(0n);
  });

  it('tells what is in flight of an unaligned checkpoint', async () => {
    const { operators } = await inspect(fixtureCase('unaligned-backpressure'), '.');
    expect(operators.some(({ inFlightBytes }) => inFlightBytes > 0n)).toBe(true);
  });

  it('tells which operators and subtasks have finished', async () => {
    const { operators } = await inspect(fixtureCase('finished-tasks'), '.');
    expect(operators.filter(({ fullyFinished }) => fullyFinished)).toHaveLength(2);
    const partly = operators.filter(({ finishedSubtasks }) => finishedSubtasks > 0);
    expect(partly.map(({ finishedSubtasks, parallelism }) => [finishedSubtasks, parallelism])).toEqual([
      [1, 3],
      [1, 3],
    ]);
  });

  it('tells the key groups of each subtask once, ascending', async () => {
    const { operators } = await inspect(fixtureCase('rocksdb-incremental-p4'), '.');
    const keyed = operators.filter(({ keyGroupRanges }) => keyGroupRanges.length > 0);
    expect(keyed.map(({ keyGroupRanges }) => keyGroupRanges)).toEqual([
      [
        { first: 0, last: 31 },
        { first: 32, last: 63 },
        { first: 64, last: 95 },
        { first: 96, last: 127 },
      ],
    ]);
  });

  it('lies where its scopes say: own files, shared ones, merged ones, and the changelog elsewhere', async () => {
    const scopes = async (name: string) =>
      (await inspect(fixtureCase(name), '.')).filesByScope.map(({ scope, files }) => [scope, files]);
    expect(await scopes('rocksdb-incremental-p4')).toEqual([
      ['exclusive', 4],
      ['shared', 56],
      ['task-owned', 0],
      ['other', 0],
    ]);
    expect(await scopes('changelog-rocksdb')).toEqual([
      ['exclusive', 0],
      ['shared', 0],
      ['task-owned', 30],
      ['other', 2],
    ]);
    expect(await scopes('file-merging-across')).toEqual([
      ['exclusive', 0],
      ['shared', 8],
      ['task-owned', 2],
      ['other', 0],
    ]);
  });

  it('is the newest where a directory holds several, and says what it took the directory for', async () => {
    const report = await inspect(fixtureCase('rocksdb-incremental'), 'checkpoints');
    expect(report).toMatchObject({ takenFor: 'checkpoint-root', checkpointId: 7n });
  });

  it('names what is missing, where something is', async () => {
    const fixture = fixtureCase('restore-claim');
    const report = await inspect(fixture, 'checkpoints/88b638ce2423282f50a944870417a635/chk-3');
    expect(report).toMatchObject({ condition: 'broken', restorable: false });
    expect([...report.missing]).toHaveLength(9);
    expect([...report.missing].every(({ scope }) => scope === 'shared')).toBe(true);
  });

  it('is not to be had from a checkpoint that never completed', async () => {
    const path = 'checkpoints/88b638ce2423282f50a944870417a635/chk-5';
    await expect(inspect(fixtureCase('restore-claim'), path)).rejects.toThrow(UsageError);
    await expect(inspect(fixtureCase('restore-claim'), path)).rejects.toThrow(/holds no _metadata/);
  });
});

function byPath(a: readonly string[], b: readonly string[]): number {
  return a[0]! < b[0]! ? -1 : 1;
}
