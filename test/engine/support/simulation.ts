// Jobs in a world without real time: turns of the event loop and the clock are moved by hand, storage is in memory, and
// chance is seeded. The same seed gives the same run.
import { Configuration } from '../../../src/engine/configuration.js';
import { type JobOptions, type RunningJob, startJob } from '../../../src/engine/execute.js';
import { StreamExecutionEnvironment } from '../../../src/engine/job/environment.js';
import type { LocalDatabases } from '../../../src/engine/state/rocksdb/local-database.js';
import type { JobEvent, JobResult } from '../../../src/model/job-events.js';
import { child, type Location } from '../../../src/model/location.js';
import { MemoryStorage } from '../../../src/storage/memory.js';
import type { StorageRemover } from '../../../src/storage/storage.js';
import { ManualClock } from '../../../src/support/clock.js';
import type { EventLoop } from '../../../src/support/event-loop.js';
import { type Random, randomInt, seededRandom } from '../../../src/support/random.js';
import { trackedDatabases } from './rocksdb.js';

export const CHECKPOINTS: Location = {
  store: 'memory',
  scheme: 'memory',
  authority: '',
  path: '/checkpoints',
};
export const JOB_ID = '00000000000000000000000000000001';
/** The directory of the job that simulations run. */
export const JOB = child(CHECKPOINTS, JOB_ID);

/** An event loop and a clock that move together: a turn takes a millisecond, and when nothing is to do time jumps on. */
export class SimulatedHost implements EventLoop {
  readonly clock = new ManualClock();
  #turns: (() => void)[] = [];
  /** Calls of the real world that have not come back. */
  readonly #calls = new Set<Promise<unknown>>();

  nextTurn(action: () => void): void {
    this.#turns.push(action);
  }

  /** A call of the real world, which takes no time in this one: nothing moves on before it is done. */
  track<T>(call: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = call.then(
      () => this.#calls.delete(settled),
      () => this.#calls.delete(settled),
    );
    this.#calls.add(settled);
    return call;
  }

  /** Moves the world until `promise` is settled, or `until` says so. Throws where nothing can happen any more. */
  async run<T>(promise: Promise<T>, until: () => boolean = () => false): Promise<T | undefined> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    watched.catch(() => {});
    for (;;) {
      await microtasks();
      if (settled) return watched;
      if (this.#calls.size > 0) {
        await Promise.all(this.#calls);
        continue;
      }
      if (until()) return undefined;
      if (!this.#move()) throw new Error('the job waits for nothing: no turn and no timer is left');
    }
  }

  #move(): boolean {
    const turn = this.#turns.shift();
    const next = this.clock.nextInMs();
    if (turn === undefined && next === undefined) return false;
    turn?.();
    this.clock.advance(turn === undefined ? (next ?? 0) : 1);
    return true;
  }
}

export interface Simulation {
  readonly build: (env: StreamExecutionEnvironment) => void;
  readonly seed?: number;
  readonly configuration?: Readonly<Record<string, string>>;
  readonly options?: Partial<JobOptions>;
  readonly storage?: StorageRemover;
  /** False runs without checkpoints. */
  readonly checkpoints?: boolean;
  /** {@link CHECKPOINTS} where not given. */
  readonly directory?: Location;
  /** Lets storage calls take simulated time. */
  readonly slowStorage?: boolean;
  readonly onEvent?: (event: JobEvent) => void;
  /** For jobs with the backend RocksDB. */
  readonly databases?: LocalDatabases;
}

export interface SimulatedJob {
  readonly job: RunningJob;
  readonly host: SimulatedHost;
  readonly storage: StorageRemover;
  readonly events: JobEvent[];
  readonly output: string[];
  /** Runs to the end. */
  finish(): Promise<JobResult>;
  /** Runs until an event of this kind has come `times` times, or the job is over. */
  runUntil(kind: JobEvent['kind'], times?: number): Promise<void>;
}

export function simulate(simulation: Simulation): SimulatedJob {
  const { seed = 1, configuration = {}, options = {}, checkpoints = true } = simulation;
  const host = new SimulatedHost();
  const random = seededRandom(seed);
  const inner = simulation.storage ?? new MemoryStorage({ clock: host.clock });
  const storage = simulation.slowStorage === true ? slowStorage(inner, host.clock, random) : inner;
  const env = new StreamExecutionEnvironment();
  simulation.build(env);
  const events: JobEvent[] = [];
  const output: string[] = [];
  const settings = { 'execution.checkpointing.interval': '20ms', ...configuration };
  const job = startJob(
    env.getStreamGraph('simulated'),
    {
      configuration: Configuration.of(Object.entries(settings)),
      jobId: JOB_ID,
      onFinish: 'retain',
      ...options,
    },
    {
      storage,
      checkpointDirectory: checkpoints ? (simulation.directory ?? CHECKPOINTS) : null,
      ...(simulation.databases && {
        databases: trackedDatabases(simulation.databases, (call) => host.track(call)),
      }),
      clock: host.clock,
      random,
      eventLoop: host,
      schedulingRandom: random,
      output: (line) => output.push(line),
      onEvent: (event) => {
        events.push(event);
        simulation.onEvent?.(event);
      },
    },
  );
  return {
    job,
    host,
    storage: inner,
    events,
    output,
    finish: async () => (await host.run(job.result)) as JobResult,
    runUntil: async (kind, times = 1) => {
      await host.run(job.result, () => events.filter((event) => event.kind === kind).length >= times);
    },
  };
}

/** Resolves when all microtasks have run. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Calls that change something take 0 to 9 ms before they happen, and again before they are reported done. */
function slowStorage(inner: StorageRemover, clock: ManualClock, random: Random): StorageRemover {
  const pause = () => new Promise<void>((resolve) => clock.schedule(randomInt(random, 10), resolve));
  const slow = async <T>(call: () => Promise<T>): Promise<T> => {
    await pause();
    const result = await call();
    await pause();
    return result;
  };
  return {
    capabilities: inner.capabilities,
    list: (root) => inner.list(root),
    listDirectory: (directory) => inner.listDirectory(directory),
    stat: (location) => inner.stat(location),
    read: (location) => slow(() => inner.read(location)),
    readRange: (location, offset, length) => inner.readRange(location, offset, length),
    makeDirectory: (location) => slow(() => inner.makeDirectory(location)),
    put: (location, content) => slow(() => inner.put(location, content)),
    putPieces: (location, pieces) => slow(() => inner.putPieces(location, pieces)),
    putIfAbsent: (location, content) => slow(() => inner.putIfAbsent(location, content)),
    remove: (locations) => slow(() => inner.remove(locations)),
    removeEmptyDirectory: (location) => slow(() => inner.removeEmptyDirectory(location)),
    nowMs: (location) => inner.nowMs(location),
    copy: (from, to) => slow(() => inner.copy(from, to)),
    rename: (from, to) => slow(() => inner.rename(from, to)),
  };
}
