// What the operating system may refuse, played by a stand-in for node:fs (tests may run as a user who may do all).
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { child, type Location, parseLocation } from '../../src/model/location.js';
import { localRemover } from '../../src/storage/local/writer.js';
import type { StorageError } from '../../src/support/errors.js';
import { kindOf, listAll, text } from '../contract/storage-contract.js';

/** Calls that are to fail: `name path` to errno. The path is a part of the real one, its end where `$` follows. */
const faults = vi.hoisted(() => new Map<string, string>());
const opened = vi.hoisted(() => [] as string[]);

function fail(call: string, path: unknown): void {
  for (const [key, code] of faults) {
    const [name, part = ''] = key.split(' ');
    if (name === call && `${path}$`.includes(part)) {
      throw Object.assign(new Error(`${code}: made to fail, ${call}`), { code });
    }
  }
}

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    lstatSync: (...args: Parameters<typeof fs.lstatSync>) => {
      fail('lstat', args[0]);
      return fs.lstatSync(...args);
    },
    opendirSync: (...args: Parameters<typeof fs.opendirSync>) => {
      fail('opendir', args[0]);
      const directory = fs.opendirSync(...args);
      const read = directory.readSync.bind(directory);
      directory.readSync = () => {
        fail('readdir', args[0]);
        return read();
      };
      return directory;
    },
  };
});

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  return {
    ...fs,
    open: async (...args: Parameters<typeof fs.open>) => {
      fail('open', args[0]);
      opened.push(String(args[0]));
      const file = await fs.open(...args);
      const [sync, write] = [file.sync.bind(file), file.writeFile.bind(file)];
      file.sync = async () => {
        fail('sync', args[0]);
        return sync();
      };
      file.writeFile = async (...written: Parameters<typeof write>) => {
        fail('write', args[0]);
        return write(...written);
      };
      return file;
    },
    mkdir: async (...args: Parameters<typeof fs.mkdir>) => {
      fail('mkdir', args[0]);
      return fs.mkdir(...args);
    },
    stat: async (...args: Parameters<typeof fs.stat>) => {
      fail('stat', args[0]);
      return fs.stat(...args);
    },
  };
});

describe('the local file system, refusing', () => {
  let directory: string;
  let root: Location;
  const storage = localRemover();
  const path = (...names: string[]) => join(directory, ...names);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ckpt-faults-'));
    root = parseLocation(directory, '/');
    mkdirSync(path('sub'));
    writeFileSync(path('sub', 'f'), 'x');
    writeFileSync(path('g'), 'x');
  });
  afterEach(() => {
    faults.clear();
    opened.length = 0;
    rmSync(directory, { recursive: true });
  });

  it.each([
    ['opendir /sub', 'EACCES', 'sub', 'denied'],
    ['opendir /sub', 'EMFILE', 'sub', 'unavailable'],
    ['readdir /sub', 'EIO', 'sub', 'unavailable'],
    ['lstat /sub/f', 'EACCES', 'sub/f', 'denied'],
    ['lstat /sub/f', 'ESTALE', 'sub/f', 'unavailable'],
  ])('reports %s with %s beside the rest of the listing', async (call, code, where, kind) => {
    faults.set(call, code);
    const { entries, problems } = await listAll(storage, root);
    expect(entries.map((entry) => entry.path)).toContain(path('g'));
    expect(problems).toMatchObject([{ path: path(where), error: { kind } }]);
  });

  it.each([['opendir /sub'], ['lstat /sub/f']])('takes %s with ENOENT for vanished', async (call) => {
    faults.set(call, 'ENOENT');
    const { entries, problems } = await listAll(storage, root);
    expect(problems).toEqual([]);
    expect(entries.map((entry) => entry.path)).toEqual([path('g'), path('sub')]);
  });

  it('fails where the directory that was asked for cannot be listed', async () => {
    faults.set('opendir ckpt-faults', 'EACCES');
    expect(await kindOf(listAll(storage, root))).toBe('denied');
  });

  it('renames many files with an answer for each, and says of which it is not certain', async () => {
    writeFileSync(path('taken'), 'x');
    const moves = [
      ['g', 'sub/g'],
      ['absent', 'sub/h'],
      ['sub/f', 'taken'],
      ['sub', 'moved'],
    ] as const;
    const places = moves.map(([from, to]) => ({ from: child(root, from), to: child(root, to) }));
    const errors = await storage.renameAll!(places);
    expect(errors.map((error) => error?.kind ?? 'renamed')).toEqual([
      'renamed',
      'not-found',
      'already-exists',
      'conflict',
    ]);
    expect(readdirSync(path('sub')).sort()).toEqual(['f', 'g']);
    expect(opened.filter((each) => each === path('sub'))).toHaveLength(1);
    faults.set('sync /sub$', 'EIO');
    const back = [{ from: child(root, 'sub/g'), to: child(root, 'g') }];
    expect((await storage.renameAll!(back)).map((error) => error?.kind)).toEqual(['unavailable']);
  });

  it.each([
    ['EACCES', 'denied', false],
    ['EPERM', 'denied', false],
    ['EIO', 'unavailable', true],
    ['ETIMEDOUT', 'unavailable', true],
    ['ENOENT', 'not-found', false],
  ])('never takes %s of stat for absent, but ENOENT', async (code, kind, retryable) => {
    faults.set('stat /g', code);
    const error = (await storage.stat(child(root, 'g')).catch((thrown: unknown) => thrown)) as StorageError;
    expect([error.kind, error.retryable]).toEqual([kind, retryable]);
  });

  it.each([
    ['open inprogress', 'EROFS', 'denied'],
    ['open inprogress', 'EACCES', 'denied'],
    ['write inprogress', 'ENOSPC', 'no-space'],
    ['write inprogress', 'EDQUOT', 'no-space'],
    ['sync inprogress', 'EIO', 'unavailable'],
  ])('leaves nothing behind where %s fails with %s', async (call, code, kind) => {
    faults.set(call, code);
    expect(await kindOf(storage.put(child(root, 'new'), text('content')))).toBe(kind);
    expect(await kindOf(storage.putIfAbsent(child(root, 'new'), text('content')))).toBe(kind);
    expect(readdirSync(directory).sort()).toEqual(['g', 'sub']);
  });

  it('writes through a hidden sibling with the name that Flink gives it, and forces both to disk', async () => {
    await storage.put(child(root, '_metadata'), text('content'));
    expect(opened).toHaveLength(2);
    expect(opened[0]!.slice(directory.length)).toMatch(
      /^\/\._metadata\.inprogress\.[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(opened[1]).toBe(directory);
  });

  it('does not claim that a file is durable whose directory could not be forced to disk', async () => {
    faults.set(`sync ${directory}$`, 'EIO');
    expect(await kindOf(storage.put(child(root, 'new'), text('content')))).toBe('unavailable');
  });

  it('makes a directory and what is missing above it, and forces each to disk', async () => {
    expect(await kindOf(storage.makeDirectory(child(child(root, 'a'), 'b')))).toBe('none');
    expect(readdirSync(path('a'))).toEqual(['b']);
    expect(opened).toEqual([directory, path('a')]);
    expect(await kindOf(storage.makeDirectory(child(root, 'a')))).toBe('none');
    expect(opened).toHaveLength(2);
  });

  it('gives up where a directory that is there is said to be absent, as under /proc', async () => {
    faults.set('mkdir /sub/', 'ENOENT');
    expect(await kindOf(storage.makeDirectory(child(child(root, 'sub'), 'new')))).toBe('denied');
  });

  it('makes no directory in the place of a file, or below one', async () => {
    expect(await kindOf(storage.makeDirectory(child(root, 'g')))).toBe('already-exists');
    expect(await kindOf(storage.makeDirectory(child(child(root, 'g'), 'new')))).toBe('not-found');
  });

  it.each(['EINVAL', 'ENOTSUP'])(
    'is content where the file system forces no directories (%s)',
    async (code) => {
      mkdirSync(path('quiet'));
      faults.set('sync quiet', code);
      faults.delete('sync inprogress');
      const location = child(root, 'quiet');
      expect(await kindOf(storage.makeDirectory(child(location, 'deeper')))).toBe('none');
    },
  );
});
