// A job on the bundled engine for measuring what its checkpoints take: so many keys, so many of them written again between
// two checkpoints, chosen at random. Its checkpoints are in memory, and are taken when the changes are done, so that no
// clock decides what comes out.
import { Configuration, type Property } from '../engine/configuration.js';
import { type RunningJob, startJob } from '../engine/execute.js';
import { StreamExecutionEnvironment } from '../engine/job/environment.js';
import {
  type KeyedProcessContext,
  KeyedProcessFunction,
  type RuntimeContext,
} from '../engine/job/functions.js';
import type { Source, SourceReader } from '../engine/job/source.js';
import { type ValueState, ValueStateDescriptor } from '../engine/job/state.js';
import { Types } from '../engine/job/types.js';
import type { LocalDatabases } from '../engine/state/rocksdb/local-database.js';
import type { JobEvent } from '../model/job-events.js';
import type { Location } from '../model/location.js';
import { MemoryStorage } from '../storage/memory.js';
import type { Clock } from '../support/clock.js';
import type { EventLoop } from '../support/event-loop.js';
import type { Random } from '../support/random.js';

/** What a state of one key takes besides its value, in any backend: its key, and what a file needs to tell it apart. */
const KEY_BYTES = 24;
const VALUE_BYTES = 1000;
export const ENTRY_BYTES = KEY_BYTES + VALUE_BYTES;

export interface SimulatedJob {
  readonly backend: 'hashmap' | 'rocksdb';
  readonly incremental: boolean;
  readonly keys: number;
  readonly changesPerCheckpoint: number;
  readonly retained: number;
  /** Those that are measured, after those of the beginning. */
  readonly checkpoints: number;
}

export interface SimulationWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly eventLoop: EventLoop;
  /** Needed for `rocksdb`. */
  readonly databases?: LocalDatabases;
}

/** Means over the checkpoints measured. */
export interface SimulatedSizes {
  readonly fullBytes: number;
  /** What one wrote, `_metadata` included. */
  readonly writtenBytes: number;
  /** All files in the store, between two checkpoints. */
  readonly storedBytes: number;
  readonly metadataBytes: number;
}

/** Runs the job to the last checkpoint that is measured. Throws what the engine throws. */
export async function simulateJob(job: SimulatedJob, world: SimulationWorld): Promise<SimulatedSizes> {
  const load = new Load(world.random);
  const tally = new CheckpointTally();
  const storage = new MeasuredStorage({ clock: world.clock });
  const running = startJob(
    programOf(load),
    { configuration: Configuration.of(propertiesOf(job)), onFinish: 'retain' },
    { ...world, storage, checkpointDirectory: DIRECTORY, output: () => undefined, onEvent: tally.note },
  );
  const ended = running.result.then(() => undefined);
  try {
    await Promise.race([ended, measure(job, { load, tally, storage, running })]);
  } finally {
    await running.cancel();
  }
  return tally.means();
}

const DIRECTORY: Location = { store: 'memory', scheme: 'memory', authority: 'simulation', path: '/' };
/** RocksDB compacts its newest tables when there are four of them: until then nothing is as it stays. */
const CYCLE = 4;

interface Simulation {
  readonly load: Load;
  readonly tally: CheckpointTally;
  readonly storage: MeasuredStorage;
  readonly running: RunningJob;
}

async function measure(job: SimulatedJob, { load, tally, storage, running }: Simulation): Promise<void> {
  await load.writeAll(job.keys);
  const before = CYCLE + job.retained;
  for (let checkpoint = 0; checkpoint < before + job.checkpoints; checkpoint++) {
    await running.triggerCheckpoint();
    await load.writeSome(job.changesPerCheckpoint, job.keys);
    if (checkpoint >= before) tally.measure(storage.sizeBytes());
  }
}

function propertiesOf({ backend, incremental, retained }: SimulatedJob): Property[] {
  return [
    ['state.backend.type', backend],
    ['execution.checkpointing.incremental', String(incremental)],
    ['execution.checkpointing.num-retained', String(retained)],
    ['restart-strategy.type', 'none'],
  ];
}

function programOf(load: Load) {
  const env = new StreamExecutionEnvironment();
  env
    .fromSource(load.source, 'load')
    .uid('load')
    .keyBy((key) => key, Types.LONG)
    .process(new Keep(load))
    .uid('keep')
    .print()
    .uid('print');
  return env.getStreamGraph('simulation');
}

/** Writes a new value for each record, one that cannot be compressed. Each subtask has a copy, which no #field survives. */
class Keep extends KeyedProcessFunction<number, number, never> {
  private readonly load: Load;
  private value!: ValueState<string>;

  constructor(load: Load) {
    super();
    this.load = load;
  }

  override open(context: RuntimeContext): void {
    this.value = context.getState(new ValueStateDescriptor('value', Types.STRING));
  }

  processElement(_key: number, _context: KeyedProcessContext<number>): void {
    this.value.update(this.load.value());
    this.load.done();
  }
}

/** Hands keys to the job, and knows when all of them were written. */
class Load {
  readonly #random: Random;
  #queue: number[] = [];
  #left = 0;
  #wake: () => void = () => undefined;
  #finish: () => void = () => undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  readonly source: Source<number, number> = {
    boundedness: 'unbounded',
    discoverSplits: async () => [0],
    serializeSplit: () => new Uint8Array(1),
    deserializeSplit: () => 0,
    createReader: () => this.#reader(),
  };

  writeAll(keys: number): Promise<void> {
    return this.#write(Array.from({ length: keys }, (_, key) => key));
  }

  writeSome(count: number, keys: number): Promise<void> {
    return this.#write(Array.from({ length: count }, () => Math.floor(this.#random.next() * keys)));
  }

  done(): void {
    if (--this.#left === 0) this.#finish();
  }

  value(): string {
    return Buffer.from(this.#random.bytes((VALUE_BYTES * 3) / 4)).toString('base64');
  }

  #write(keys: number[]): Promise<void> {
    if (keys.length === 0) return Promise.resolve();
    this.#queue = keys.reverse();
    this.#left = keys.length;
    this.#wake();
    return new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  #reader(): SourceReader<number, number> {
    return {
      start: async () => undefined,
      poll: (output, limit) => {
        for (let emitted = 0; emitted < limit; emitted++) {
          const key = this.#queue.pop();
          if (key === undefined) return 'nothing';
          output.collect(key);
        }
        return 'more';
      },
      available: () =>
        new Promise((resolve) => {
          this.#wake = resolve;
          if (this.#queue.length > 0) resolve();
        }),
      snapshotState: () => [0],
      close: async () => undefined,
    };
  }
}

class MeasuredStorage extends MemoryStorage {
  sizeBytes(): number {
    return [...this.files.values()].reduce((sum, { content }) => sum + content.length, 0);
  }
}

interface Sums {
  full: number;
  written: number;
  metadata: number;
}

/** Told of all events, and of the store after each checkpoint that is measured. */
class CheckpointTally {
  #newest: Sums = { full: 0, written: 0, metadata: 0 };
  readonly #measured: (Sums & { readonly stored: number })[] = [];

  readonly note = (event: JobEvent): void => {
    if (event.kind === 'checkpoint-triggered') this.#newest = { full: 0, written: 0, metadata: 0 };
    if (event.kind === 'checkpoint-acknowledged') {
      this.#newest.full += event.stateBytes;
      this.#newest.written += event.checkpointedBytes;
    }
    if (event.kind === 'checkpoint-completed') this.#newest.metadata = event.metadataBytes;
  };

  measure(storedBytes: number): void {
    this.#measured.push({ ...this.#newest, stored: storedBytes });
  }

  means(): SimulatedSizes {
    const mean = (of: (sums: Sums & { readonly stored: number }) => number) =>
      this.#measured.reduce((sum, each) => sum + of(each), 0) / this.#measured.length;
    return {
      fullBytes: mean(({ full }) => full),
      writtenBytes: mean(({ written, metadata }) => written + metadata),
      storedBytes: mean(({ stored }) => stored),
      metadataBytes: mean(({ metadata }) => metadata),
    };
  }
}
