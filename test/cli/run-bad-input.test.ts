// What users get wrong with `ckpt run`, and what the world does to them: each ends with its status, one message that
// says what, where and what to do, and no stack trace.
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ckpt, cleanEnvironment, RUN } from './process.js';

let directory: string;
const at = (name: string) => join(directory, name);

const JOBS: Readonly<Record<string, string>> = {
  'syntax.ts': 'export default (env) => {\n  env.fromElements(1;\n};',
  'throws.ts': 'interface A {}\nexport default (env) => {\n  env.fromElements(undefined.x);\n};',
  'no-export.ts': 'export const job = 1;',
  'empty.ts': 'export default (env) => {};',
  'one-uid-twice.ts': "export default (env) => env.fromElements(1).uid('x').map((n) => n).uid('x').print();",
  'no-input.ts': "export default (env) => env.readTextFile('no-such-input.txt').print();",
  'user-error.ts': `export default (env) => env.fromElements('fine', 'bad').map((word) => {
    if (word === 'bad') throw new Error('cannot digest ' + word);
    return word;
  }).name('Digest').print();`,
  'two-types.ts': `import { Types, ValueStateDescriptor, ListStateDescriptor } from 'ckpt';
export default (env) => env.fromElements('a').keyBy((x) => x).process({
  open(context) {
    context.getState(new ValueStateDescriptor('seen', Types.LONG));
    context.getListState(new ListStateDescriptor('seen', Types.STRING));
  },
  processElement() {},
}).name('Twice').print();`,
  'other.ts': `import { generatorSource } from 'ckpt';
export default (env) => env.fromSource(generatorSource(String, { recordsPerSecond: 10 }), 'S').uid('other').discard();`,
};

let snapshot: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'ckpt-run-bad-'));
  for (const [name, text] of Object.entries(JOBS)) writeFileSync(at(name), text);
  const options = [
    '--checkpoint-dir',
    at('checkpoints'),
    '--interval',
    '50ms',
    '--stop-after-checkpoints',
    '2',
  ];
  const { stdout } = await ckpt(['run', 'example:page-views', ...options, '--json', '-q']);
  snapshot = fileURLToPath(JSON.parse(stdout).newestSnapshot);
  cpSync(snapshot, at('truncated'), { recursive: true });
  truncateSync(join(at('truncated'), '_metadata'), 100);
  mkdirSync(at('garbage'));
  writeFileSync(join(at('garbage'), '_metadata'), 'this was never a checkpoint');
  cpSync(snapshot, at('incomplete/chk-9'), { recursive: true });
  rmSync(join(at('incomplete/chk-9'), '_metadata'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs and checks the form of the message: lines of an error, no stack, nothing on stdout. */
async function refused(...args: readonly string[]) {
  const { status, stdout, stderr } = await ckpt(['run', '-q', ...args], { cwd: directory });
  expect(stderr).toMatch(/^error: /m);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toBe('');
  return { status, stderr };
}

describe('a job that cannot be run', () => {
  it.each<[string, RegExp]>([
    ['absent.ts', /there is no job at file:.*absent\.ts/],
    ['syntax.ts', /syntax error.*\nwhere: .*syntax\.ts:2:2/],
    ['throws.ts', /fails while it builds its program: Cannot read prop.*\nwhere: .*throws\.ts:3:/],
    ['no-export.ts', /has no function as its default export/],
    ['empty.ts', /the job empty does nothing/],
    ['one-uid-twice.ts', /two operators have the uid x/],
    ['no-input.ts', /the input .*no-such-input\.txt does not exist/],
    ['two-types.ts', /seen/],
    ['example:nothing', /there is no example:nothing/],
  ])('%s ends with 2', async (job, message) => {
    const { status, stderr } = await refused(job);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it('fails with 1 where a function of it throws, naming operator, subtask and message', async () => {
    const { status, stderr } = await refused('user-error.ts', '-D', 'restart-strategy.type=none');
    expect(stderr).toMatch(/cannot digest bad/);
    expect(stderr).toMatch(/Digest/);
    expect(status).toBe(1);
  });

  it('shows the stack of the function with -v', async () => {
    const { stderr } = await ckpt(['run', 'user-error.ts', '-v', '-D', 'restart-strategy.type=none'], {
      cwd: directory,
    });
    expect(stderr).toMatch(/at .*user-error\.ts:2:/);
  });
});

describe('a command line that cannot be used', () => {
  it.each<[readonly string[], RegExp]>([
    [['--paralelism', '2'], /there is no flag --paralelism\n.*did you mean --parallelism/s],
    [['-p', '0'], /greater than or equal to 1/],
    [['--mode', 'sometimes'], /exactly-once, at-least-once/],
    [
      ['-D', 'execution.checkpointing.intervall=1s'],
      /unknown option .*\n.*did you mean execution\.checkpointing\.interval\?/s,
    ],
    [['-D', 'parallelism.default'], /-D wants key=value/],
    [['--checkpoint-dir', 'c', '--interval', 'soon'], /execution\.checkpointing\.interval wants a duration/],
    [['--interval', '1s'], /no place for them\n.*--checkpoint-dir DIR/s],
    [['--checkpoint-dir', 'gs://bucket/x'], /unknown or malformed location gs:/],
  ])('%j ends with 2', async (flags, message) => {
    const { status, stderr } = await refused('example:counter', ...flags);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });
});

describe('a snapshot that cannot be restored', () => {
  it('of another job is refused with 2, unless its state may be left behind', async () => {
    const { status, stderr } = await refused('other.ts', '-s', snapshot);
    expect(stderr).toMatch(/-n|allowNonRestoredState/);
    expect(status).toBe(2);
    const options = ['--checkpoint-dir', at('left'), '--interval', '20ms', '--stop-after-checkpoints', '1'];
    expect(await ckpt(['run', at('other.ts'), '-s', snapshot, '-n', ...options])).toMatchObject({
      status: 0,
    });
  });

  it.each<[string, number, RegExp]>([
    ['truncated', 3, /byte \d+/],
    ['garbage', 3, /byte 0/],
    ['incomplete/chk-9', 2, /was never completed: it has no _metadata/],
    ['nowhere', 2, /there is no snapshot at/],
  ])('because it is %s ends with %i', async (name, expected, message) => {
    const { status, stderr } = await refused('example:page-views', '-s', at(name));
    expect(stderr).toMatch(message);
    expect(stderr).toContain(name);
    expect(status).toBe(expected);
  });

  it('is left as it was by all of this', () => {
    expect(readdirSync(snapshot)).toContain('_metadata');
    expect(readFileSync(join(snapshot, '_metadata')).length).toBeGreaterThan(100);
  });
});

describe('a checkpoint directory that cannot be used', () => {
  it.skipIf(process.getuid?.() === 0)('because of its permissions ends with 6', async () => {
    mkdirSync(at('closed'));
    chmodSync(at('closed'), 0o500);
    const { status, stderr } = await refused('example:counter', '--checkpoint-dir', at('closed/below'));
    expect(stderr).toMatch(/permission denied/);
    expect(status).toBe(6);
  });

  it('because it is a file ends with 6', async () => {
    const { status, stderr } = await refused('example:counter', '--checkpoint-dir', at('empty.ts'));
    expect(stderr).toContain('empty.ts');
    expect(status).toBe(6);
  });

  it('because it vanished while the job ran fails the job, and says where', async () => {
    const options = [
      '--checkpoint-dir',
      at('vanishing'),
      '--interval',
      '20ms',
      '-D',
      'restart-strategy.type=none',
    ];
    const child = spawn(process.execPath, [RUN, 'run', 'example:page-views', ...options], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    createInterface(child.stderr).on('line', (line) => {
      stderr += `${line}\n`;
      if (!/^checkpoint 2:/.test(line)) return;
      rmSync(at('vanishing'), { recursive: true, force: true });
      writeFileSync(at('vanishing'), 'a file stands in its place');
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toMatch(/^checkpoint 3 failed \(storage\): .*vanishing/m);
    expect(stderr).toMatch(/^error: /m);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([1, 6]).toContain(status);
  });
});
