// Flink's option keys, as -D sets them.
import { describe, expect, test } from 'vitest';
import { parseDurationMs, parseMemoryBytes } from '../../src/engine/config-option.js';
import { Configuration, options, parseProperty } from '../../src/engine/configuration.js';
import { UsageError } from '../../src/support/errors.js';

const of = (...properties: string[]) => Configuration.of(properties.map(parseProperty));

describe('a configuration', () => {
  test("has Flink's defaults", () => {
    const { empty } = Configuration;
    expect(
      Object.fromEntries(Object.values(options).map((option) => [option.key, empty.get<unknown>(option)])),
    ).toEqual({
      'execution.checkpointing.dir': null,
      'execution.checkpointing.interval': null,
      'execution.checkpointing.mode': 'EXACTLY_ONCE',
      'execution.checkpointing.unaligned.enabled': false,
      'execution.checkpointing.aligned-checkpoint-timeout': 0,
      'execution.checkpointing.timeout': 600_000,
      'execution.checkpointing.min-pause': 0,
      'execution.checkpointing.max-concurrent-checkpoints': 1,
      'execution.checkpointing.tolerable-failed-checkpoints': 0,
      'execution.checkpointing.externalized-checkpoint-retention': 'NO_EXTERNALIZED_CHECKPOINTS',
      'execution.checkpointing.num-retained': 1,
      'execution.checkpointing.savepoint-dir': null,
      'execution.checkpointing.storage': 'filesystem',
      'execution.checkpointing.create-subdir': true,
      'execution.checkpointing.data-inline-threshold': 20_480,
      'state.backend.type': 'hashmap',
      'execution.checkpointing.incremental': false,
      'state.backend.rocksdb.localdir': null,
      'state.backend.rocksdb.memory.fixed-per-slot': 128 * 2 ** 20,
      'state.backend.rocksdb.writebuffer.size': 64 * 2 ** 20,
      'parallelism.default': 1,
      'pipeline.auto-watermark-interval': 200,
      'pipeline.max-parallelism': -1,
      'restart-strategy.type': 'fixed-delay',
      'restart-strategy.fixed-delay.attempts': 1,
      'restart-strategy.fixed-delay.delay': 1000,
      'restart-strategy.exponential-delay.initial-backoff': 1000,
      'restart-strategy.exponential-delay.max-backoff': 60_000,
      'restart-strategy.exponential-delay.backoff-multiplier': 1.5,
      'restart-strategy.exponential-delay.jitter-factor': 0.1,
      'restart-strategy.exponential-delay.reset-backoff-threshold': 3_600_000,
      'restart-strategy.exponential-delay.attempts-before-reset-backoff': 2 ** 31 - 1,
      'restart-strategy.failure-rate.max-failures-per-interval': 1,
      'restart-strategy.failure-rate.failure-rate-interval': 60_000,
      'restart-strategy.failure-rate.delay': 1000,
    });
  });

  test('reads durations, sizes, choices and the keys of Flink 1.x', () => {
    const configuration = of(
      'execution.checkpointing.interval=10 s',
      'execution.checkpointing.mode = at_least_once',
      'state.checkpoints.num-retained=3',
      'state.storage.fs.memory-threshold=1kb',
      'state.checkpoints.create-subdir=FALSE',
    );
    expect(configuration.get(options.interval)).toBe(10_000);
    expect(configuration.get(options.mode)).toBe('AT_LEAST_ONCE');
    expect(configuration.get(options.numRetained)).toBe(3);
    expect(configuration.get(options.inlineThreshold)).toBe(1024);
    expect(configuration.get(options.createSubdir)).toBe(false);
    expect(configuration.has(options.timeout)).toBe(false);
  });

  test('takes the last of two settings, and can be added to', () => {
    const configuration = of('parallelism.default=2', 'parallelism.default=3');
    expect(configuration.get(options.parallelism)).toBe(3);
    expect(configuration.with([['parallelism.default', '4']]).get(options.parallelism)).toBe(4);
    expect(configuration.get(options.parallelism)).toBe(3);
  });

  const refused: Readonly<Record<string, readonly [property: string, message: RegExp, next?: RegExp]>> = {
    'an unknown key, with the nearest known one': [
      'execution.checkpointing.intervall=1s',
      /unknown option execution\.checkpointing\.intervall/,
      /did you mean execution\.checkpointing\.interval\?/,
    ],
    'a property without a value': ['parallelism.default', /wants key=value/],
    'a duration without sense': ['execution.checkpointing.interval=soon', /wants a duration .* found "soon"/],
    'a negative duration': ['execution.checkpointing.timeout=-5s', /wants a duration/],
    'a size above its limit': ['execution.checkpointing.data-inline-threshold=2mb', /at most 1048576 bytes/],
    'a number out of range': ['execution.checkpointing.num-retained=0', /whole number from 1/],
    'a number that is none': ['parallelism.default=two', /whole number from 1 to 32768/],
    'an unknown choice': ['execution.checkpointing.mode=TWICE', /one of EXACTLY_ONCE, AT_LEAST_ONCE/],
    'neither true nor false': ['execution.checkpointing.create-subdir=yes', /true or false/],
  };
  for (const [name, [property, message, next]] of Object.entries(refused)) {
    test(`refuses ${name}`, () => {
      const error = (() => {
        try {
          return of(property);
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).message).toMatch(message);
      if (next !== undefined) expect((error as UsageError).next).toMatch(next);
    });
  }
});

test('durations and sizes have the units that Flink has', () => {
  const durations = ['7', '500ms', '10 s', '2 min', '1h', '1 d', '3 millis', '1 Seconds'].map(
    parseDurationMs,
  );
  expect(durations).toEqual([7, 500, 10_000, 120_000, 3_600_000, 86_400_000, 3, 1000]);
  expect(['7', '5b', '20 kb', '1m', '2 GiB', '1 kibibytes'].map(parseMemoryBytes)).toEqual([
    7,
    5,
    20_480,
    2 ** 20,
    2 ** 31,
    1024,
  ]);
  expect(() => parseDurationMs('1 constructor')).toThrow();
});
