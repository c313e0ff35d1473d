// Real Flink judges checkpoints of `ckpt run`, taken by the built binary as a user would take them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMetadata } from '../../src/format/metadata/read.js';
import { describeWithFlink } from './support/flink.js';

const BINARY = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const KEYS = 97;

/** Counts the endless sequence 0, 1, 2, … by its remainder: any consistent cut can be told from its sum. */
const JOB = `
import { generatorSource, Types, ValueStateDescriptor } from 'ckpt';

export default (env) =>
  env
    .fromSource(generatorSource((index) => index, { recordsPerSecond: 50_000 }), 'numbers')
    .uid('numbers')
    .keyBy((number) => 'key-' + (number % ${KEYS}), Types.STRING)
    .process({
      open(context) {
        this.count = context.getState(new ValueStateDescriptor('count', Types.LONG));
      },
      processElement() {
        this.count.update((this.count.value() ?? 0) + 1);
      },
    })
    .uid('counter');
`;

interface Taken {
  readonly directory: string;
  readonly checkpointId: number;
}

interface Setting {
  readonly backend: 'hashmap' | 'memory' | 'rocksdb' | 'rocksdb --incremental';
  readonly inline: string;
  readonly version: number;
  readonly parallelism: number;
}

const SETTINGS: readonly Setting[] = [
  { backend: 'hashmap', inline: '20kb', version: 6, parallelism: 1 },
  { backend: 'hashmap', inline: '0b', version: 6, parallelism: 1 },
  { backend: 'hashmap', inline: '0b', version: 4, parallelism: 2 },
  { backend: 'memory', inline: '20kb', version: 3, parallelism: 2 },
  { backend: 'rocksdb', inline: '0b', version: 6, parallelism: 1 },
  { backend: 'rocksdb --incremental', inline: '0b', version: 6, parallelism: 1 },
  { backend: 'rocksdb --incremental', inline: '0b', version: 3, parallelism: 2 },
];

/** Of RocksDB the ninth, after a failure: by then tables were compacted, and others are referred to again. */
const CHECKPOINTS = { hashmap: 3, memory: 3, rocksdb: 9, 'rocksdb --incremental': 9 };
const isRocksDb = ({ backend }: Setting) => backend.startsWith('rocksdb');

describeWithFlink('a checkpoint of `ckpt run`', (flink) => {
  let root = '';
  const taken = new Map<Setting, Taken>();

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'ckpt-peers-run-'));
    const job = join(root, 'job.mjs');
    writeFileSync(job, JOB);
    for (const [index, setting] of SETTINGS.entries())
      taken.set(setting, take(job, join(root, `${index}`), setting));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(SETTINGS)(
    'has metadata that Flink reads: $backend, inline up to $inline, version $version',
    async (setting) => {
      const { directory, checkpointId } = taken.get(setting)!;
      expect(await flink.run(['metadata', directory])).toMatchObject({
        checkpointId,
        operators: expect.arrayContaining([
          expect.objectContaining({
            uid: setting.version >= 5 ? 'counter' : null,
            id: '0da08f51eaa85fc298e176a139b3649a',
            parallelism: setting.parallelism,
            maxParallelism: 128,
          }),
        ]),
      });
    },
  );

  it.each(SETTINGS)(
    'has the values of a consistent cut: $backend, inline up to $inline, version $version',
    async (setting) => {
      const { directory } = taken.get(setting)!;
      const state = ['--uid', 'counter', '--state', 'count', '--backend', flinkBackend(setting)];
      const read = await flink.run(['keyed-state', directory, ...state]);
      const counts = new Map(Object.entries(read as Record<string, string>));
      expect(counts.size).toBe(KEYS);
      const positions = await splitsOf(directory);
      expect(counts).toEqual(countsUpTo(positions));
    },
  );

  it.each(SETTINGS)(
    'restores a Flink job that goes on: $backend, inline up to $inline, version $version',
    async (setting) => {
      const { directory, checkpointId } = taken.get(setting)!;
      const keys = Array.from({ length: KEYS }, (_, key) => `key-${key}`);
      const parallelism = setting.parallelism === 1 ? 2 : 1;
      const restored = await flink.run(
        [
          'restore',
          ...[directory, '--uid', 'counter', '--state', 'count'],
          ...['--parallelism', String(parallelism), '--backend', flinkBackend(setting)],
        ],
        [...keys, 'never seen'].join('\n'),
      );
      const values = Object.fromEntries(countsUpTo(await splitsOf(directory)));
      expect(restored).toMatchObject({
        values: { ...values, 'never seen': null },
        subtasks: parallelism,
        restoredCheckpointId: checkpointId,
      });
      expect((restored as { completedCheckpointId: number }).completedCheckpointId).toBeGreaterThan(
        checkpointId,
      );
    },
  );

  it.each(SETTINGS.filter(({ backend }) => backend.endsWith('--incremental')))(
    'refers to tables of earlier checkpoints, and not to one of each: inline up to $inline, version $version',
    (setting) => {
      const { directory, checkpointId } = taken.get(setting)!;
      const { operators } = readMetadata(readFileSync(join(directory, '_metadata')));
      const handles = operators.flatMap(({ subtasks }) => subtasks.flatMap((each) => each.managedKeyedState));
      expect(handles).toHaveLength(setting.parallelism);
      for (const handle of handles) {
        if (handle.kind !== 'incremental') throw new Error(`the handle is ${handle.kind}`);
        expect(handle.shared.length).toBeLessThan(checkpointId - 1);
      }
    },
  );

  /** The source's own positions, as Flink reads them out of its operator state. */
  async function splitsOf(directory: string): Promise<readonly { next: number; step: number }[]> {
    const elements = (await flink.run([
      'operator-state',
      directory,
      ...['--uid', 'numbers', '--state', 'SourceReaderState', '--mode', 'list', '--value-type', 'bytes'],
    ])) as string[];
    return elements.map((hex) => JSON.parse(Buffer.from(hex, 'hex').toString('utf8')));
  }
});

/** How often each key comes among the numbers that the splits have given out. */
function countsUpTo(splits: readonly { next: number; step: number }[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { next, step } of splits) {
    for (let number = next % step; number < next; number += step) {
      const key = `key-${number % KEYS}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return new Map([...counts].map(([key, count]) => [key, String(count)]));
}

function flinkBackend(setting: Setting): string {
  return isRocksDb(setting) ? 'rocksdb' : 'hashmap';
}

function take(job: string, target: string, setting: Setting): Taken {
  const failure = isRocksDb(setting) ? ['--fail-at', 'checkpoint:3'] : [];
  const run = spawnSync(
    process.execPath,
    [
      ...[BINARY, 'run', job, '--json', '-p', String(setting.parallelism), '--checkpoint-dir', target],
      ...['--backend', ...setting.backend.split(' '), ...failure],
      ...['--format-version', String(setting.version)],
      ...['-D', `execution.checkpointing.data-inline-threshold=${setting.inline}`],
      ...['--interval', '200ms', '--stop-after-checkpoints', String(CHECKPOINTS[setting.backend])],
    ],
    { encoding: 'utf8', timeout: 120_000 },
  );
  if (run.status !== 0) throw new Error(`ckpt run failed: ${run.stderr}${run.stdout}`);
  const directory = new URL(JSON.parse(run.stdout).newestSnapshot).pathname;
  return { directory, checkpointId: Number(/chk-(\d+)$/.exec(directory)![1]) };
}
