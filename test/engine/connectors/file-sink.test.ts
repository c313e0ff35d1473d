import { chmod, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileCommittable, fileSink } from '../../../src/engine/connectors/file-sink.js';
import { runs, testSeed } from '../../support/runs.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ckpt-sink-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const writerOf = (sink = fileSink(directory), subtaskIndex = 0, parallelism = 1) =>
  sink.createWriter({ subtaskIndex, parallelism });

const names = async (where = directory) => (await readdir(where)).sort();
const hiddenNames = async () => (await names()).filter((name) => name.startsWith('.'));

/** All lines of the output, sorted. */
async function output(where = directory): Promise<string[]> {
  const parts = (await names(where)).filter((name) => name.startsWith('part-'));
  const texts = await Promise.all(parts.map((name) => readFile(join(where, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').slice(0, -1)).sort();
}

describe('a file sink', () => {
  it('shows what was written before a barrier when the checkpoint is complete, and not earlier', async () => {
    const writer = writerOf();
    writer.write('größe');
    writer.write('');
    const committables = await writer.prepareCommit(1);
    writer.write('later');
    expect(await output()).toEqual([]);
    await writer.commit(committables);
    expect(await output()).toEqual(['', 'größe']);
    await writer.close();
  });

  it('commits the same output twice without harm', async () => {
    const writer = writerOf();
    writer.write('a');
    const committables = await writer.prepareCommit(1);
    await writer.commit(committables);
    await writer.commit(committables);
    expect(await output()).toEqual(['a']);
  });

  it('makes no file where nothing was written', async () => {
    const writer = writerOf();
    await writer.commit(await writer.prepareCommit(1));
    expect(await names()).toEqual([]);
  });

  it('writes large amounts in bounded memory: it asks for patience and then takes more', async () => {
    const writer = writerOf();
    const line = 'x'.repeat(99);
    let waited = 0;
    for (let count = 0; count < 200_000; count++) {
      writer.write(line);
      const patience = writer.backpressure?.();
      if (patience === undefined) continue;
      waited++;
      await patience;
      expect(writer.backpressure?.()).toBeUndefined();
    }
    const [committable] = await writer.prepareCommit(1);
    expect(waited).toBeGreaterThan(2);
    expect((await readFile(committable!.hidden!)).length).toBe(200_000 * 100);
  });

  it('takes away what it was writing when it is closed, and keeps what it had prepared', async () => {
    const writer = writerOf();
    writer.write('prepared');
    await writer.prepareCommit(1);
    writer.write('dropped');
    await writer.close();
    expect(await hiddenNames()).toHaveLength(1);
  });

  it('keeps its committables through their bytes and refuses others', async () => {
    const sink = fileSink(directory);
    const writer = writerOf(sink);
    writer.write('a');
    for (const committable of await writer.prepareCommit(1)) {
      expect(sink.deserializeCommittable(sink.serializeCommittable(committable))).toEqual(committable);
    }
    for (const broken of [
      '',
      'null',
      '{"owner":"x","hidden":null}',
      '{"owner":"01234567","hidden":"/etc/passwd"}',
    ]) {
      expect(() => sink.deserializeCommittable(Buffer.from(broken)), broken).toThrow(
        'not the output of a file sink',
      );
    }
  });

  it('refuses locations that are no local path', () => {
    expect(() => fileSink('s3://bucket/out')).toThrow('s3://bucket/out is not');
  });
});

/** A process that died: what it had written stays as it is. */
async function killedRun(): Promise<readonly FileCommittable[]> {
  const sink = fileSink(directory);
  const writer = writerOf(sink);
  writer.write('checkpointed');
  const committables = await writer.prepareCommit(1);
  writer.write('in no checkpoint');
  await writer.prepareCommit(2);
  return committables.map((committable) =>
    sink.deserializeCommittable(sink.serializeCommittable(committable)),
  );
}

describe('after a recovery', () => {
  it('commits what the checkpoint had prepared and takes away what came later', async () => {
    const restored = await killedRun();
    const writer = writerOf();
    await writer.commit(restored);
    await writer.recover?.();
    expect(await output()).toEqual(['checkpointed']);
    expect(await hiddenNames()).toEqual([]);
  });

  it('leaves the files of other jobs and of other programs alone', async () => {
    const restored = await killedRun();
    const foreign = [
      '.part-0badcafe-0-00000000-0.inprogress',
      '.notes',
      'part-0badcafe-0-00000000-0',
      'report.txt',
    ];
    for (const name of foreign) await writeFile(join(directory, name), 'other\n');
    const writer = writerOf();
    await writer.commit(restored);
    await writer.recover?.();
    writer.write('mine');
    await writer.commit(await writer.prepareCommit(2));
    expect(await names()).toEqual(expect.arrayContaining(foreign));
  });

  it('fails where prepared output is gone, rather than losing it in silence', async () => {
    const restored = await killedRun();
    await unlink(restored[0]!.hidden!);
    await expect(writerOf().commit(restored)).rejects.toMatchObject({
      code: 'storage-not-found',
      where: restored[0]!.hidden,
      next: expect.stringContaining('restore an older checkpoint'),
    });
  });

  it('commits into the old directory where the job now writes to another', async () => {
    const restored = await killedRun();
    const other = join(directory, 'other');
    const writer = writerOf(fileSink(other));
    await writer.commit(restored);
    writer.write('new');
    await writer.commit(await writer.prepareCommit(2));
    expect(await output()).toEqual(['checkpointed']);
    expect(await output(other)).toEqual(['new']);
  });
});

describe('a fresh start', () => {
  it('is refused where the unfinished output of another run lies', async () => {
    await killedRun();
    const writer = writerOf();
    await expect(writer.recover?.()).rejects.toMatchObject({
      name: 'UsageError',
      message: `the output directory ${directory} holds unfinished output of another run`,
      next: expect.stringContaining('-s'),
    });
    await writer.close();
    expect(await hiddenNames()).toHaveLength(2);
  });

  it('takes no offence at another sink of the job that writes into the same directory', async () => {
    const sinks = [fileSink(directory), fileSink(directory)];
    for (const attempt of [1, 2]) {
      const writers = sinks.map((sink) => writerOf(sink));
      for (const writer of writers) await writer.recover?.();
      for (const writer of writers) writer.write(`attempt ${attempt}`);
      for (const writer of writers) {
        const committables = await writer.prepareCommit(attempt);
        if (attempt === 2) await writer.commit(committables);
      }
    }
    expect(await output()).toEqual(['attempt 2', 'attempt 2']);
    expect(await hiddenNames()).toEqual([]);
  });

  it('adds to the committed output of earlier runs', async () => {
    for (const line of ['first', 'second']) {
      const writer = writerOf();
      writer.write(line);
      await writer.commit(await writer.prepareCommit(1));
    }
    expect(await output()).toEqual(['first', 'second']);
  });
});

describe('a directory that cannot be written', () => {
  it('fails the next write and the barrier, with the path', async () => {
    const sink = fileSink(join(directory, 'file', 'below'));
    await writeFile(join(directory, 'file'), '');
    const writer = writerOf(sink);
    writer.write('x');
    await expect(writer.prepareCommit(1)).rejects.toMatchObject({
      name: 'StorageError',
      where: `file://${join(directory, 'file', 'below')}`,
    });
    expect(() => writer.write('y')).toThrow('cannot make the output directory');
    await writer.close();
  });

  it.skipIf(process.getuid?.() === 0)('is denied by its permissions', async () => {
    await chmod(directory, 0o500);
    const writer = writerOf();
    writer.write('x');
    await expect(writer.prepareCommit(1)).rejects.toMatchObject({ code: 'storage-denied' });
    await chmod(directory, 0o700);
  });

  it('fails the barrier where it vanished', async () => {
    const writer = writerOf();
    writer.write('kept');
    await writer.commit(await writer.prepareCommit(1));
    await rm(directory, { recursive: true });
    writer.write('lost directory');
    await expect(writer.prepareCommit(2)).rejects.toMatchObject({ code: 'storage-not-found' });
  });
});

// A life of a job: each step writes some lines, then takes a checkpoint that ends in one of these ways.
type Step = { readonly lines: number; readonly end: 'committed' | 'complete' | 'incomplete' | 'none' };
type Life = { readonly steps: readonly Step[]; readonly parallelism: number; readonly sameProcess: boolean };

/** What a checkpoint holds: how far the source was, and the committables not known to be committed. */
interface Checkpoint {
  readonly position: number;
  readonly committables: readonly Uint8Array[];
}

async function live(
  life: Life,
  from: Checkpoint | null,
  sink: ReturnType<typeof fileSink>,
): Promise<Checkpoint | null> {
  const { parallelism } = life;
  const writers = Array.from({ length: parallelism }, (_, index) => writerOf(sink, index, parallelism));
  const restored = (from?.committables ?? []).map((bytes) => sink.deserializeCommittable(bytes));
  for (const [index, writer] of writers.entries()) {
    await writer.commit(restored.filter((_, at) => at % parallelism === index));
  }
  for (const writer of writers) await writer.recover?.();
  let position = from?.position ?? 0;
  let newest = from;
  for (const [id, { lines, end }] of life.steps.entries()) {
    for (let line = 0; line < lines; line++) writers[position % parallelism]!.write(`line ${position++}`);
    if (end === 'none') continue;
    const committables = await Promise.all(writers.map((writer) => writer.prepareCommit(id)));
    if (end === 'incomplete') break;
    newest = {
      position,
      committables: committables.flat().map((committable) => sink.serializeCommittable(committable)),
    };
    if (end === 'complete') break;
    for (const [index, writer] of writers.entries()) await writer.commit(committables[index]!);
  }
  // A failure within the process closes the writers; a kill does not, but leaves no open file behind either.
  if (life.sameProcess) for (const writer of writers) await writer.close();
  else for (const writer of writers) await writer.prepareCommit(99);
  return newest;
}

describe('any life of a job', () => {
  it('gives each line once, and leaves nothing hidden', async () => {
    const step = fc.record({
      lines: fc.integer({ min: 0, max: 3 }),
      end: fc.constantFrom('committed', 'committed', 'complete', 'incomplete', 'none'),
    }) satisfies fc.Arbitrary<Step>;
    const life: fc.Arbitrary<Life> = fc.record({
      steps: fc.array(step, { maxLength: 4 }),
      parallelism: fc.integer({ min: 1, max: 3 }),
      sameProcess: fc.boolean(),
    });
    let round = 0;
    const property = fc.asyncProperty(fc.array(life, { maxLength: 4 }), async (lives) => {
      const where = join(directory, String(round++));
      let sink = fileSink(where);
      let checkpoint: Checkpoint | null = null;
      for (const each of lives) {
        checkpoint = await live(each, checkpoint, sink);
        // A process that dies before its first checkpoint leaves files that nobody can tell from another job's.
        if (!each.sameProcess && checkpoint !== null) sink = fileSink(where);
      }
      const last: Life = { steps: [{ lines: 2, end: 'committed' }], parallelism: 2, sameProcess: true };
      const end = await live(last, checkpoint, sink);
      expect(await output(where)).toEqual(
        Array.from({ length: end!.position }, (_, at) => `line ${at}`).sort(),
      );
      expect((await names(where)).filter((name) => name.startsWith('.'))).toEqual([]);
    });
    await fc.assert(property, { numRuns: runs({ sample: 25, full: 3_000 }), seed: testSeed });
  });
});
