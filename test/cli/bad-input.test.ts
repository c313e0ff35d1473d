import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixtureCase, fixtureSnapshots } from '../support/fixtures.js';
import {
  BOUND_BY_PERMISSIONS,
  type Complaint,
  canRunBoundByPermissions,
  ckpt,
  ckptProcess,
  cleanEnvironment,
  complaintsOf,
  RUN,
} from './process.js';

const GOOD = fixtureSnapshots(fixtureCase('hashmap-full'))[0]!;
const RANDOM = Buffer.from('neither magic nor version: this was never written by Flink');

let directory: string;
const at = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ckpt-bad-input-'));
  for (const name of [
    'empty',
    'truncated',
    'garbage',
    'zero',
    'closed',
    'odd/a-directory/_metadata',
    'damaged',
  ])
    mkdirSync(at(name), { recursive: true });
  writeFileSync(at('truncated/_metadata'), GOOD.bytes.subarray(0, GOOD.bytes.length - 7));
  writeFileSync(at('garbage/_metadata'), RANDOM);
  writeFileSync(at('zero/_metadata'), '');
  for (const name of ['truncated', 'garbage', 'zero'])
    cpSync(at(name), at(`damaged/${name}`), { recursive: true });
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('a command line that cannot be used ends with 2 and says what to do', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['an unknown command', ['lsit', '.'], /there is no command "lsit"\n next: did you mean "ckpt list"\?/],
    ['a command like no other', ['quux'], /there is no command "quux"\n next: see ckpt --help/],
    ['help for an unknown command', ['lsit', '--help'], /there is no command "lsit"/],
    [
      'an unknown flag',
      ['list', '.', '--jsno'],
      /there is no flag --jsno\n(.*\n)? next: did you mean --json\?/,
    ],
    ['no location', ['list'], /LOCATION is missing/],
    ['no snapshot', ['inspect'], /SNAPSHOT is missing/],
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
    ['no concurrency at all', ['list', '.', '--concurrency', '0'], /greater than or equal to 1/],
    [
      'an unknown scheme',
      ['list', 'gs://bucket/flink'],
      /unknown or malformed location gs:\/\/bucket\/flink/,
    ],
    ['an empty location', ['list', ''], /a location is empty/],
  ];
  let complaints: readonly Complaint[];
  beforeAll(async () => {
    complaints = await complaintsOf(cases.map(([, args]) => args));
  });

  test.each(cases.map(([name, , message], index) => ({ name, message, index })))('$name', (expected) => {
    const { status, text } = complaints[expected.index]!;
    expect(text).toMatch(expected.message);
    expect(text).toMatch(/^error: /);
    expect(text).toMatch(/\n next: /);
    expect(status).toBe(2);
  });
});

describe('a location that cannot be used', () => {
  const cases: readonly (readonly [string, string, number, RegExp])[] = [
    ['does not exist', 'not-there', 2, /not-there/],
    ['holds truncated metadata', 'truncated', 3, /truncated\/_metadata\n next: /],
    ['holds garbage for metadata', 'garbage', 3, /garbage\/_metadata\n next: /],
    ['holds empty metadata', 'zero', 3, /zero\/_metadata\n next: /],
    ['holds nothing', 'empty', 2, /empty/],
    ['has a directory called _metadata', 'odd/a-directory', 6, /a-directory\/_metadata is a directory/],
  ];
  let complaints: readonly Complaint[];
  beforeAll(async () => {
    complaints = await complaintsOf([
      ...cases.map(([, name]) => ['inspect', at(name)]),
      ['list', at('not-there')],
    ]);
  });

  test.each(cases.map(([name, , status, message], index) => ({ name, status, message, index })))(
    'inspect of one that $name ends with $status',
    (expected) => {
      const { status, text } = complaints[expected.index]!;
      expect(text).toMatch(expected.message);
      expect(text).toMatch(/^error: /);
      expect(status).toBe(expected.status);
    },
  );

  test('list of one that does not exist ends with 2', () => {
    const { status, text } = complaints.at(-1)!;
    expect(text).toContain('not-there');
    expect(status).toBe(2);
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
    const { status, stdout } = await ckpt(['list', at('damaged'), '--json']);
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

  test('list ends with 6 where a metadata could not be looked at, and shows the rest', async () => {
    const { status, stdout } = await ckpt(['list', at('odd')]);
    expect(stdout).toContain('unreadable');
    expect(status).toBe(6);
  });

  test.runIf(canRunBoundByPermissions())('list says 6 where a directory may not be read', async () => {
    chmodSync(directory, 0o755);
    chmodSync(at('closed'), 0o000);
    const { status, stderr } = await ckptProcess(['list', directory], BOUND_BY_PERMISSIONS);
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
    [['list', '.', '--json', '--bogus'], 'usage', 2],
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

  test('is coloured if that is forced', async () => {
    const { stderr } = await ckptProcess(['quux'], { env: { FORCE_COLOR: '1' } });
    expect(stderr).toContain('\u001b[31merror:');
  });
});

describe('the environment', () => {
  test('gives flags their values', async () => {
    const json = await ckpt(['list', 'empty'], { cwd: directory, env: { CKPT_JSON: 'true' } });
    expect(JSON.parse(json.stdout).schema).toBe('ckpt/list');
  });

  test('is checked like the command line, which wins', async () => {
    const env = { CKPT_TOP: 'z', CKPT_REWRITE: 'a=b,c' };
    const [top, list, overridden] = await complaintsOf(
      [
        ['inspect', '.'],
        ['list', '.'],
        ['list', 'not-there', '--rewrite', 'a=b'],
      ],
      { env, cwd: directory },
    );
    expect(top).toMatchObject({ status: 2, text: expect.stringMatching(/received: z\nwhere: --top/) });
    expect(list).toMatchObject({ status: 2, text: expect.stringContaining('must have the form FROM=TO: c') });
    expect(overridden!.code).toBe('storage-not-found');
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
    const command = `"${process.execPath}" "${RUN}" list "${at('empty')}" >/dev/full; echo "$?"`;
    const { stdout, stderr } = await shell('bash', ['-c', command], { env: cleanEnvironment() });
    expect(stdout).toBe('1\n');
    expect(stderr).toMatch(/^error: the output cannot be written: ENOSPC.*\n next: .*\n$/);
  },
);
