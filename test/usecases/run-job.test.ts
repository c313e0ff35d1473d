import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobEvent } from '../../src/engine/events.js';
import { type Location, parseLocation } from '../../src/model/location.js';
import { faultyStorage, type StorageCall } from '../../src/storage/intercepted.js';
import { openReader, openRemover } from '../../src/storage/open.js';
import { systemClock } from '../../src/support/clock.js';
import type { StorageErrorKind } from '../../src/support/errors.js';
import { systemEventLoop } from '../../src/support/event-loop.js';
import { seededRandom } from '../../src/support/random.js';
import { type RunRequest, runJob } from '../../src/usecases/run-job.js';
import { testSeed } from '../support/runs.js';

let directory: string;
const at = (name: string) => join(directory, name);
const locate = (text: string): Location => parseLocation(text, directory);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ckpt-run-job-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

interface Overrides extends Partial<RunRequest> {
  /** How a call to the storage of the checkpoints fails. */
  readonly fault?: (call: StorageCall) => StorageErrorKind | null;
  readonly signal?: AbortSignal;
  readonly watch?: (event: JobEvent) => void;
}

async function run({ fault = () => null, signal, watch = () => {}, ...request }: Overrides) {
  const lines: string[] = [];
  const events: JobEvent[] = [];
  const report = runJob(
    {
      job: 'example:counter',
      args: [],
      properties: [['execution.checkpointing.interval', '10ms']],
      checkpointDirectory: locate('checkpoints'),
      snapshot: null,
      allowNonRestoredState: false,
      onFinish: 'retain',
      failAfterRecords: undefined,
      stopAfterCheckpoints: undefined,
      ...request,
    },
    {
      locate,
      openReader,
      openRemover: async (location) => faultyStorage(await openRemover(location), fault),
      clock: systemClock,
      random: seededRandom(testSeed),
      eventLoop: systemEventLoop,
      signal: signal ?? new AbortController().signal,
      output: (line) => lines.push(line),
      onEvent: (event) => {
        events.push(event);
        watch(event);
      },
    },
  );
  const outcome = await report.then(
    (value) => ({ report: value, error: null }),
    (error) => ({ report: null, error }),
  );
  return { ...outcome, lines, events };
}

const wordCount = {
  job: 'example:word-count',
  get args() {
    return [at('in.txt'), at('out')];
  },
};

async function committed(): Promise<string[]> {
  const parts = (await readdir(at('out'))).filter((name) => name.startsWith('part-'));
  const texts = await Promise.all(parts.map((name) => readFile(join(at('out'), name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1)).sort();
}

describe('running a job', () => {
  it('reports its end and the checkpoints that are left', async () => {
    const { report, lines } = await run({});
    expect(lines).toEqual(['a 0', 'b 0', 'c 0', 'a 1']);
    expect(report).toMatchObject({ job: 'counter', state: 'FINISHED', sourceRecords: 4, restarts: 0 });
    expect(report!.retained.at(-1)!.path).toMatch(/^file:\/\/.*\/checkpoints\/[0-9a-f]{32}\/chk-\d+$/);
  });

  it('takes none where there is no place for them', async () => {
    const { report } = await run({ checkpointDirectory: null, properties: [] });
    expect(report).toMatchObject({ completedCheckpoints: 0, retained: [] });
    const refused = await run({ checkpointDirectory: null, properties: [], stopAfterCheckpoints: 1 });
    expect(refused.error).toMatchObject({ code: 'usage', next: 'add --checkpoint-dir DIR' });
  });

  it('deletes the checkpoints of a finished job where it is told to', async () => {
    const { report } = await run({ onFinish: 'delete' });
    expect(report).toMatchObject({ state: 'FINISHED', retained: [] });
  });

  it('is cancelled by its signal, and keeps the checkpoints', async () => {
    const controller = new AbortController();
    const { report } = await run({
      job: 'example:page-views',
      signal: controller.signal,
      watch: (event) => event.kind === 'checkpoint-completed' && controller.abort(),
    });
    expect(report).toMatchObject({ state: 'CANCELED' });
    expect(report!.retained).toHaveLength(1);
  });

  it('does not start where its signal was aborted before', async () => {
    const { report } = await run({ job: 'example:page-views', signal: AbortSignal.abort() });
    expect(report).toMatchObject({ state: 'CANCELED' });
  });

  it('writes every word once into files, over an injected failure and a resumption', async () => {
    const words = Array.from({ length: 20_000 }, (_, index) => `w${index % 700}`);
    await writeFile(
      at('in.txt'),
      words.map((word, index) => (index % 5 === 4 ? `${word}\n` : `${word} `)).join(''),
    );
    const { report } = await run({ ...wordCount, failAfterRecords: 1_500 });
    expect(report).toMatchObject({ state: 'FINISHED', restarts: 1 });
    const counts = words.map((word, index) => `${word} ${Math.floor(index / 700) + 1}`);
    expect(await committed()).toEqual(counts.sort());
  });
});

describe('storage that fails', () => {
  const writes = ({ operation }: StorageCall) => operation.startsWith('put');

  it('fills up: the job fails with what was written where, and committed output stays', async () => {
    let full = false;
    const { error, events } = await run({
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
    expect(events.filter(({ kind }) => kind === 'checkpoint-completed')).toHaveLength(1);
    expect(error).toMatchObject({ message: expect.stringContaining('was made to fail') });
    const [failed] = events.filter((event) => event.kind === 'job-failed');
    const [kept] = failed!.result.retained;
    expect(await readdir(kept!.location.path)).toContain('_metadata');
  });

  it('is survived where the user tolerates failed checkpoints', async () => {
    let failures = 0;
    const { report } = await run({
      job: 'example:page-views',
      properties: [
        ['execution.checkpointing.interval', '5ms'],
        ['execution.checkpointing.tolerable-failed-checkpoints', '100'],
      ],
      stopAfterCheckpoints: 1,
      fault: (call) => (writes(call) && failures++ < 3 ? 'no-space' : null),
    });
    expect(report).toMatchObject({ state: 'CANCELED', failedCheckpoints: 3, restarts: 0 });
  });

  it('does not let a file sink lose what an aborted checkpoint had prepared', async () => {
    await writeFile(at('in.txt'), Array.from({ length: 30_000 }, (_, index) => `w${index}\n`).join(''));
    let puts = 0;
    const { report } = await run({
      ...wordCount,
      properties: [
        ['execution.checkpointing.interval', '3ms'],
        ['execution.checkpointing.tolerable-failed-checkpoints', '1000'],
      ],
      fault: (call) => (writes(call) && ++puts % 3 === 1 ? 'denied' : null),
    });
    expect(report!.failedCheckpoints).toBeGreaterThan(0);
    expect(await committed()).toEqual(Array.from({ length: 30_000 }, (_, index) => `w${index} 1`).sort());
  });

  it('cannot be written to at all: nothing runs', async () => {
    const { error, lines } = await run({
      fault: ({ operation }) => (operation === 'makeDirectory' ? 'denied' : null),
    });
    expect(error).toMatchObject({ code: 'storage-denied', where: `file://${at('checkpoints')}` });
    expect(lines).toEqual([]);
  });
});
