import { spawn } from 'node:child_process';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { environmentName } from '../../src/cli/flags.js';
import { type ProgressLine, TerminalProgress } from '../../src/cli/progress.js';
import { outputWishes } from '../../src/cli/streams.js';
import { outputWidth, paletteFor } from '../../src/cli/terminal.js';
import { parseLocation } from '../../src/model/location.js';
import { PLAIN } from '../../src/render/palette.js';
import type { StorageReader } from '../../src/storage/storage.js';
import { ManualClock } from '../../src/support/clock.js';
import { nearest } from '../../src/support/suggestion.js';

afterEach(() => vi.unstubAllEnvs());

describe('the wishes of a command line that cannot be parsed', () => {
  test.each<[string[], { json: boolean; verbose: boolean }]>([
    [['list', '--json'], { json: true, verbose: false }],
    [['list', '-v'], { json: false, verbose: true }],
    [['list', '-qv'], { json: false, verbose: true }],
    [['list', '-q'], { json: false, verbose: false }],
    [['run', 'job.ts', '--', '--json', '-v'], { json: false, verbose: false }],
  ])('%j', (argv, wishes) => {
    expect(outputWishes(argv)).toEqual(wishes);
  });

  test('are found in the environment too', () => {
    vi.stubEnv('CKPT_JSON', 'Yes');
    vi.stubEnv('CKPT_VERBOSE', 'no');
    expect(outputWishes([])).toEqual({ json: true, verbose: false });
  });
});

describe('colours into a pipe', () => {
  test('are off, and on if forced', async () => {
    vi.stubEnv('FORCE_COLOR', '');
    vi.stubEnv('NO_COLOR', '');
    expect(await paletteFor('stdout')).toBe(PLAIN);
    vi.stubEnv('FORCE_COLOR', '1');
    expect((await paletteFor('stdout')).bad('x')).toBe('\u001b[31mx\u001b[39m');
  });

  test.each([
    ['NO_COLOR', '1'],
    ['CKPT_NO_COLOR', 'true'],
    ['TERM', 'dumb'],
  ])('are off with %s=%s whatever is forced', async (variable, value) => {
    vi.stubEnv('FORCE_COLOR', '1');
    vi.stubEnv(variable, value);
    expect(await paletteFor('stderr')).toBe(PLAIN);
  });

  test('are off with --no-color whatever is forced', async () => {
    vi.stubEnv('FORCE_COLOR', '1');
    vi.stubEnv('NO_COLOR', '');
    process.argv.push('--no-color');
    const palette = await paletteFor('stderr').finally(() => process.argv.pop());
    expect(palette).toBe(PLAIN);
  });
});

describe('the width of a table that goes into a pipe', () => {
  test.each([
    ['72', 72],
    ['', Number.POSITIVE_INFINITY],
    ['0', Number.POSITIVE_INFINITY],
    ['wide', Number.POSITIVE_INFINITY],
  ])('is what COLUMNS=%s says where that is a number, else without end', (columns, width) => {
    vi.stubEnv('COLUMNS', columns);
    expect(process.stdout.isTTY).toBeFalsy();
    expect(outputWidth()).toBe(width);
  });
});

describe('a suggestion', () => {
  const known = ['list', 'inspect', 'run', 'autocomplete'];
  test.each([
    ['lst', 'list'],
    ['inspct', 'inspect'],
    ['rnu', 'run'],
    ['xyz', undefined],
    ['', undefined],
  ])('for %j is %s', (typed, expected) => {
    expect(nearest(typed, known)).toBe(expected);
  });
});

test('variables are called like their flags', () => {
  expect(['json', 'min-age', 'fromSavepoint'].map(environmentName)).toEqual([
    'CKPT_JSON',
    'CKPT_MIN_AGE',
    'CKPT_FROM_SAVEPOINT',
  ]);
});

describe('progress', () => {
  const root = parseLocation('/x', '/');
  const reader = {
    async *list() {
      yield { entries: Array.from({ length: 1500 }), problems: [] };
    },
    read: async () => new Uint8Array(),
  } as unknown as StorageReader;

  async function watch(clock: ManualClock) {
    const shown: string[] = [];
    const line: ProgressLine = { update: (text) => shown.push(text), stop: () => shown.push('stopped') };
    const progress = new TerminalProgress(clock, async () => line);
    const watched = await progress.watch(async () => reader)(root);
    const drain = async () => {
      for await (const _ of watched.list(root));
    };
    return { shown, progress, watched, drain };
  }

  test('tells what was listed and read, and how fast, once the work takes a while', async () => {
    const clock = new ManualClock();
    const { shown, watched, drain } = await watch(clock);
    await drain();
    expect(shown).toEqual([]);
    clock.advance(1000);
    await drain();
    await watched.read(root);
    expect(shown.at(-1)).toBe('3,000 files listed, 1 read (3,001/s), 1 s');
  });

  test('says nothing any more when it was stopped', async () => {
    const clock = new ManualClock();
    const { shown, progress, watched, drain } = await watch(clock);
    clock.advance(1000);
    await drain();
    progress.stop();
    await watched.read(root);
    expect(shown).toEqual(['1,500 files listed, 0 read (1,500/s), 1 s', 'stopped']);
  });

  test('an error of the storage comes through', async () => {
    const failing = { read: async () => Promise.reject(new Error('no')) } as unknown as StorageReader;
    const progress = new TerminalProgress(new ManualClock(), async () =>
      Promise.reject(new Error('no line')),
    );
    const watched = await progress.watch(async () => failing)(root);
    await expect(watched.read(root)).rejects.toThrow('no');
  });
});

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  const module = new URL('../../dist/cli/interrupt.js', import.meta.url).href;
  const script = (body: string) =>
    `import { handleInterrupts, interruptSignal } from ${JSON.stringify(module)};
     handleInterrupts(); setInterval(() => {}, 1000); ${body}; console.log('ready');`;

  /** Sends SIGINT for every line that the script prints; resolves with its status and what it printed. */
  function interrupt(body: string): Promise<{ status: number | null; printed: string }> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script(body)]);
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      child.kill('SIGINT');
    });
    return new Promise((resolve) => child.on('close', (status) => resolve({ status, printed })));
  }

  test('ends a command that says nothing with 130', async () => {
    expect(await interrupt('')).toEqual({ status: 130, printed: 'ready\n' });
  });

  test('aborts the signal of one that asked for it, and the second ends it', async () => {
    const body = `interruptSignal().addEventListener('abort', () => console.log(interruptSignal().reason.code))`;
    expect(await interrupt(body)).toEqual({ status: 130, printed: 'ready\ninterrupted\n' });
  });
});
