import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as ckpt from '../../src/index.js';
import { parseLocation } from '../../src/model/location.js';
import { openReader } from '../../src/storage/open.js';
import { UsageError } from '../../src/support/errors.js';
import { EXAMPLES, loadJob } from '../../src/usecases/load-job.js';
import { escapedError } from '../../src/usecases/run-outcome.js';

let directory: string;

beforeAll(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'ckpt-load-')));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const world = { locate: (text: string) => parseLocation(text, directory), openReader };
const environment = () => new ckpt.StreamExecutionEnvironment();

async function write(name: string, ...lines: readonly string[]): Promise<string> {
  await writeFile(join(directory, name), lines.join('\n'));
  return join(directory, name);
}

describe('a job that loads', () => {
  it('gets the classes of this very program, wherever it lies', async () => {
    await write(
      'job.ts',
      "import * as ckpt from 'ckpt';",
      "import { collect } from './helper.js';",
      'export default (env: unknown, args: readonly string[]) => collect(env, ckpt, args);',
    );
    await write(
      'helper.ts',
      'export const collect = (env, ckpt, args) => env.setParallelism({ ckpt, args });',
    );
    const job = await loadJob('job.ts', world);
    let seen: { ckpt: typeof ckpt; args: readonly string[] } | undefined;
    const env = { setParallelism: (value: typeof seen) => (seen = value) };
    await job.build(env as never, ['a', 'b']);
    expect(job.name).toBe('job');
    expect(seen?.args).toEqual(['a', 'b']);
    expect(seen?.ckpt.StreamExecutionEnvironment).toBe(ckpt.StreamExecutionEnvironment);
    expect(seen?.ckpt.Types).toBe(ckpt.Types);
  });

  it.each([
    [
      'module.mjs',
      "import { Types } from 'ckpt';\nawait 0;\nexport default (env) => env.fromElements(Types.LONG).print();",
    ],
    ['common.js', 'module.exports = (env) => env.fromElements(1).print();'],
    [
      'typed.mts',
      "import type { Types } from 'ckpt';\nenum E { A }\nexport default (env) => env.fromElements(E.A).print();",
    ],
  ])('may be %s', async (name, text) => {
    const path = await write(name, text);
    const env = environment();
    await (await loadJob(path, world)).build(env, []);
    expect(env.getStreamGraph().nodes.map((node) => node.name)).toEqual([
      'Source: Collection Source',
      'Sink: Print to Std. Out',
    ]);
  });

  it.each(Object.keys(EXAMPLES))('may be example:%s', async (name) => {
    const env = environment();
    const job = await loadJob(`example:${name}`, world);
    await job.build(env, ['in', 'out']);
    expect(job.name).toBe(name);
    expect(env.getStreamGraph(name).nodes.length).toBeGreaterThan(2);
  });
});

describe('a job that does not load', () => {
  it.each([
    ['absent.ts', 'there is no job at file://', 'example:counter'],
    ['example:nothing', 'there is no example:nothing', 'example:word-count'],
    ['s3://bucket/job.ts', 'a job must be a local file', 'copy it here first'],
  ])('%s is a usage error', async (job, message, next) => {
    await expect(loadJob(job, world)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
      next: expect.stringContaining(next),
    });
  });

  it('is no directory and no other file', async () => {
    await mkdir(join(directory, 'some.ts'));
    const text = await write('notes.txt', 'hello');
    await expect(loadJob('some.ts', world)).rejects.toThrow('some.ts is no job');
    await expect(loadJob(text, world)).rejects.toThrow('notes.txt is no job');
  });

  it.each([
    [
      'a syntax error',
      ["import { Types } from 'ckpt';", '', 'const x = ;'],
      'syntax error: Unexpected token',
      ':3:11',
    ],
    [
      'a throw at the top',
      ['interface A {', '}', "throw new TypeError('at the top');"],
      'at the top',
      ':3:7',
    ],
    [
      'an import of nothing',
      ["import { x } from './nothing.js';", 'x();'],
      "Cannot find module './nothing.js'",
      '.ts',
    ],
  ])('because of %s names the place', async (what, lines, message, place) => {
    const path = await write(`${what.replaceAll(' ', '-')}.ts`, ...lines);
    await expect(loadJob(path, world)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(
        new RegExp(`^the job ${path} fails when it is loaded: .*${message}[^\n]*$`),
      ),
      where: expect.stringContaining(`${path}${place.replace('.ts', '')}`),
    });
  });

  it.each(['export const x = 1;', 'export default 3;', ''])(
    'because it exports no function: %j',
    async (text) => {
      const path = await write(`exports-${text.length}.ts`, text);
      await expect(loadJob(path, world)).rejects.toMatchObject({
        code: 'usage',
        message: `the job ${path} has no function as its default export`,
      });
    },
  );
});

describe('a job that throws while it is built', () => {
  it('names the line of the module, in a module that it imports too', async () => {
    const helper = await write(
      'thrower.ts',
      'type X = number;',
      'export function fail(): X {',
      '  return null.x;',
      '}',
    );
    const path = await write(
      'build.ts',
      "import { fail } from './thrower.js';",
      'export default () => fail();',
    );
    const job = await loadJob(path, world);
    await expect(job.build(environment(), [])).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('Cannot read properties of null'),
      where: `${helper}:3:15`,
    });
  });

  it('names its own line where the mistake is an argument to this program', async () => {
    const path = await write(
      'argument.ts',
      'export default (env) => {',
      '  env.fromElements(1).keyBy().map.call();',
      '};',
    );
    const job = await loadJob(path, world);
    await expect(job.build(environment(), [])).rejects.toMatchObject({
      where: expect.stringContaining(`${path}:2:`),
    });
  });

  it.each([
    [
      'types',
      [
        'interface Page { readonly url: string }',
        'export default (env: unknown): void => {',
        '  const page: Page | null = null as Page | null; (page as unknown as Page).url.trim();',
        '};',
      ],
      ':3:76',
    ],
    [
      'all in one line',
      ['export default (env: unknown) => { (env as null as unknown as string[]).x.y; };'],
      ':1:75',
    ],
  ])(
    'names line and column as they were written, not as they were compiled: %s',
    async (name, lines, place) => {
      const path = await write(`column-${name.replaceAll(' ', '-')}.ts`, ...lines);
      const job = await loadJob(path, world);
      const thrown = await job.build({} as never, []).catch((error) => error);
      expect(thrown.where).toBe(`${path}${place}`);
      expect(thrown.cause.stack).toContain(`(${path}${place})`);
    },
  );

  it('passes on what this program itself has to say', async () => {
    const path = await write(
      'scheme.ts',
      'export default (env) => env.readTextFile("s3://bucket/in").print();',
    );
    const job = await loadJob(path, world);
    await expect(job.build(environment(), [])).rejects.toMatchObject({ where: 's3://bucket/in' });
  });
});

describe('an error that nobody caught while a job ran', () => {
  const OWN = fileURLToPath(new URL('../../src/', import.meta.url));
  const thrownAt = (...places: readonly string[]) =>
    Object.assign(new Error('lost'), {
      stack: `Error: lost\n${places.map((p) => `    at f (${p})`).join('\n')}`,
    });

  it.each([
    [
      'its innermost foreign file',
      thrownAt(`${OWN}a.js:1:1`, '/jobs/b.ts:2:3', '/jobs/c.ts:4:5'),
      '/jobs/b.ts:2:3',
    ],
    ['the job where the stack shows only Node', thrownAt('node:fs:1:1'), 'mine.ts'],
    ['the job where it is no error', 'lost', 'mine.ts'],
  ])('is laid to the job, at %s', (_, thrown, where) => {
    expect(escapedError('mine.ts', thrown)).toMatchObject({
      code: 'job-failed',
      message: 'the code of the job mine.ts let an error escape: lost',
      where,
    });
  });

  it.each([
    ['has only this program on its stack', thrownAt(`${OWN}a.js:1:1`, 'node:fs:1:1')],
    ['is one of the errors of this program', new UsageError('no')],
  ])('stays as it is where it %s', (_, thrown) => {
    expect(escapedError('mine.ts', thrown)).toBe(thrown);
  });
});
