import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobEvent } from '../../src/model/job-events.js';
import type { StorageCall } from '../../src/storage/intercepted.js';
import { Workplace } from './run-harness.js';

let workplace: Workplace;

beforeEach(() => {
  workplace = new Workplace();
});
afterEach(() => workplace.remove());

/** Word count over a file of these lines. */
function wordCount(lines: readonly string[]) {
  writeFileSync(workplace.at('in.txt'), lines.map((line) => `${line}\n`).join(''));
  return { job: 'example:word-count', args: [workplace.at('in.txt'), workplace.at('out')] };
}

/** What word count has committed, sorted. */
function committed(): string[] {
  const parts = readdirSync(workplace.at('out')).filter((name) => name.startsWith('part-'));
  const texts = parts.map((name) => readFileSync(join(workplace.at('out'), name), 'utf8'));
  return texts.flatMap((text) => text.split('\n').slice(0, -1)).sort();
}

const checkpoints = (events: readonly JobEvent[]) =>
  events.filter(({ kind }) => kind === 'checkpoint-completed');

describe('running a job', () => {
  it('reports its end and the checkpoints that are left', async () => {
    const { report, lines } = await workplace.run({});
    expect(lines).toEqual(['a 0', 'b 0', 'c 0', 'a 1']);
    expect(report).toMatchObject({ job: 'counter', state: 'FINISHED', sourceRecords: 4, restarts: 0 });
    expect(report!.retained.at(-1)!.path).toMatch(/^file:\/\/.*\/checkpoints\/[0-9a-f]{32}\/chk-\d+$/);
  });

  it('reads its properties once', async () => {
    let readings = 0;
    const properties = [['execution.checkpointing.interval', '10ms']] as const;
    const counted = new Proxy(properties, {
      get: (target, name) => {
        if (name === Symbol.iterator) readings++;
        return Reflect.get(target, name);
      },
    });
    await workplace.run({ properties: counted });
    expect(readings).toBe(1);
  });

  it('says that it starts from the beginning where an earlier run has left snapshots', async () => {
    const first = await workplace.run({});
    const newest = workplace.locate(first.report!.retained.at(-1)!.path);
    const second = await workplace.run({});
    const third = await workplace.run({ snapshot: newest });
    const tellings = [first, second, third].map(({ events }) =>
      events.filter(({ kind }) => kind === 'started-afresh'),
    );
    expect(tellings).toEqual([[], [{ kind: 'started-afresh', newest }], []]);
  });

  it('restarts from the beginning where no checkpoint is complete, and says so', async () => {
    const { events } = await workplace.run({
      failAfterRecords: 1,
      properties: [['restart-strategy.fixed-delay.delay', '0']],
    });
    expect(events.filter(({ kind }) => kind === 'restarting')).toMatchObject([
      { attempt: 1, checkpointId: null },
    ]);
  });

  it('of word-count without arguments says what they are and how to run it', async () => {
    const { error } = await workplace.run({ job: 'example:word-count' });
    expect(error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining('a text file to read, and a directory for its output'),
      next: expect.stringMatching(/^ckpt run example:word-count .*INPUT OUTPUT$/),
    });
  });

  it('takes no checkpoints where there is no place for them', async () => {
    const nowhere = { checkpointDirectory: null, properties: [] };
    expect((await workplace.run(nowhere)).report).toMatchObject({ completedCheckpoints: 0, retained: [] });
    const { error } = await workplace.run({ ...nowhere, stopAfterCheckpoints: 1 });
    expect(error).toMatchObject({ code: 'usage', next: 'add --checkpoint-dir DIR' });
  });

  it('takes the place of its checkpoints from the option that Flink has for it', async () => {
    const place = workplace.at('by-option');
    const properties = [['state.checkpoints.dir', place]] as const;
    const { report } = await workplace.run({ checkpointDirectory: null, properties });
    expect(report!.retained.at(-1)!.path).toContain('/by-option/');
  });

  it('deletes the checkpoints of a finished job where it is told to', async () => {
    const { report } = await workplace.run({ onFinish: 'delete' });
    expect(report).toMatchObject({ state: 'FINISHED', retained: [] });
  });

  it('is cancelled by its signal, and keeps the checkpoints', async () => {
    const controller = new AbortController();
    const { report } = await workplace.run({
      job: 'example:page-views',
      signal: controller.signal,
      watch: (event) => event.kind === 'checkpoint-completed' && controller.abort(),
    });
    expect(report).toMatchObject({ state: 'CANCELED', failedCheckpoints: 0 });
    expect(report!.retained).toHaveLength(1);
  });

  it('is cancelled at once where its signal was aborted before', async () => {
    const { report } = await workplace.run({ job: 'example:page-views', signal: AbortSignal.abort() });
    expect(report).toMatchObject({ state: 'CANCELED' });
  });

  it('recovers from an injected failure and goes on from its checkpoint with another parallelism', async () => {
    const endless = { job: 'example:page-views', stopAfterCheckpoints: 3 };
    const first = await workplace.run({ ...endless, failAtCheckpoint: 2 });
    expect(first.report).toMatchObject({ state: 'CANCELED', restarts: 1 });
    expect(first.events.find(({ kind }) => kind === 'restored')).toMatchObject({ checkpointId: 2 });
    const snapshot = workplace.locate(first.report!.retained.at(-1)!.path);
    const properties = [
      ['execution.checkpointing.interval', '10ms'],
      ['parallelism.default', '2'],
    ] as const;
    const second = await workplace.run({ ...endless, snapshot, properties });
    expect(second.report).toMatchObject({ state: 'CANCELED', restarts: 0 });
    expect(second.events.find(({ kind }) => kind === 'restored')).toMatchObject({ location: snapshot });
  });

  it('leaves the snapshot that it goes on from alone, unless it claims it', async () => {
    const endless = { job: 'example:page-views', stopAfterCheckpoints: 1 };
    const snapshot = workplace.locate((await workplace.run(endless)).report!.retained[0]!.path);
    await workplace.run({ ...endless, snapshot });
    expect(existsSync(snapshot.path)).toBe(true);
    await workplace.run({ ...endless, snapshot, claimMode: 'claim' });
    expect(existsSync(snapshot.path)).toBe(false);
  });

  it('writes the metadata version that it is told to', async () => {
    const { report } = await workplace.run({ formatVersion: 3 });
    const metadata = readFileSync(`${workplace.locate(report!.retained.at(-1)!.path).path}/_metadata`);
    expect(metadata.readInt32BE(4)).toBe(3);
  });

  it('writes every word once into files, over an injected failure', async () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `w${index % 7_000}`);
    const lines = Array.from({ length: 4_000 }, (_, index) =>
      words.slice(index * 5, index * 5 + 5).join(' '),
    );
    const { report } = await workplace.run({ ...wordCount(lines), failAfterRecords: 1_500 });
    expect(report).toMatchObject({ state: 'FINISHED', restarts: 1 });
    expect(committed()).toEqual(
      words.map((word, index) => `${word} ${Math.floor(index / 7_000) + 1}`).sort(),
    );
  });
});

describe('storage that fails', () => {
  const writes = ({ operation }: StorageCall) => operation.startsWith('put');
  const tolerant = [
    ['execution.checkpointing.interval', '5ms'],
    ['execution.checkpointing.tolerable-failed-checkpoints', '1000'],
  ] as const;

  it('fills up: the job fails, and the checkpoint that was complete stays', async () => {
    let full = false;
    const { error, events } = await workplace.run({
      job: 'example:page-views',
      properties: [
        ['execution.checkpointing.interval', '5ms'],
        ['restart-strategy.type', 'none'],
      ],
      fault: (call) => (full && writes(call) ? 'no-space' : null),
      watch: (event) => {
        if (event.kind === 'checkpoint-completed') full = true;
      },
    });
    expect(checkpoints(events)).toHaveLength(1);
    expect(error!.message).toContain('was made to fail');
    const [failed] = events.filter((event) => event.kind === 'job-failed');
    expect(readdirSync(failed!.result.retained[0]!.location.path)).toContain('_metadata');
  });

  it('is survived where the user tolerates failed checkpoints', async () => {
    let failures = 0;
    const { report } = await workplace.run({
      job: 'example:page-views',
      properties: tolerant,
      stopAfterCheckpoints: 1,
      fault: (call) => (writes(call) && failures++ < 3 ? 'no-space' : null),
    });
    expect(report).toMatchObject({ state: 'CANCELED', failedCheckpoints: 3, restarts: 0 });
  });

  it('does not make a file sink lose what an aborted checkpoint had prepared', async () => {
    const words = Array.from({ length: 30_000 }, (_, index) => `w${index}`);
    let puts = 0;
    const { report } = await workplace.run({
      ...wordCount(words),
      properties: tolerant,
      fault: (call) => (writes(call) && ++puts % 3 === 1 ? 'denied' : null),
    });
    expect(report!.failedCheckpoints).toBeGreaterThan(0);
    expect(committed()).toEqual(words.map((word) => `${word} 1`).sort());
  });

  it('loses the output that a checkpoint had prepared: the job fails, and says how to go on', async () => {
    const { error } = await workplace.run({
      ...wordCount(Array.from({ length: 30_000 }, (_, index) => `w${index}`)),
      properties: [
        ['execution.checkpointing.interval', '5ms'],
        ['restart-strategy.type', 'none'],
      ],
      watch: (event) => {
        if (event.kind === 'checkpoint-completed')
          rmSync(workplace.at('out'), { recursive: true, force: true });
      },
    });
    expect(error).toMatchObject({
      code: 'job-failed',
      next: expect.stringContaining('restore an older checkpoint'),
    });
  });

  it('cannot be written to at all: nothing runs', async () => {
    const { error, lines } = await workplace.run({
      fault: ({ operation }) => (operation === 'makeDirectory' ? 'denied' : null),
    });
    expect(error).toMatchObject({ code: 'storage-denied', where: `file://${workplace.at('checkpoints')}` });
    expect(lines).toEqual([]);
  });
});
