// What users get wrong with a job, an option or a snapshot: each is one error with its exit status.
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitStatusOf } from '../../src/cli/exit-codes.js';
import { type Overrides, Workplace } from './run-harness.js';

const JOBS: Readonly<Record<string, string>> = {
  'empty.ts': 'export default (env) => {};',
  'one-uid-twice.ts': "export default (env) => env.fromElements(1).uid('x').map((n) => n).uid('x').print();",
  'no-input.ts': "export default (env) => env.readTextFile('/no-such-input.txt').print();",
  'parallel.ts': 'export default (env) => env.fromSequence(1, 3).setParallelism(0).print();',
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
  'other-type.ts': `import { Types, ValueStateDescriptor } from 'ckpt';
export default (env) => env.fromElements('a').uid('letters').keyBy((x) => x).process({
  open(context) {
    context.getState(new ValueStateDescriptor('seen', Types.STRING));
  },
  processElement() {},
}).uid('count').print();`,
  'wrong-value.ts': `import { Types, ValueStateDescriptor } from 'ckpt';
export default (env) => env.fromElements('a').keyBy((x) => x).process({
  open(context) {
    this.state = context.getState(new ValueStateDescriptor('seen', Types.LONG));
  },
  processElement(word) {
    this.state.update('not a number');
  },
}).name('Wrong').print();`,
  'other.ts': "export default (env) => env.fromElements('x').uid('other').discard();",
};

let workplace: Workplace;
let snapshot: string;

beforeAll(async () => {
  workplace = new Workplace();
  for (const [name, text] of Object.entries(JOBS)) writeFileSync(workplace.at(name), text);
  const { report } = await workplace.run({});
  snapshot = fileURLToPath(report!.retained.at(-1)!.path);
  cpSync(snapshot, workplace.at('truncated'), { recursive: true });
  truncateSync(workplace.at('truncated/_metadata'), 100);
  mkdirSync(workplace.at('hollow/_metadata'), { recursive: true });
  mkdirSync(workplace.at('garbage'));
  writeFileSync(workplace.at('garbage/_metadata'), 'this was never a checkpoint');
  cpSync(snapshot, workplace.at('incomplete/chk-9'), { recursive: true });
  rmSync(workplace.at('incomplete/chk-9/_metadata'));
});
afterAll(() => workplace.remove());

const ONCE = { checkpointDirectory: null, properties: [['restart-strategy.type', 'none']] } as const;

async function refused(overrides: Overrides) {
  const { error } = await workplace.run({ ...ONCE, ...overrides });
  return { status: exitStatusOf(error!), text: `${error!.message}\n${error!.where}\n${error!.next}` };
}

describe('a job that cannot be run', () => {
  it.each<[string, RegExp]>([
    ['empty.ts', /the job empty does nothing/],
    ['one-uid-twice.ts', /two operators have the uid x: /],
    ['no-input.ts', /the input \/no-such-input\.txt does not exist/],
    ['parallel.ts', /parallelism 0/],
    ['two-types.ts', /seen/],
  ])('is a usage error: %s', async (job, message) => {
    const { status, text } = await refused({ job });
    expect(text).toMatch(message);
    expect(status).toBe(2);
  });

  it.each<[string, number, RegExp]>([
    ['user-error.ts', 1, /Digest.*cannot digest bad.*user-error\.ts:2:/s],
    ['wrong-value.ts', 2, /Wrong.*not a number/s],
  ])('fails where %s goes wrong, naming operator and message, with %i', async (job, expected, message) => {
    const { status, text } = await refused({ job, checkpointDirectory: workplace.locate('failing') });
    expect(text).toMatch(message);
    expect(status).toBe(expected);
  });
});

describe('a snapshot', () => {
  it('may be named by its _metadata file', async () => {
    const { report } = await workplace.run({ ...ONCE, snapshot: workplace.locate(`${snapshot}/_metadata`) });
    expect(report).toMatchObject({ state: 'FINISHED' });
  });
});

describe('a snapshot that cannot be restored', () => {
  it('of another job is refused, unless its state may be left behind', async () => {
    const other = { job: 'other.ts', snapshot: workplace.locate(snapshot) };
    const { status, text } = await refused(other);
    expect(text).toMatch(/-n|allowNonRestoredState/);
    expect(status).toBe(2);
    expect((await workplace.run({ ...ONCE, ...other, allowNonRestoredState: true })).report).toMatchObject({
      state: 'FINISHED',
    });
  });

  it('with a state that the job now gives another type is refused', async () => {
    const { status, text } = await refused({ job: 'other-type.ts', snapshot: workplace.locate(snapshot) });
    expect(text).toMatch(/seen/);
    expect(status).toBe(2);
  });

  it.each<[string, number, RegExp]>([
    ['truncated', 3, /byte \d+/],
    ['garbage', 3, /byte 0/],
    ['incomplete/chk-9', 2, /was never completed: it has no _metadata/],
    ['nowhere', 2, /there is no snapshot at/],
    ['empty.ts', 2, /is no snapshot/],
    ['hollow/_metadata', 2, /is no snapshot/],
  ])('because it is %s ends with %i', async (name, expected, message) => {
    const { status, text } = await refused({ snapshot: workplace.locate(name) });
    expect(text).toMatch(message);
    expect(text).toContain(name);
    expect(status).toBe(expected);
  });

  it('because it is a directory of checkpoints, whose newest is named', async () => {
    for (const place of ['checkpoints', join(snapshot, '..'), `${snapshot}-not`]) {
      const { status, text } = await refused({ snapshot: workplace.locate(place) });
      expect(text).toContain(`did you mean its newest complete one, -s file://${snapshot}?`);
      expect(status).toBe(2);
    }
  });

  it('is left as it was by all of this', () => {
    expect(readFileSync(join(snapshot, '_metadata')).length).toBeGreaterThan(100);
  });
});
