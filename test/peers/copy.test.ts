// Real Flink restores from copies: the original lies where none of its absolute paths leads, so all it finds is the copy.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseLocation } from '../../src/model/location.js';
import { parseRewrite } from '../../src/model/rewrite.js';
import { openReader, openRemover } from '../../src/storage/open.js';
import { copySnapshot } from '../../src/usecases/copy-snapshot.js';
import { inspectSnapshot } from '../../src/usecases/inspect-snapshot.js';
import { fixtureCase, fixtureStates } from '../support/fixtures.js';
import { withCluster } from './support/cluster.js';
import { describeWithFlink, type FlinkCommand } from './support/flink.js';

/** Kept small: each is a job of its own for Flink. */
const STATES = ['rocksdb-incremental', 'file-merging-across', 'hashmap-threshold-zero'].map((name) => {
  const fixture = fixtureCase(name);
  return { name, fixture, state: fixtureStates(fixture)[0]! };
});

describeWithFlink('a copy of a snapshot', (flink) => {
  let root = '';
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ckpt-peers-copy-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const copy = (source: string, directory: string, rewrites: readonly string[] = []) =>
    copySnapshot(parseLocation(source, '/'), parseLocation(directory, '/'), {
      openReader,
      openRemover,
      rewrites: rewrites.map((text) => parseRewrite(text, '/')),
      signal: new AbortController().signal,
    });

  it('has the state that Flink read in the original', async () => {
    const commands = STATES.map(({ name, state: { attributes } }): FlinkCommand => {
      const { uid = '', state = '', backend = '' } = attributes;
      return ['keyed-state', join(root, name), '--uid', uid, '--state', state, '--backend', backend];
    });
    for (const { name, fixture, state } of STATES) {
      const rewrite = `${fixture.baseUri}=${fixture.treeDirectory}`;
      await copy(join(fixture.treeDirectory, state.path), join(root, name), [rewrite]);
    }
    const read = (await flink.runAll(commands)) as readonly Record<string, unknown>[];
    for (const [index, { name, state }] of STATES.entries()) {
      const values = Object.entries(read[index]!).map(([key, value]) => `${key}=${value}`);
      expect(values.sort(), name).toEqual([...state.lines].sort());
    }
  });

  it('is claimed by a job, all of whose checkpoints are whole, also when the original is gone', async () => {
    const checkpoints = join(root, 'cluster');
    await withCluster(checkpoints, async (cluster) => {
      const snapshot = await cluster.cancel(await cluster.start());
      const directory = join(root, 'claimed');
      await copy(snapshot.replace(/\/$/, ''), directory);
      rmSync(checkpoints, { recursive: true });
      const restored = await cluster.cancel(await cluster.start(`file://${directory}`, 'CLAIM'));
      const { report } = await inspectSnapshot(parseLocation(restored.replace(/\/$/, ''), '/'), {
        openReader,
      });
      expect(report.restorable).toBe(true);
    });
  });
});
