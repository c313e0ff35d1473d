import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureCase, fixtureSnapshots } from '../support/fixtures.js';
import { ckpt, cleanEnvironment, RUN } from './process.js';

const GOOD = fixtureSnapshots(fixtureCase('hashmap-full'))[0]!;
const RANDOM = Buffer.from('neither magic nor version: this was never written by Flink');

let directory: string;
const at = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ckpt-bad-input-'));
  for (const name of ['empty', 'truncated', 'garbage', 'zero', 'closed', 'a-directory/_metadata'])
    mkdirSync(at(name), { recursive: true });
  writeFileSync(at('truncated/_metadata'), GOOD.bytes.subarray(0, GOOD.bytes.length - 7));
  writeFileSync(at('garbage/_metadata'), RANDOM);
  writeFileSync(at('zero/_metadata'), '');
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('a command line that cannot be used', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown command', ['lsit', '.'], /there is no command "lsit"\n next: did you mean "ckpt list"\?/],
    ['a command like no other', ['quux'], /there is no command "quux"\n next: see ckpt --help/],
    [
      'an unknown flag',
      ['list', '.', '--jsno'],
      /there is no flag --jsno\n(.*\n)? next: did you mean --json\?/,
    ],
    ['a missing argument', ['list'], /LOCATION is missing/],
    ['a missing argument', ['inspect'], /SNAPSHOT is missing/],
    ['one argument too many', ['inspect', 'a', 'b'], /unexpected argument: b/],
    ['a flag without its value', ['list', '.', '--rewrite'], /flag --rewrite expects a value/],
    [
      'a rewrite without an equals sign',
      ['list', '.', '--rewrite', '/old'],
      /a rewrite must have the form FROM=TO/,
    ],
    ['a rewrite from nothing', ['list', '.', '--rewrite', '=/new'], /a rewrite must have the form FROM=TO/],
    ['a number that is none', ['inspect', '.', '--top', 'many'], /expected an integer but received: many/],
    ['a number out of range', ['inspect', '.', '--top', '0'], /greater than or equal to 1/],
    [
      'an unknown scheme',
      ['list', 'gs://bucket/flink'],
      /unknown or malformed location gs:\/\/bucket\/flink/,
    ],
    ['an empty location', ['list', ''], /a location is empty/],
  ])('%s ends with 2 and says what to do', async (_, args, message) => {
    const { status, stdout, stderr } = await ckpt(args, { cwd: directory });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toMatch(/\n next: /);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('a location that cannot be used', () => {
  test.each<[string, string, number, RegExp]>([
    ['does not exist', 'not-there', 2, /not-there/],
    ['holds truncated metadata', 'truncated', 3, /truncated\/_metadata/],
    ['holds garbage for metadata', 'garbage', 3, /garbage\/_metadata/],
    ['holds empty metadata', 'zero', 3, /zero\/_metadata/],
    ['holds nothing', 'empty', 2, /empty/],
    ['has a directory called _metadata', 'a-directory', 2, /a-directory/],
  ])('inspect of one that %s', async (_, name, expected, message) => {
    const { status, stdout, stderr } = await ckpt(['inspect', at(name)]);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/ {4}at /);
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  });

  test('list of one that does not exist ends with 2', async () => {
    const { status, stdout, stderr } = await ckpt(['list', at('not-there')]);
    expect(stderr).toContain('not-there');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  test('list of an empty directory is an empty list and no error', async () => {
    const text = await ckpt(['list', at('empty')]);
    expect(text).toMatchObject({ status: 0, stderr: '' });
    expect(text.stdout).toContain('no snapshots in file://');
    const json = await ckpt(['list', at('empty'), '--json']);
    expect(JSON.parse(json.stdout)).toEqual({
      schema: 'ckpt/list',
      schemaVersion: 1,
      snapshots: [],
      problems: [],
    });
  });

  test('list shows damaged metadata as unreadable rows', async () => {
    const { status, stdout } = await ckpt(['list', directory, '--json']);
    const rows = JSON.parse(stdout).snapshots as { path: string; condition: string; restorable: boolean }[];
    const seen = rows.map((row) => [
      row.path.slice(row.path.lastIndexOf('/') + 1),
      row.condition,
      row.restorable,
    ]);
    expect(seen).toEqual(
      expect.arrayContaining([
        ['garbage', 'unreadable', false],
        ['truncated', 'unreadable', false],
        ['zero', 'unreadable', false],
      ]),
    );
    expect(status).toBe(0);
  });

  test.skipIf(process.getuid?.() === 0)('list says 6 where a directory may not be read', async () => {
    chmodSync(at('closed'), 0o000);
    const { status, stderr } = await ckpt(['list', directory]);
    chmodSync(at('closed'), 0o700);
    expect(stderr).toContain('closed');
    expect(status).toBe(6);
  });
});

describe('how an error is said', () => {
  test('with -v the stack and its causes follow', async () => {
    const { status, stderr } = await ckpt(['inspect', at('garbage'), '-v']);
    expect(stderr).toMatch(/\n {4}at .*\n/);
    expect(status).toBe(3);
  });

  test.each([
    [['inspect', 'garbage', '--json'], 'format', 3],
    [['lsit', '--json'], 'unknown-command', 2],
    [['list', '--json'], 'usage', 2],
    [['list', '.', '--json', '--bogus'], 'usage', 2],
    [['list', 'nowhere', '--json'], 'storage-not-found', 2],
  ])('%j is one JSON document on stdout', async (args, code, status) => {
    const outcome = await ckpt(args, { cwd: directory });
    const document = JSON.parse(outcome.stdout);
    expect(Object.keys(document)).toEqual(['error']);
    expect(Object.keys(document.error)).toEqual(['code', 'message', 'where', 'next']);
    expect(document.error.code).toBe(code);
    expect(outcome.status).toBe(status);
    expect(outcome.stderr).toMatch(/^error: /);
  });

  test('a --json after -- is not ours', async () => {
    const { stdout, status } = await ckpt(['inspect', '--', '--json'], { cwd: directory });
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
  });

  test('is coloured only if that is forced, and never with NO_COLOR or --no-color', async () => {
    const args = ['inspect', 'garbage'];
    const forced = await ckpt(args, { cwd: directory, env: { FORCE_COLOR: '1' } });
    expect(forced.stderr).toContain('\u001b[31merror:');
    for (const env of [{ NO_COLOR: '1' }, { CKPT_NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const plain = await ckpt(args, { cwd: directory, env: { FORCE_COLOR: '1', ...env } });
      expect(plain.stderr).not.toContain('\u001b');
    }
    const flag = await ckpt([...args, '--no-color'], { cwd: directory, env: { FORCE_COLOR: '1' } });
    expect(flag.stderr).not.toContain('\u001b');
  });
});

describe('the environment', () => {
  test('gives flags their values, and the command line wins', async () => {
    const json = await ckpt(['list', 'empty'], { cwd: directory, env: { CKPT_JSON: 'true' } });
    expect(JSON.parse(json.stdout).schema).toBe('ckpt/list');
    const bad = await ckpt(['list', 'empty'], { cwd: directory, env: { CKPT_REWRITE: 'a=b,c' } });
    expect(bad.stderr).toContain('a rewrite must have the form FROM=TO: c');
    expect(bad.status).toBe(2);
    const overridden = await ckpt(['list', 'empty', '--rewrite', 'a=b'], {
      cwd: directory,
      env: { CKPT_REWRITE: 'a=b,c' },
    });
    expect(overridden.status).toBe(0);
  });

  test('a mistake in a variable names the flag it stands for', async () => {
    const { status, stderr } = await ckpt(['inspect', '.'], { cwd: directory, env: { CKPT_TOP: 'z' } });
    expect(stderr).toMatch(/expected an integer but received: z\nwhere: --top/);
    expect(status).toBe(2);
  });
});

test.skipIf(process.platform === 'win32')('a reader that goes away is no error', async () => {
  const shell = promisify(execFile);
  const command = `"${process.execPath}" "${RUN}" list --help | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await shell('bash', ['-c', command], { env: cleanEnvironment() });
  expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
});

test.skipIf(!existsSync('/dev/full'))(
  'a disk that is full under stdout is a failure, and is said',
  async () => {
    const shell = promisify(execFile);
    const command = `"${process.execPath}" "${RUN}" list "${directory}" >/dev/full; echo "$?"`;
    const { stdout, stderr } = await shell('bash', ['-c', command], { env: cleanEnvironment() });
    expect(stdout).toBe('1\n');
    expect(stderr).toMatch(/^error: .*ENOSPC/);
  },
);
