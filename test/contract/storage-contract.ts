// What every storage has to keep of the promises in src/storage/storage.ts, driven by its capabilities. A new driver
// adds one call in storage.test.ts.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { child, type Location, normalizePath } from '../../src/model/location.js';
import type {
  FileStatus,
  FileVersion,
  ListingBatch,
  StorageReader,
  StorageRemover,
  StoredVersions,
  VersionName,
} from '../../src/storage/storage.js';
import { StorageError, type StorageErrorKind } from '../../src/support/errors.js';

/** A fresh, empty place in a store. */
export interface StorageUnderTest {
  readonly storage: StorageRemover;
  /** An existing empty directory, or a prefix without keys. */
  readonly root: Location;
  readonly dispose: () => Promise<void>;
}

/** Names that stores get wrong: spaces, percent signs, newlines, quotes, other alphabets, hidden files. */
export const ODD_NAMES = [
  'a b',
  'a%20b',
  'a+b',
  'a#b?c&d=e',
  'quote\'"',
  'back\\slash',
  'line\nbreak',
  'tab\there',
  '日本',
  'ü',
  '😀',
  '.hidden',
  '-rf',
  '*',
  'a:b',
];

export function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** Everything that a listing tells, and its problems. */
export async function listAll(storage: StorageReader, root: Location) {
  const entries: FileStatus[] = [];
  const problems: ListingBatch['problems'][number][] = [];
  for await (const batch of storage.list(root)) {
    entries.push(...batch.entries);
    problems.push(...batch.problems);
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { entries, problems };
}

/** The kind of the StorageError that `action` ends with. */
export async function kindOf(action: Promise<unknown>): Promise<StorageErrorKind | 'none'> {
  try {
    await action;
    return 'none';
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    expect(thrown.message).not.toBe('');
    expect(thrown.where).toBeDefined();
    return thrown.kind;
  }
}

/** What a slow or particular store cannot be asked for in full. */
export interface ContractOptions {
  readonly oddNames?: readonly string[];
  /** Files of the listing that must come in several pages. */
  readonly manyFiles?: number;
}

export function storageContract(
  name: string,
  open: () => Promise<StorageUnderTest>,
  { oddNames = ODD_NAMES, manyFiles = 1100 }: ContractOptions = {},
): void {
  describe(`storage contract: ${name}`, () => {
    let under: StorageUnderTest;
    let storage: StorageRemover;
    let root: Location;
    const at = (relative: string): Location => child(root, relative);
    const put = async (relative: string, content: string): Promise<void> => {
      await storage.makeDirectory(child(at(relative), '..'));
      await storage.put(at(relative), text(content));
    };

    beforeEach(async () => {
      under = await open();
      storage = under.storage;
      root = under.root;
    });
    afterEach(() => under.dispose());

    it('reads back what was put, and tells its size and a time', async () => {
      await put('f', 'hello');
      expect(Buffer.from(await storage.read(at('f'))).toString()).toBe('hello');
      const status = await storage.stat(at('f'));
      expect(status).toMatchObject({ path: at('f').path, type: 'file', sizeBytes: 5 });
      expect(Number.isSafeInteger(status.modifiedMs)).toBe(true);
    });

    it('replaces by put, and keeps an empty file', async () => {
      await put('f', 'a longer one');
      await put('f', '');
      expect(await storage.read(at('f'))).toHaveLength(0);
      expect((await storage.stat(at('f'))).sizeBytes).toBe(0);
    });

    it('does not share memory with the caller of put', async () => {
      const bytes = text('before');
      await storage.makeDirectory(root);
      await storage.put(at('f'), bytes);
      bytes.fill(0);
      expect(Buffer.from(await storage.read(at('f'))).toString()).toBe('before');
    });

    it('puts what comes in pieces, and nothing of it where they fail', { timeout: 60_000 }, async () => {
      const pieces = Array.from({ length: 9 }, (_, index) => new Uint8Array(2 ** 20 + 1).fill(index));
      const sizeBytes = 9 * (2 ** 20 + 1);
      const read = async function* () {
        yield* pieces;
      };
      await storage.makeDirectory(root);
      await storage.putPieces(at('f'), { sizeBytes, read });
      expect(Buffer.concat(pieces).equals(await storage.read(at('f')))).toBe(true);
      const failing = async function* () {
        yield pieces[0]!;
        throw new StorageError('denied', 'the source broke', { where: 'there' });
      };
      expect(await kindOf(storage.putPieces(at('g'), { sizeBytes, read: failing }))).toBe('denied');
      await storage.putPieces(at('h'), { sizeBytes: 0, read: async function* () {} });
      const { entries } = await listAll(storage, root);
      expect(entries.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
        [at('f').path, sizeBytes],
        [at('h').path, 0],
      ]);
    });

    it('reads ranges, short only at the end of the file', async () => {
      await put('f', '0123456789');
      const range = async (offset: number, length: number) =>
        Buffer.from(await storage.readRange(at('f'), offset, length)).toString();
      expect(await range(0, 3)).toBe('012');
      expect(await range(7, 10)).toBe('789');
      expect(await range(3, 0)).toBe('');
      expect(await range(20, 5)).toBe('');
    });

    it('says not-found for what is absent, whatever the question', async () => {
      await put('present', 'x');
      expect(await kindOf(storage.read(at('absent')))).toBe('not-found');
      expect(await kindOf(storage.readRange(at('absent'), 0, 1))).toBe('not-found');
      expect(await kindOf(storage.stat(at('absent')))).toBe('not-found');
      expect(await kindOf(storage.listDirectory(at('absent')))).toBe('not-found');
      expect(await kindOf(listAll(storage, at('absent')))).toBe('not-found');
      expect(await kindOf(storage.read(at('absent/deeper')))).toBe('not-found');
    });

    it('says not-found for a path that runs through a file', async () => {
      await put('f', 'x');
      expect(await kindOf(storage.read(at('f/below')))).toBe('not-found');
      expect(await kindOf(storage.stat(at('f/below')))).toBe('not-found');
      expect(await kindOf(listAll(storage, at('f/below')))).toBe('not-found');
    });

    it('lists everything below, at any depth, with types and sizes', async () => {
      await put('a/one', '1');
      await put('a/b/c/two', '22');
      await put('three', '333');
      const { entries, problems } = await listAll(storage, root);
      expect(problems).toEqual([]);
      const seen = entries.map(({ path, type, sizeBytes }) => [
        path.slice(root.path.length + 1),
        type,
        sizeBytes,
      ]);
      const directories = [
        ['a', 'directory', 0],
        ['a/b', 'directory', 0],
        ['a/b/c', 'directory', 0],
      ];
      const files = [
        ['a/b/c/two', 'file', 2],
        ['a/one', 'file', 1],
        ['three', 'file', 3],
      ];
      const expected = storage.capabilities.directories ? [...directories, ...files] : files;
      expect(seen).toEqual(expected.sort((x, y) => (x[0]! < y[0]! ? -1 : 1)));
    });

    it('lists what a directory holds itself, in order of the names', async () => {
      await put('d/z', '1');
      await put('d/a', '22');
      await put('d/m/inner', '333');
      const names = (await storage.listDirectory(at('d'))).map(({ path, type, sizeBytes }) => [
        path.slice(at('d').path.length + 1),
        type,
        sizeBytes,
      ]);
      expect(names).toEqual([
        ['a', 'file', 2],
        ['m', 'directory', 0],
        ['z', 'file', 1],
      ]);
    });

    it('does not take a longer name for something below a shorter one', async () => {
      await put('chk-1/x', '1');
      await put('chk-10/y', '2');
      const { entries } = await listAll(storage, at('chk-1'));
      expect(entries.map(({ path }) => path)).toEqual([at('chk-1/x').path]);
    });

    it('lists many entries completely', async () => {
      await storage.makeDirectory(at('many'));
      const names = Array.from({ length: manyFiles }, (_, i) => `many/${String(i).padStart(4, '0')}`);
      for (let start = 0; start < names.length; start += 100) {
        await Promise.all(names.slice(start, start + 100).map((name) => storage.put(at(name), text(name))));
      }
      const { entries } = await listAll(storage, at('many'));
      expect(entries.map(({ path }) => path)).toEqual(names.map((name) => at(name).path));
    });

    it.each(oddNames.map((name) => [name]))('takes the name %j literally', async (name) => {
      const location = { ...root, path: normalizePath(`${root.path}/${name}`) };
      await storage.makeDirectory(root);
      await storage.put(location, text(name));
      expect(Buffer.from(await storage.read(location)).toString()).toBe(name);
      expect((await listAll(storage, root)).entries.map(({ path }) => path)).toEqual([location.path]);
      expect(await storage.remove([location])).toMatchObject([{ outcome: 'removed' }]);
      expect(await kindOf(storage.stat(location))).toBe('not-found');
    });

    it('puts only where nothing is, and changes nothing otherwise', async () => {
      await storage.makeDirectory(root);
      await storage.putIfAbsent(at('f'), text('first'));
      expect(await kindOf(storage.putIfAbsent(at('f'), text('second')))).toBe('already-exists');
      expect(Buffer.from(await storage.read(at('f'))).toString()).toBe('first');
    });

    it('lets one of many win who put the same name if absent', async () => {
      if (!storage.capabilities.conditionalPut) return;
      await storage.makeDirectory(root);
      const kinds = await Promise.all(
        Array.from({ length: 20 }, (_, i) => kindOf(storage.putIfAbsent(at('f'), text(`winner ${i}`)))),
      );
      expect(kinds.filter((kind) => kind === 'none')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'already-exists')).toHaveLength(19);
      expect(Buffer.from(await storage.read(at('f'))).toString()).toBe(`winner ${kinds.indexOf('none')}`);
    });

    it('leaves nothing but the file behind', async () => {
      await put('f', 'x');
      await storage.putIfAbsent(at('g'), text('x'));
      await kindOf(storage.putIfAbsent(at('g'), text('y')));
      const { entries } = await listAll(storage, root);
      expect(entries.map(({ path }) => path)).toEqual([at('f').path, at('g').path]);
    });

    it('removes by exact name, one result a location, absent ones being no failure', async () => {
      await put('a', '1');
      await put('ab', '2');
      const results = await storage.remove([at('a'), at('nothing'), at('a')]);
      expect(results.map(({ location, outcome }) => [location.path, outcome])).toEqual([
        [at('a').path, 'removed'],
        [at('nothing').path, storage.capabilities.blindRemoval === true ? 'removed' : 'absent'],
        [at('a').path, 'absent'],
      ]);
      expect((await storage.stat(at('ab'))).sizeBytes).toBe(1);
    });

    it('tells the time by the clock that its files are dated by', async () => {
      const second = (ms: number) => Math.floor(ms / 1000);
      const beforeMs = await storage.nowMs(root);
      await put('f', 'x');
      const { modifiedMs } = await storage.stat(at('f'));
      const afterMs = await storage.nowMs(root);
      expect(Number.isInteger(beforeMs)).toBe(true);
      expect(second(modifiedMs!)).toBeGreaterThanOrEqual(second(beforeMs) - 1);
      expect(second(modifiedMs!)).toBeLessThanOrEqual(second(afterMs) + 1);
    });

    it('copies a file, and what was in its place goes', async () => {
      await put('f', 'one');
      await put('d/g', 'before');
      if (!storage.capabilities.copy) {
        expect(await kindOf(storage.copy(at('f'), at('d/g')))).toBe('conflict');
        return;
      }
      await storage.copy(at('f'), at('d/g'));
      await put('f', 'two');
      expect(Buffer.from(await storage.read(at('d/g'))).toString()).toBe('one');
      expect(await kindOf(storage.copy(at('nothing'), at('d/g')))).toBe('not-found');
      expect(Buffer.from(await storage.read(at('d/g'))).toString()).toBe('one');
      if (storage.capabilities.directories)
        expect(await kindOf(storage.copy(at('d'), at('e')))).toBe('conflict');
      const { entries } = await listAll(storage, root);
      expect(entries.filter(({ type }) => type === 'file').map(({ path }) => path)).toEqual([
        at('d/g').path,
        at('f').path,
      ]);
    });

    it('renames a file, and never onto another', async () => {
      await put('f', 'one');
      await put('d/taken', 'two');
      if (!storage.capabilities.rename) {
        expect(await kindOf(storage.rename(at('f'), at('d/f')))).toBe('conflict');
        return;
      }
      const { modifiedMs } = await storage.stat(at('f'));
      await storage.rename(at('f'), at('d/f'));
      expect(Buffer.from(await storage.read(at('d/f'))).toString()).toBe('one');
      expect((await storage.stat(at('d/f'))).modifiedMs).toBe(modifiedMs);
      expect(await kindOf(storage.stat(at('f')))).toBe('not-found');
      expect(await kindOf(storage.rename(at('d/f'), at('d/taken')))).toBe('already-exists');
      expect(Buffer.from(await storage.read(at('d/taken'))).toString()).toBe('two');
      expect(await kindOf(storage.rename(at('f'), at('d/g')))).toBe('not-found');
      expect(await kindOf(storage.rename(at('d/f'), at('nowhere/f')))).toBe('not-found');
      expect(await kindOf(storage.rename(at('d'), at('e')))).toBe('conflict');
      expect(Buffer.from(await storage.read(at('d/f'))).toString()).toBe('one');
    });

    it('makes directories with their parents, again without error', async () => {
      if (!storage.capabilities.directories) return;
      await storage.makeDirectory(at('x/y/z'));
      await storage.makeDirectory(at('x/y/z'));
      expect((await storage.stat(at('x/y'))).type).toBe('directory');
      expect(await listAll(storage, at('x/y/z'))).toEqual({ entries: [], problems: [] });
    });

    it('does not bring back a directory that vanished', async () => {
      if (!storage.capabilities.directories) return;
      expect(await kindOf(storage.put(at('gone/f'), text('x')))).toBe('not-found');
      expect(await kindOf(storage.putIfAbsent(at('gone/f'), text('x')))).toBe('not-found');
    });

    it('refuses to take a file for a directory or a directory for a file', async () => {
      if (!storage.capabilities.directories) return;
      await put('f', 'x');
      await storage.makeDirectory(at('d'));
      expect(await kindOf(listAll(storage, at('f')))).toBe('conflict');
      expect(await kindOf(storage.listDirectory(at('f')))).toBe('conflict');
      expect(await kindOf(storage.read(at('d')))).toBe('conflict');
      expect(await kindOf(storage.put(at('d'), text('x')))).toBe('conflict');
      expect(await storage.remove([at('d')])).toMatchObject([
        { outcome: 'failed', error: { kind: 'conflict' } },
      ]);
      expect((await storage.stat(at('d'))).type).toBe('directory');
    });

    it('removes empty directories only', async () => {
      if (!storage.capabilities.directories) return;
      await put('d/f', 'x');
      expect(await kindOf(storage.removeEmptyDirectory(at('d')))).toBe('conflict');
      await storage.remove([at('d/f')]);
      await storage.removeEmptyDirectory(at('d'));
      await storage.removeEmptyDirectory(at('d'));
      expect(await kindOf(storage.stat(at('d')))).toBe('not-found');
    });

    it('never reports a directory that is only a prefix of keys as a file', async () => {
      if (storage.capabilities.directories) return;
      await put('p/key', 'x');
      expect(await kindOf(storage.stat(at('p')))).toBe('not-found');
      expect(await storage.listDirectory(root)).toMatchObject([{ path: at('p').path, type: 'directory' }]);
    });

    it('keeps what is replaced and removed, by versions that are taken away one by one', async () => {
      const { versions, removalLeaves } = storage;
      if (versions === undefined || (await removalLeaves?.(root)) !== 'marker') return;
      expect((await versionsBelow(versions, root)).length).toBe(0);
      for (const content of ['one', 'three']) await put('d/a b+ü', content);
      await put('d/kept', 'x');
      await put('da', 'beside');
      await storage.remove([at('d/a b+ü'), at('d/kept')]);
      const told = await versionsBelow(versions, at('d'));
      const shape = ({ path, isMarker, isLatest, sizeBytes }: FileVersion) => [
        ...[path.slice(root.path.length), isMarker, isLatest, sizeBytes],
      ];
      expect(told.map(shape)).toEqual([
        ['/d/a b+ü', false, false, 5],
        ['/d/a b+ü', false, false, 3],
        ['/d/a b+ü', true, true, 0],
        ['/d/kept', false, false, 1],
        ['/d/kept', true, true, 0],
      ]);
      const names = told.map(({ path, versionId }) => ({ location: { ...root, path }, versionId }));
      const [newest, oldest, marker, content] = names as [VersionName, VersionName, VersionName, VersionName];
      expect(await versions.remove([marker, content])).toMatchObject([
        { location: marker.location, outcome: 'removed' },
        { location: content.location, outcome: 'removed' },
      ]);
      expect(Buffer.from(await storage.read(at('d/a b+ü'))).toString()).toBe('three');
      expect(await kindOf(storage.stat(at('d/kept')))).toBe('not-found');
      expect(await versions.remove([newest])).toMatchObject([{ outcome: 'removed' }]);
      expect(Buffer.from(await storage.read(at('d/a b+ü'))).toString()).toBe('one');
      await versions.remove([oldest, names[4]!]);
      expect(await versionsBelow(versions, at('d'))).toEqual([]);
    });
  });
}

/** Of each path contents first, then markers. */
async function versionsBelow(versions: StoredVersions, root: Location): Promise<readonly FileVersion[]> {
  const found: FileVersion[] = [];
  for await (const batch of versions.list(root)) found.push(...batch);
  const rank = ({ path, isMarker }: FileVersion) => `${path} ${isMarker ? 1 : 0}`;
  return found.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}
