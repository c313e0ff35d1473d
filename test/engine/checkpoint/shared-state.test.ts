// Incremental checkpoints share files: over failures and many checkpoints at once, each complete checkpoint has all of its
// files at any time, and in the end there is nothing that no checkpoint refers to.
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { CollectSink } from '../../../src/index.js';
import { child, type Location, parent, parseUri } from '../../../src/model/location.js';
import { visitStreams } from '../../../src/model/streams.js';
import { MemoryStorage } from '../../../src/storage/memory.js';
import type { StorageRemover } from '../../../src/storage/storage.js';
import { randomInt, seededRandom } from '../../../src/support/random.js';
import { runs, testSeed } from '../../support/runs.js';
import { countingJob } from '../support/jobs.js';
import { closeDatabases, describeRocksDb, testDatabases } from '../support/rocksdb.js';
import { JOB, simulate } from '../support/simulation.js';

/** Paths of all files of the job, and of those that its complete checkpoints refer to. */
async function filesOf(storage: StorageRemover): Promise<{ present: Set<string>; wanted: Set<string> }> {
  const present = new Set<string>();
  for await (const { entries } of storage.list(JOB))
    for (const { path, type } of entries) if (type === 'file') present.add(path);
  const wanted = new Set<string>();
  for (const path of present) {
    if (!path.endsWith('/_metadata')) continue;
    wanted.add(path);
    const location = { ...JOB, path };
    const add = (file: Location) => wanted.add(file.path);
    visitStreams(readMetadata(await storage.read(location)), {
      stream: (stream) => {
        if (stream.kind === 'relative-file') add(child(parent(location), stream.relativePath));
        if (stream.kind === 'file') add(parseUri(stream.path)!);
      },
    });
  }
  return { present, wanted };
}

describeRocksDb('files that checkpoints share', () => {
  afterEach(closeDatabases);

  test('are there as long as they are needed, and no longer', async () => {
    const cases = fc.record({
      seed: fc.integer(),
      maxConcurrent: fc.integer({ min: 1, max: 3 }),
      numRetained: fc.integer({ min: 1, max: 3 }),
      parallelism: fc.constantFrom(1, 2),
      onFinish: fc.constantFrom('retain' as const, 'delete' as const),
    });
    const check = async (each: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
      const { seed, parallelism, onFinish } = each;
      const random = seededRandom(seed);
      const storage = new MemoryStorage();
      let reused = 0;
      const interfere = () => {
        if (randomInt(random, 400) === 0) throw new Error('made to fail');
      };
      const build = countingJob(new CollectSink<string>(), {
        records: 500,
        keys: 20,
        parallelism: [1, parallelism, 1],
        interfere,
      });
      const simulated = simulate({
        build,
        seed,
        storage,
        slowStorage: true,
        databases: testDatabases(),
        options: { onFinish },
        configuration: {
          'state.backend.type': 'rocksdb',
          'execution.checkpointing.incremental': 'true',
          'execution.checkpointing.data-inline-threshold': '0b',
          'execution.checkpointing.interval': '15ms',
          'execution.checkpointing.max-concurrent-checkpoints': String(each.maxConcurrent),
          'execution.checkpointing.num-retained': String(each.numRetained),
          'restart-strategy.type': 'fixed-delay',
          'restart-strategy.fixed-delay.attempts': '1000',
          'restart-strategy.fixed-delay.delay': '5ms',
        },
      });
      for (;;) {
        const before = simulated.events.length;
        await simulated.runUntil('checkpoint-completed', completed(simulated.events) + 1);
        if (simulated.events.length === before) break;
        const { present, wanted } = await filesOf(storage);
        expect([...wanted].filter((path) => !present.has(path))).toEqual([]);
        const ids = [...wanted].filter((path) => path.includes('/shared/')).length;
        reused = Math.max(reused, ids);
      }
      expect((await simulated.finish()).status).toBe('FINISHED');
      const { present, wanted } = await filesOf(storage);
      expect([...present].sort()).toEqual([...wanted].sort());
      expect(present.size > 0).toBe(onFinish === 'retain');
      expect(reused).toBeGreaterThan(0);
    };
    await fc.assert(fc.asyncProperty(cases, check), {
      numRuns: runs({ sample: 2, full: 200 }),
      seed: testSeed,
    });
  });
});

function completed(events: readonly { readonly kind: string }[]): number {
  return events.filter(({ kind }) => kind === 'checkpoint-completed').length;
}
