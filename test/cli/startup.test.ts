import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ckptProcess } from './process.js';

// What only some commands need, and some only for some input: none of it may make every start slower.
const HEAVY = [
  '@aws-sdk/',
  '@smithy/',
  'webhdfs',
  'jiti',
  'zod',
  'cli-table3',
  'cli-progress',
  'chalk',
  '@oclif/plugin-help',
];

const directory = mkdtempSync(join(tmpdir(), 'ckpt-startup-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function modulesLoadedBy(args: readonly string[]): Promise<readonly string[]> {
  const log = join(directory, 'modules.txt');
  rmSync(log, { force: true });
  const { status } = await ckptProcess(args, {
    env: { LOADED_MODULES: log },
    nodeArgs: ['--import', new URL('support/log-modules.mjs', import.meta.url).href],
  });
  expect(status).toBe(0);
  return readFileSync(log, 'utf8').trimEnd().split('\n');
}

const packagesOf = (modules: readonly string[]) =>
  HEAVY.filter((name) => modules.some((path) => path.includes(`/node_modules/${name}`)));

test.each([[['--help']], [['list', '--help']], [['run', '--help']], [['--version']]])(
  '%j loads nothing heavy',
  async (args) => {
    const modules = await modulesLoadedBy(args);
    expect(modules.some((path) => path.includes('/dist/cli/main.js'))).toBe(true);
    expect(packagesOf(modules)).toEqual([]);
    const own = modules.filter((path) =>
      /\/dist\/(engine|survey|graph|format|storage|usecases)\//.test(path),
    );
    expect(own).toEqual([]);
  },
);

test('list of local files loads no store that it does not read, and no colours into a pipe', async () => {
  const modules = await modulesLoadedBy(['list', directory]);
  expect(modules.some((path) => path.includes('/dist/commands/list.js'))).toBe(true);
  expect(packagesOf(modules).filter((name) => name !== 'cli-table3')).toEqual([]);
});
