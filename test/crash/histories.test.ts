// Random lives of jobs on the bundled engine, and a cleanup by a random policy: every snapshot that was kept restores, and
// a job goes on from it to the right end. What was put aside comes back as it was.
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { runIdOf } from '../../src/cleanup/journal.js';
import { buildGraph } from '../../src/graph/graph.js';
import { CollectSink } from '../../src/index.js';
import { child, type Location, parseLocation } from '../../src/model/location.js';
import type { Plan, PolicyWords } from '../../src/model/plan.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import { ManualClock } from '../../src/support/clock.js';
import { RefusalError } from '../../src/support/errors.js';
import { seededRandom } from '../../src/support/random.js';
import { takeSurvey } from '../../src/survey/take-survey.js';
import { applyPlan } from '../../src/usecases/apply-plan.js';
import { planCleanup } from '../../src/usecases/plan-cleanup.js';
import { undo } from '../../src/usecases/undo-run.js';
import { countingJob } from '../engine/support/jobs.js';
import { closeDatabases, describeRocksDb, testDatabases } from '../engine/support/rocksdb.js';
import { type Simulation, simulate } from '../engine/support/simulation.js';
import { runs, testSeed } from '../support/runs.js';
import { dyingStorage } from './world.js';

const ROOT = parseLocation('memory:///flink', '/');
const COUNTING = { records: 160, keys: 5 };
const DAY_MS = 86_400_000;
/** A job that was killed hangs in its own world: its turns are counted. */
const MOST_TURNS = 3000;

interface Life {
  /** Below the root. */
  readonly directory: string;
  readonly parallelism: number;
  readonly retained: number;
  /** Which of the snapshots there are it is restored from, if any. */
  readonly restoreFrom: number | null;
  readonly claims: boolean;
  /** Checkpoints until it is cancelled; null runs to the end. */
  readonly cancelAfter: number | null;
  /** The call of the storage from which on its process is dead. */
  readonly killedAt: number | null;
  readonly failsAtCheckpoint: number | null;
  readonly finishedStay: boolean;
  readonly seed: number;
}

const lives: fc.Arbitrary<Life> = fc.record({
  directory: fc.constantFrom('a', 'b'),
  parallelism: fc.constantFrom(1, 2),
  retained: fc.integer({ min: 1, max: 4 }),
  restoreFrom: fc.option(fc.nat({ max: 9 }), { freq: 2 }),
  claims: fc.boolean(),
  cancelAfter: fc.option(fc.integer({ min: 1, max: 5 })),
  killedAt: fc.option(fc.integer({ min: 5, max: 200 }), { freq: 1 }),
  failsAtCheckpoint: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 1 }),
  finishedStay: fc.boolean(),
  seed: fc.nat(),
});

interface Cleanup {
  readonly flags: PolicyWords;
  readonly areStopped: boolean;
}

const RETENTION: readonly PolicyWords[] = [
  { 'keep-last': 1 },
  { 'keep-last': 2 },
  { 'keep-within': '1h' },
  { 'keep-daily': 1 },
  { 'keep-last': 1, 'keep-daily': 2 },
  {},
];

const cleanups: fc.Arbitrary<Cleanup> = fc
  .record({
    areStopped: fc.constantFrom(true, true, true, false),
    retention: fc.constantFrom(...RETENTION),
    garbage: fc.record({ quarantine: fc.boolean(), orphans: fc.boolean(), 'unknown-jobs': fc.boolean() }),
  })
  .map(({ areStopped, retention, garbage }) => ({ areStopped, flags: { ...retention, ...garbage } }));

interface Snapshot {
  readonly directory: Location;
  readonly restorable: boolean;
}

class History {
  readonly clock = new ManualClock(Date.UTC(2026, 0, 1));
  readonly storage = new MemoryStorage({ clock: this.clock });
  readonly #backend: Partial<Simulation>;
  readonly #jobs: string[] = [];

  constructor(backend: Partial<Simulation>) {
    this.#backend = backend;
  }

  async live(life: Life): Promise<void> {
    const snapshots = (await this.snapshots()).filter(({ restorable }) => restorable);
    const origin =
      life.restoreFrom === null ? undefined : snapshots[life.restoreFrom % Math.max(1, snapshots.length)];
    const jobId = `${this.#jobs.length + 1}`.padStart(32, '0');
    this.#jobs.push(jobId);
    const { cancelAfter, killedAt, failsAtCheckpoint } = life;
    const simulated = this.#start(life.parallelism, {
      seed: life.seed,
      directory: child(ROOT, life.directory),
      slowStorage: true,
      storage: killedAt === null ? this.storage : dyingStorage(this.storage, killedAt),
      configuration: { 'execution.checkpointing.num-retained': `${life.retained}` },
      options: {
        jobId,
        onFinish: life.finishedStay ? 'retain' : 'delete',
        ...(failsAtCheckpoint === null ? {} : { failAtCheckpoint: failsAtCheckpoint }),
        ...(origin === undefined
          ? {}
          : {
              restore: {
                snapshot: origin.directory,
                claimMode: life.claims ? ('claim' as const) : ('no-claim' as const),
                allowNonRestoredState: false,
              },
            }),
      },
    });
    const { job, host, events } = simulated;
    job.result.catch(() => {});
    let turns = 0;
    const isOver = () => {
      const completed = events.filter(({ kind }) => kind === 'checkpoint-completed').length;
      return turns++ > MOST_TURNS || (cancelAfter !== null && completed >= cancelAfter);
    };
    // A process that was killed may leave its world in any state: nobody goes on with it.
    const dies = (thrown: unknown) => {
      if (killedAt === null) throw thrown;
    };
    await host.run(job.result, isOver).catch(dies);
    if (cancelAfter !== null && killedAt === null) await host.run(job.cancel()).catch(dies);
    this.clock.advance(DAY_MS / 2);
  }

  /** Every snapshot that is in place. */
  async snapshots(): Promise<readonly Snapshot[]> {
    const survey = await takeSurvey([ROOT], { openReader: async () => this.storage });
    return buildGraph(survey)
      .filter(
        ({ snapshot, condition }) =>
          condition !== 'incomplete' && !snapshot.place.directory.path.includes('/.ckpt-'),
      )
      .map((node) => ({
        directory: node.snapshot.place.directory,
        restorable: 'restorable' in node && node.restorable,
      }))
      .sort((a, b) => (a.directory.path < b.directory.path ? -1 : 1));
  }

  /** Null where the policy would take all of a job of which nothing restores, which is refused. */
  async clean(cleanup: Cleanup): Promise<Plan | null> {
    try {
      return await this.#clean(cleanup);
    } catch (thrown) {
      if (thrown instanceof RefusalError && thrown.rule === 'whole-job') return null;
      throw thrown;
    }
  }

  async #clean({ flags, areStopped }: Cleanup): Promise<Plan> {
    this.clock.advance(30 * DAY_MS);
    const world = this.#world();
    const { plan } = await planCleanup(
      {
        locations: [ROOT],
        sources: {
          rest: [],
          haDirectories: [],
          word: { jobs: areStopped ? this.#jobs : [], locations: [] },
        },
        rewrites: [],
        given: {
          sections: { retention: null, cleanup: null, where: 'ckpt.yaml' },
          flags: { 'max-percent': 100, ...flags },
        },
        locate: (path) => child(ROOT, path),
        toolVersion: '1.0.0',
      },
      world,
    );
    await applyPlan(plan, world);
    return plan;
  }

  undo(plan: Plan) {
    return undo(runIdOf(plan), [ROOT], { ...this.#world(), rewrites: [] });
  }

  /** Runs a job from the snapshot to its end, which writes nothing: each key is counted up to its last number. */
  async goesOnFrom(snapshot: Location): Promise<void> {
    const sink = new CollectSink<string>();
    const restored = this.#start(
      2,
      {
        checkpoints: false,
        options: {
          jobId: 'f'.repeat(32),
          restore: { snapshot, claimMode: 'no-claim', allowNonRestoredState: false },
        },
      },
      sink,
    );
    await restored.finish();
    const counts = new Map<string, number[]>();
    for (const line of sink.committed) {
      const [key = '', count] = line.split(':');
      counts.set(key, [...(counts.get(key) ?? []), Number(count)]);
    }
    const perKey = COUNTING.records / COUNTING.keys;
    for (const [key, seen] of counts) {
      seen.sort((a, b) => a - b);
      const wanted = Array.from(seen, (_, index) => perKey - seen.length + 1 + index);
      expect(seen, `${key} from ${snapshot.path}`).toEqual(wanted);
    }
  }

  #start(parallelism: number, simulation: Partial<Simulation>, sink = new CollectSink<string>()) {
    return simulate({
      storage: this.storage,
      ...this.#backend,
      ...simulation,
      build: countingJob(sink, { ...COUNTING, parallelism: [1, parallelism, 1] }),
      configuration: {
        'execution.checkpointing.interval': '15ms',
        'execution.checkpointing.data-inline-threshold': '0',
        'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
        ...this.#backend.configuration,
        ...simulation.configuration,
      },
    });
  }

  #world() {
    const open = async () => this.storage;
    return {
      openReader: open,
      openRemover: open,
      clock: this.clock,
      concurrency: 4,
      owner: { host: 'here', processId: 1, random: seededRandom(1), hasEnded: () => true },
      signal: new AbortController().signal,
    };
  }
}

async function contentOf(storage: MemoryStorage): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { entries } of storage.list(ROOT))
    for (const { path, type, sizeBytes, modifiedMs } of entries)
      if (type === 'file' && !path.includes('/.ckpt-')) lines.push(`${path} ${sizeBytes} ${modifiedMs}`);
  return lines.sort();
}

async function holds(past: readonly Life[], cleanup: Cleanup, backend: Partial<Simulation>): Promise<void> {
  const history = new History(backend);
  await history.storage.makeDirectory(ROOT);
  for (const life of past) await history.live(life);
  const before = await history.snapshots();
  const content = await contentOf(history.storage);
  const plan = await history.clean(cleanup);
  const gone = new Set(plan?.snapshots.flatMap(({ path, action }) => (action === 'delete' ? [path] : [])));
  const kept = before.filter(({ directory }) => !gone.has(`memory://${directory.path}`));
  expect(await history.snapshots()).toEqual(kept);
  for (const { directory, restorable } of kept) if (restorable) await history.goesOnFrom(directory);
  if (plan === null || cleanup.flags.quarantine !== true || plan.noop) return;
  expect((await history.undo(plan)).failed).toEqual([]);
  expect(await contentOf(history.storage)).toEqual(content);
  expect(await history.snapshots()).toEqual(before);
}

const pasts = fc.array(lives, { minLength: 1, maxLength: 4 });

describe('whatever the lives of jobs were, and whatever the policy', () => {
  it('what is kept restores to its right values, and what was put aside comes back', {
    timeout: 36_000_000,
  }, async () => {
    const law = fc.asyncProperty(pasts, cleanups, (past, cleanup) => holds(past, cleanup, {}));
    await fc.assert(law, { seed: testSeed, numRuns: runs({ sample: 12, full: 7000 }) });
  });
});

describeRocksDb('the same with incremental checkpoints of RocksDB', () => {
  afterEach(closeDatabases);

  it('what is kept restores to its right values, and what was put aside comes back', {
    timeout: 36_000_000,
  }, async () => {
    const law = fc.asyncProperty(pasts, cleanups, async (past, cleanup) => {
      await holds(past, cleanup, {
        databases: testDatabases(),
        configuration: {
          'state.backend.type': 'rocksdb',
          'execution.checkpointing.incremental': 'true',
        },
      });
      await closeDatabases();
    });
    await fc.assert(law, { seed: testSeed, numRuns: runs({ sample: 6, full: 3000 }) });
  });
});
