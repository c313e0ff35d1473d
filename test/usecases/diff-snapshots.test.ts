// Two snapshots side by side, of jobs that real Flink ran.
import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import { openReader } from '../../src/storage/open.js';
import { diff } from '../../src/usecases/diff-snapshots.js';
import { expectedFiles, fixtureCase, fixtureSnapshots } from '../support/fixtures.js';

async function diffOf(caseName: string, pathA: string, pathB: string, withStates = false) {
  const fixture = fixtureCase(caseName);
  const options = {
    withStates,
    openReader,
    rewrites: [parseRewrite(`${fixture.baseUri}=${fixture.treeDirectory}`, '/')],
  };
  const at = (path: string) => parseLocation(path, fixture.treeDirectory);
  const snapshotOf = (path: string) => fixtureSnapshots(fixture).find((snapshot) => snapshot.path === path)!;
  const rows = (path: string) => expectedFiles(fixture, snapshotOf(path)).map(([file = '']) => file);
  return {
    result: await diff(at(pathA), at(pathB), options),
    filesA: new Set(rows(pathA)),
    filesB: new Set(rows(pathB)),
  };
}

const INCREMENTAL = 'checkpoints/0a6d8e2b0094db680d9a9874fabf74e8';

describe('ckpt diff', () => {
  it('counts the files that Flink lists of both, of the second alone and of the first alone', async () => {
    const { result, filesA, filesB } = await diffOf(
      'rocksdb-incremental',
      `${INCREMENTAL}/chk-5`,
      `${INCREMENTAL}/chk-7`,
    );
    expect(result.kept.files).toBe([...filesB].filter((file) => filesA.has(file)).length);
    expect(result.added.files).toBe([...filesB].filter((file) => !filesA.has(file)).length);
    expect(result.gone.files).toBe([...filesA].filter((file) => !filesB.has(file)).length);
    expect(result.kept.files).toBeGreaterThan(0);
    expect(result.kept.bytes + result.added.bytes).toBe(result.b.fileBytes);
    expect(result.kept.bytes + result.gone.bytes).toBe(result.a.fileBytes);
    expect(result.reuploaded).toEqual({ files: 0, bytes: 0n });
  });

  it('adds up by operator', async () => {
    const { result } = await diffOf('rocksdb-incremental', `${INCREMENTAL}/chk-5`, `${INCREMENTAL}/chk-7`);
    const total = result.operators.reduce((sum, { growthBytes }) => sum + growthBytes, 0n);
    expect(total).toBe(result.growth.fullBytes);
    expect(total).toBe(result.b.fullBytes - result.a.fullBytes);
    expect(result.operators.map(({ uid }) => uid)).toEqual(['payload', 'numbers']);
  });

  it('of a snapshot with itself is nothing', async () => {
    const [{ path } = { path: '' }] = fixtureSnapshots(fixtureCase('operator-state'));
    const { result } = await diffOf('operator-state', path, path);
    expect(result.growth).toEqual({
      fullBytes: 0n,
      inlineBytes: 0n,
      metadataBytes: 0,
      files: 0,
      fileBytes: 0n,
    });
    expect(result.added).toEqual({ files: 0, bytes: 0n });
    expect(result.gone).toEqual({ files: 0, bytes: 0n });
    const states = result.operators.flatMap((operator) => operator.states);
    expect(states.map(({ name }) => name)).toContain('rules');
    expect(states.every(({ growthBytes }) => growthBytes === 0n)).toBe(true);
  });

  it('tells growth by the name of keyed states where their files are read', async () => {
    const [a, b] = [`${INCREMENTAL}/chk-5`, `${INCREMENTAL}/chk-7`];
    const namesIn = async (withStates: boolean) => {
      const { result } = await diffOf('rocksdb-incremental', a, b, withStates);
      expect(result.remarks).toEqual([]);
      return result.operators.flatMap(({ states }) => states.filter(({ growthBytes }) => growthBytes !== 0n));
    };
    expect((await namesIn(false)).map(({ name }) => name)).not.toContain('count');
    const count = (await namesIn(true)).find(({ name }) => name === 'count');
    expect(count).toMatchObject({ kind: 'value', growthBytes: count!.bytesB! - count!.bytesA! });
    expect(count!.growthBytes).toBeGreaterThan(0n);
  });

  it('backwards is its opposite', async () => {
    const [a, b] = [`${INCREMENTAL}/chk-5`, `${INCREMENTAL}/chk-7`];
    const { result: there } = await diffOf('rocksdb-incremental', a, b);
    const { result: back } = await diffOf('rocksdb-incremental', b, a);
    expect(back.growth.fullBytes).toBe(-there.growth.fullBytes);
    expect(back.added).toEqual(there.gone);
    expect(back.gone).toEqual(there.added);
    expect(back.operators.map(({ id }) => id)).toEqual(there.operators.map(({ id }) => id).reverse());
  });
});
