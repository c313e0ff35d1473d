import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { child, type Location, parseLocation } from '../../src/model/location.js';
import { walk } from '../../src/storage/local/walk.js';
import { localRemover } from '../../src/storage/local/writer.js';
import { kindOf, listAll } from '../contract/storage-contract.js';

describe('the local file system', () => {
  let directory: string;
  let root: Location;
  const storage = localRemover();
  const path = (...names: string[]) => join(directory, ...names);
  const at = (name: string) => child(root, name);

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ckpt-local-'));
    root = parseLocation(directory, '/');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('reports symbolic links and follows none, so that a loop ends', async () => {
    mkdirSync(path('real'));
    writeFileSync(path('real', 'f'), 'hello');
    symlinkSync('real', path('to-directory'));
    symlinkSync('real/f', path('to-file'));
    symlinkSync('..', path('real', 'up'));
    symlinkSync('nowhere', path('dangling'));
    const { entries, problems } = await listAll(storage, root);
    expect(problems).toEqual([]);
    expect(entries.map((entry) => [entry.path.slice(directory.length + 1), entry.type])).toEqual([
      ['dangling', 'symlink'],
      ['real', 'directory'],
      ['real/f', 'file'],
      ['real/up', 'symlink'],
      ['to-directory', 'symlink'],
      ['to-file', 'symlink'],
    ]);
  });

  it('follows the link that was asked for, and says of it what opening it would meet', async () => {
    mkdirSync(path('real'));
    writeFileSync(path('real', 'f'), 'hello');
    symlinkSync('real', path('link'));
    symlinkSync('real/f', path('to-file'));
    symlinkSync('nowhere', path('dangling'));
    symlinkSync('circle', path('circle'));
    expect((await listAll(storage, at('link'))).entries.map((entry) => entry.path)).toEqual([
      path('link', 'f'),
    ]);
    expect(await storage.stat(at('to-file'))).toMatchObject({ type: 'file', sizeBytes: 5 });
    expect(await kindOf(storage.stat(at('dangling')))).toBe('not-found');
    expect(await kindOf(storage.stat(at('circle')))).toBe('corrupt');
  });

  it('removes a link and not what it leads to', async () => {
    writeFileSync(path('f'), 'kept');
    symlinkSync('f', path('link'));
    expect(await storage.remove([at('link')])).toMatchObject([{ outcome: 'removed' }]);
    expect(readFileSync(path('f'), 'utf8')).toBe('kept');
  });

  it('reports a name that is not UTF-8 and takes it for no other', async () => {
    const name = Buffer.concat([Buffer.from(`${directory}/caf`), Buffer.from([0xe9])]);
    writeFileSync(name, 'latin-1');
    writeFileSync(path('plain'), 'x');
    const { entries, problems } = await listAll(storage, root);
    expect(entries.map((entry) => entry.path)).toEqual([path('plain')]);
    expect(problems).toMatchObject([{ path: `${directory}/caf\uFFFD`, error: { kind: 'corrupt' } }]);
    expect((await storage.listDirectory(root)).map((entry) => entry.type)).toEqual(['other', 'file']);
  });

  it('does not look into a directory whose name is not UTF-8, and says so', async () => {
    const name = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff])]);
    mkdirSync(name);
    writeFileSync(Buffer.concat([name, Buffer.from('/_metadata')]), 'hidden');
    expect(await listAll(storage, root)).toMatchObject({
      entries: [],
      problems: [{ error: { kind: 'corrupt' } }],
    });
  });

  it.each(['nul\0byte', 'half\ud800pair'])('takes %j for absent, and for no other file', async (name) => {
    writeFileSync(path('nul'), 'x');
    writeFileSync(path('half\ufffdpair'), 'x');
    expect(await kindOf(storage.stat(at(name)))).toBe('not-found');
    expect(await kindOf(storage.read(at(name)))).toBe('not-found');
  });

  it('tells what is neither file nor directory without opening it', async () => {
    expect((await storage.stat(parseLocation('/dev/null', '/'))).type).toBe('other');
  });

  it('refuses to read a named pipe, which may have no end', async () => {
    execFileSync('mkfifo', [path('pipe')]);
    await expect(storage.read(at('pipe'))).rejects.toThrow('it is no regular file');
  });

  it('tells times in whole milliseconds', async () => {
    writeFileSync(path('f'), 'x');
    utimesSync(path('f'), 1_700_000_000.1234, 1_700_000_000.1234);
    expect((await storage.stat(at('f'))).modifiedMs).toBe(1_700_000_000_123);
    expect((await listAll(storage, root)).entries[0]!.modifiedMs).toBe(1_700_000_000_123);
  });

  it('gives others a turn between batches of a long listing', async () => {
    for (let i = 0; i < 25; i++) writeFileSync(path(`f${i}`), '');
    let turns = 0;
    let turning = setImmediate(function turn() {
      turns++;
      turning = setImmediate(turn);
    });
    const batches: number[] = [];
    for await (const { entries } of walk(root, { batchEntries: 10 })) batches.push(entries.length);
    clearImmediate(turning);
    expect(batches).toEqual([10, 10, 5]);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('survives what vanishes while it walks', async () => {
    for (const name of ['a', 'b']) {
      mkdirSync(path(name));
      for (let i = 0; i < 10; i++) writeFileSync(path(name, `f${i}`), '');
    }
    const seen = new Set<string>();
    let batches = 0;
    for await (const { entries, problems } of walk(root, { batchEntries: 5 })) {
      expect(problems).toEqual([]);
      for (const entry of entries) seen.add(entry.path);
      if (++batches === 1) for (const name of ['a', 'b']) rmSync(path(name), { recursive: true });
    }
    expect(seen).toContain(path('a'));
    expect(seen).toContain(path('b'));
    expect(seen.size).toBeLessThan(22);
  });

  it('says what, where and what next in its messages', async () => {
    const error = await storage.read(at('absent')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'storage-not-found',
      message: `cannot read file://${directory}/absent: there is no such file or directory`,
      where: `file://${directory}/absent`,
    });
  });

  it.skipIf(process.getuid?.() === 0)('reports a directory that may not be read', async () => {
    mkdirSync(path('locked'));
    chmodSync(path('locked'), 0);
    const { problems } = await listAll(storage, root);
    chmodSync(path('locked'), 0o700);
    expect(problems).toMatchObject([{ path: path('locked'), error: { kind: 'denied' } }]);
  });
});
