// Flink's option keys with their types and defaults: what `-D key=value` sets. Deprecated keys of Flink 1.x are
// understood. Sources: Flink CheckpointingOptions, StateBackendOptions, RestartStrategyOptions.
import { UsageError } from '../support/errors.js';
import { nearest } from '../support/suggestion.js';
import {
  boolean,
  type ConfigOption,
  decimal,
  duration,
  integer,
  memory,
  oneOf,
  text,
} from './config-option.js';

/** What an option is set to; `typedAs` is what the user typed for it, where that is not `-D key=text`. */
export type Property = readonly [key: string, text: string, typedAs?: string];

/** Settings of a job: texts by key, read through typed options. Immutable. */
export class Configuration {
  readonly #texts: ReadonlyMap<string, string>;

  private constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
  }

  static readonly empty = new Configuration(new Map());

  /** Checks keys and values. Of a key that comes twice the last counts. Throws UsageError. */
  static of(pairs: Iterable<Property>): Configuration {
    return Configuration.empty.with(pairs);
  }

  /** A copy with `pairs` set too. Throws UsageError. */
  with(pairs: Iterable<Property>): Configuration {
    const texts = new Map(this.#texts);
    for (const [key, text, typedAs = `-D ${key}=${text}`] of pairs) {
      const option = optionOfKey(key);
      parseValue(option, text, typedAs);
      texts.set(option.key, text);
    }
    return new Configuration(texts);
  }

  get<T>(option: ConfigOption<T>): T {
    const text = this.#texts.get(option.key);
    return text === undefined ? option.defaultValue : parseValue(option, text);
  }

  /** Whether the key was set, to whatever value. */
  has(option: ConfigOption<unknown>): boolean {
    return this.#texts.has(option.key);
  }
}

/** Reads `key=value` as `-D` takes it. Throws UsageError where there is no `=`. */
export function parseProperty(property: string): readonly [key: string, text: string] {
  const equals = property.indexOf('=');
  if (equals > 0) return [property.slice(0, equals).trim(), property.slice(equals + 1).trim()];
  throw new UsageError(`-D wants key=value, found ${property}`, {
    where: `-D ${property}`,
    next: 'write for example -D execution.checkpointing.interval=10s',
  });
}

const MAX_INLINE_BYTES = 2 ** 20;
const MAX_PARALLELISM = 32768;

/** Every option that the engine knows. */
export const options = {
  interval: duration(
    'execution.checkpointing.interval',
    null,
    'time between two checkpoints; off where not set',
  ),
  mode: oneOf(
    'execution.checkpointing.mode',
    ['EXACTLY_ONCE', 'AT_LEAST_ONCE'],
    'whether barriers are aligned',
  ),
  unaligned: {
    ...boolean(
      'execution.checkpointing.unaligned.enabled',
      false,
      'whether barriers overtake records, which become part of the checkpoint',
    ),
    deprecatedKeys: ['execution.checkpointing.unaligned'],
  },
  alignedTimeout: {
    ...duration(
      'execution.checkpointing.aligned-checkpoint-timeout',
      0,
      'how long barriers of an unaligned checkpoint wait for each other before they overtake',
    ),
    deprecatedKeys: ['execution.checkpointing.alignment-timeout'],
  },
  timeout: duration('execution.checkpointing.timeout', 600_000, 'a checkpoint that takes longer is given up'),
  minPause: duration('execution.checkpointing.min-pause', 0, 'least time from the end of one to the next'),
  maxConcurrent: integer('execution.checkpointing.max-concurrent-checkpoints', 1, { from: 1 }),
  tolerableFailures: integer('execution.checkpointing.tolerable-failed-checkpoints', 0, { from: 0 }),
  retention: oneOf(
    'execution.checkpointing.externalized-checkpoint-retention',
    ['NO_EXTERNALIZED_CHECKPOINTS', 'RETAIN_ON_CANCELLATION', 'DELETE_ON_CANCELLATION'],
    'which checkpoints stay when the job ends',
  ),
  numRetained: {
    ...integer('execution.checkpointing.num-retained', 1, { from: 1 }),
    deprecatedKeys: ['state.checkpoints.num-retained'],
  },
  storage: {
    ...oneOf(
      'execution.checkpointing.storage',
      ['filesystem', 'jobmanager'],
      'jobmanager keeps all state inside _metadata',
    ),
    deprecatedKeys: ['state.checkpoint-storage'],
  },
  directory: {
    ...text('execution.checkpointing.dir', 'where checkpoints are written; none are taken where not set'),
    deprecatedKeys: ['state.checkpoints.dir', 'state.backend.fs.checkpointdir'],
  },
  savepointDirectory: {
    ...text(
      'execution.checkpointing.savepoint-dir',
      'where savepoints go that are asked for without a place',
    ),
    deprecatedKeys: ['state.savepoints.dir', 'state.backend.fs.savepointdir'],
  },
  createSubdir: {
    ...boolean(
      'execution.checkpointing.create-subdir',
      true,
      'whether a directory named by the job id is made',
    ),
    deprecatedKeys: ['state.checkpoints.create-subdir'],
  },
  inlineThreshold: {
    ...memory('execution.checkpointing.data-inline-threshold', 20 * 1024, MAX_INLINE_BYTES),
    deprecatedKeys: ['state.storage.fs.memory-threshold'],
  },
  backend: {
    ...oneOf('state.backend.type', ['hashmap', 'rocksdb'], 'where keyed state lives while the job runs'),
    deprecatedKeys: ['state.backend'],
  },
  incremental: {
    ...boolean(
      'execution.checkpointing.incremental',
      false,
      'whether a checkpoint of RocksDB refers to files of earlier ones',
    ),
    deprecatedKeys: ['state.backend.incremental'],
  },
  rocksDbDirectory: text(
    'state.backend.rocksdb.localdir',
    'local directory for the databases of a running job; that for temporary files where not set',
  ),
  /** Flink counts RocksDB's own memory here; most of it is our cache of keys and values in its stead. */
  rocksDbMemory: memory('state.backend.rocksdb.memory.fixed-per-slot', 128 * 2 ** 20, 2 ** 40),
  rocksDbWriteBuffer: memory('state.backend.rocksdb.writebuffer.size', 64 * 2 ** 20, 2 ** 31),
  parallelism: integer('parallelism.default', 1, { from: 1, to: MAX_PARALLELISM }),
  maxParallelism: integer('pipeline.max-parallelism', -1, { from: -1, to: MAX_PARALLELISM }),
  autoWatermarkInterval: duration(
    'pipeline.auto-watermark-interval',
    200,
    'how often event time is looked at; 0 for not at all',
  ),
  restartStrategy: {
    ...oneOf(
      'restart-strategy.type',
      ['fixed-delay', 'exponential-delay', 'failure-rate', 'none'],
      'what happens after a failure',
    ),
    deprecatedKeys: ['restart-strategy'],
  },
  restartAttempts: integer('restart-strategy.fixed-delay.attempts', 1, { from: 0 }),
  restartDelay: duration('restart-strategy.fixed-delay.delay', 1000, 'pause before a restart'),
  initialBackoff: duration('restart-strategy.exponential-delay.initial-backoff', 1000, 'first pause'),
  maxBackoff: duration('restart-strategy.exponential-delay.max-backoff', 60_000, 'longest pause'),
  backoffMultiplier: decimal('restart-strategy.exponential-delay.backoff-multiplier', 1.5, {
    from: 1,
    to: 1000,
  }),
  jitterFactor: decimal('restart-strategy.exponential-delay.jitter-factor', 0.1, { from: 0, to: 1 }),
  resetBackoffThreshold: duration(
    'restart-strategy.exponential-delay.reset-backoff-threshold',
    3_600_000,
    'how long a job runs before its pauses begin anew',
  ),
  attemptsBeforeReset: integer(
    'restart-strategy.exponential-delay.attempts-before-reset-backoff',
    2 ** 31 - 1,
    { from: 1 },
  ),
  maxFailuresPerInterval: integer('restart-strategy.failure-rate.max-failures-per-interval', 1, { from: 1 }),
  failureRateInterval: duration(
    'restart-strategy.failure-rate.failure-rate-interval',
    60_000,
    'in which failures are counted',
  ),
  failureRateDelay: duration('restart-strategy.failure-rate.delay', 1000, 'pause before a restart'),
} as const satisfies Record<string, ConfigOption<unknown>>;

function optionOfKey(key: string): ConfigOption<unknown> {
  const all: readonly ConfigOption<unknown>[] = Object.values(options);
  const found = all.find((option) => option.key === key || option.deprecatedKeys.includes(key));
  if (found !== undefined) return found;
  const near = nearest(
    key,
    all.map((option) => option.key),
  );
  const next = near === undefined ? 'ckpt run --help names the options' : `did you mean ${near}?`;
  throw new UsageError(`unknown option ${key}`, { where: `-D ${key}`, next });
}

function parseValue<T>(option: ConfigOption<T>, text: string, where = option.key): T {
  try {
    return option.parse(text.trim());
  } catch (cause) {
    throw new UsageError(`${option.key} wants ${(cause as Error).message}, found ${JSON.stringify(text)}`, {
      where,
      next: 'give it such a value; ckpt run --help shows the short forms',
      cause,
    });
  }
}
