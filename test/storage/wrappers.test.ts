import { describe, expect, it } from 'vitest';
import { child, parseLocation } from '../../src/model/location.js';
import { countingStorage, faultyStorage, type StorageCall } from '../../src/storage/intercepted.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { openReader, openRemover, openWriter } from '../../src/storage/open.js';
import { routedStorage } from '../../src/storage/routed.js';
import { ManualClock } from '../../src/support/clock.js';
import { kindOf, listAll, text } from '../contract/storage-contract.js';

const root = parseLocation('memory://m/root', '/');
const at = (name: string) => child(root, name);

async function filled(names: readonly string[]): Promise<MemoryStorage> {
  const storage = new MemoryStorage({ clock: new ManualClock(5000), pageEntries: 2 });
  await storage.makeDirectory(root);
  for (const name of names) await storage.put(at(name), text(name));
  return storage;
}

describe('a faulty storage', () => {
  it('fails at the call that it is told to, and does nothing then', async () => {
    const inner = await filled([]);
    const storage = faultyStorage(inner, ({ index }) => (index === 1 ? 'no-space' : null));
    await storage.put(at('a'), text('a'));
    expect(await kindOf(storage.put(at('b'), text('b')))).toBe('no-space');
    await storage.put(at('c'), text('c'));
    expect((await inner.listDirectory(root)).map(({ path }) => path)).toEqual([at('a').path, at('c').path]);
  });

  it('tells every call with its operation and location', async () => {
    const calls: StorageCall[] = [];
    const storage = faultyStorage(await filled(['a', 'b', 'c']), (call) => {
      calls.push(call);
      return null;
    });
    await listAll(storage, root);
    await storage.stat(at('a'));
    await storage.remove([at('a'), at('b')]);
    expect(calls.map(({ index, operation, location }) => [index, operation, location.path])).toEqual([
      [0, 'list', '/root'],
      [1, 'list-batch', '/root'],
      [2, 'list-batch', '/root'],
      [3, 'stat', '/root/a'],
      [4, 'remove', '/root/a'],
      [5, 'remove', '/root/b'],
    ]);
  });

  it('fails one location of many to remove, and removes the others', async () => {
    const storage = faultyStorage(await filled(['a', 'b', 'c']), ({ operation, location }) =>
      operation === 'remove' && location.path.endsWith('b') ? 'denied' : null,
    );
    const results = await storage.remove(['a', 'b', 'c'].map(at));
    expect(results.map(({ outcome }) => outcome)).toEqual(['removed', 'failed', 'removed']);
    expect((await storage.listDirectory(root)).map(({ path }) => path)).toEqual([at('b').path]);
  });
});

describe('a counting storage', () => {
  it('counts calls by operation', async () => {
    const { storage, counts } = countingStorage(await filled(['a', 'b', 'c']));
    await storage.read(at('a'));
    await storage.read(at('b'));
    await kindOf(storage.read(at('absent')));
    await listAll(storage, root);
    expect(Object.fromEntries(counts)).toEqual({ read: 3, list: 1, 'list-batch': 2 });
  });
});

describe('stores as one', () => {
  it('are each asked about their own locations, in one call for each removal', async () => {
    const [a, b] = [new MemoryStorage({ directories: false }), new MemoryStorage({ directories: false })];
    const counted = countingStorage(a);
    const storage = routedStorage(a.capabilities, async ({ authority }) =>
      authority === 'a' ? counted.storage : b,
    );
    const [inA, inB] = ['memory://a/f', 'memory://b/f'].map((uri) => parseLocation(uri, '/'));
    await storage.put(inA!, text('in a'));
    await storage.put(inB!, text('in b'));
    expect(Buffer.from(await storage.read(inB!)).toString()).toBe('in b');
    const nowhere = parseLocation('memory://a/g', '/');
    const results = await storage.remove([inB!, nowhere, inA!]);
    expect(results.map(({ location, outcome }) => [location, outcome])).toEqual([
      [inB, 'removed'],
      [nowhere, 'absent'],
      [inA, 'removed'],
    ]);
    expect(await kindOf(b.read(inB!))).toBe('not-found');
    expect(counted.counts.get('put')).toBe(1);
  });
});

describe('a store in memory', () => {
  it('keeps the time of its clock and changes the etag with the content', async () => {
    const clock = new ManualClock(5000);
    const storage = new MemoryStorage({ clock, directories: false });
    await storage.put(at('f'), text('one'));
    const before = await storage.stat(at('f'));
    clock.advance(1);
    await storage.put(at('f'), text('two'));
    const after = await storage.stat(at('f'));
    expect([before.modifiedMs, after.modifiedMs]).toEqual([5000, 5001]);
    expect(after.etag).not.toBe(before.etag);
  });
});

describe('opening a store', () => {
  it('hands out no more than what was asked for', async () => {
    const local = parseLocation('/', '/');
    const reader = await openReader(local);
    expect(Object.keys(reader).filter((name) => /put|make|remove/i.test(name))).toEqual([]);
    const writer = await openWriter(local);
    expect(Object.keys(writer).filter((name) => /remove/i.test(name))).toEqual([]);
    expect(Object.keys(await openRemover(local))).toEqual(
      expect.arrayContaining(['read', 'put', 'remove', 'removeEmptyDirectory']),
    );
  });
});
