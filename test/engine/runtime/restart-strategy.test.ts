// Restart strategies: the pauses after failures at given times, until there is none.
import { describe, expect, test } from 'vitest';
import { Configuration } from '../../../src/engine/configuration.js';
import { restartStrategyOf } from '../../../src/engine/runtime/restart-strategy.js';
import { UsageError } from '../../../src/support/errors.js';
import { seededRandom } from '../../../src/support/random.js';

const TYPE = 'restart-strategy.type';

function pauses(
  settings: Readonly<Record<string, string>>,
  failuresMs: readonly number[],
  takesCheckpoints = true,
): (number | null)[] {
  const random = seededRandom(1);
  const strategy = restartStrategyOf(Configuration.of(Object.entries(settings)), {
    takesCheckpoints,
    random,
  });
  return failuresMs.map((timeMs) => strategy.afterFailure(timeMs));
}

const keysOf = (strategy: string, settings: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`restart-strategy.${strategy}.${name}`, value]),
  );

describe('a job that failed', () => {
  test('starts again three times where nothing is said, and never without checkpoints', () => {
    expect(pauses({}, [0, 1, 2, 3])).toEqual([1000, 1000, 1000, null]);
    expect(pauses({}, [0], false)).toEqual([null]);
    expect(pauses({ [TYPE]: 'none' }, [0])).toEqual([null]);
  });

  test('with a fixed delay starts again so many times, without checkpoints too', () => {
    const settings = { [TYPE]: 'fixed-delay', ...keysOf('fixed-delay', { attempts: '2', delay: '5s' }) };
    expect(pauses(settings, [0, 0, 1e9], false)).toEqual([5000, 5000, null]);
  });

  test('with a failure rate gives up where too many failures lie in one interval', () => {
    const settings = {
      [TYPE]: 'failure-rate',
      ...keysOf('failure-rate', {
        'max-failures-per-interval': '2',
        'failure-rate-interval': '10s',
        delay: '3s',
      }),
    };
    expect(pauses(settings, [0, 5_000, 10_001, 15_002])).toEqual([3000, 3000, 3000, 3000]);
    expect(pauses(settings, [0, 5_000, 10_000])).toEqual([3000, 3000, null]);
  });

  const exponential = (settings: Readonly<Record<string, string>>) => ({
    [TYPE]: 'exponential-delay',
    ...keysOf('exponential-delay', {
      'initial-backoff': '1s',
      'max-backoff': '5s',
      'backoff-multiplier': '2',
      'jitter-factor': '0',
      'reset-backoff-threshold': '1min',
      ...settings,
    }),
  });

  test('with an exponential delay waits longer each time, up to the most', () => {
    expect(pauses(exponential({}), [0, 1, 2, 3, 4])).toEqual([1000, 2000, 4000, 5000, 5000]);
  });

  test('with an exponential delay begins anew when it has run for long enough', () => {
    expect(pauses(exponential({}), [0, 61_000, 61_001, 124_000, 124_001, 200_000])).toEqual([
      1000, 1000, 2000, 1000, 2000, 1000,
    ]);
  });

  test('with an exponential delay gives up after so many attempts without such a time', () => {
    const settings = exponential({ 'attempts-before-reset-backoff': '2' });
    expect(pauses(settings, [0, 1, 100_000, 100_001, 100_002])).toEqual([1000, 2000, 1000, 2000, null]);
  });

  test('with jitter waits a little more or less, never more than the most', () => {
    const waits = pauses(
      exponential({ 'jitter-factor': '0.5' }),
      [0, 100_000, 200_000, 300_000, 300_001, 300_002],
    );
    for (const wait of waits.slice(0, 4)) expect(Math.abs(wait! - 1000)).toBeLessThanOrEqual(500);
    expect(new Set(waits.slice(0, 4)).size).toBeGreaterThan(1);
    expect(Math.max(...waits.map(Number))).toBeLessThanOrEqual(5000);
  });

  test.each([
    ['restart-strategy.exponential-delay.backoff-multiplier', '0.5'],
    ['restart-strategy.exponential-delay.jitter-factor', '2'],
    ['restart-strategy.exponential-delay.jitter-factor', ''],
    [TYPE, 'sometimes'],
  ])('cannot be told %s=%s', (key, value) => {
    expect(() => Configuration.of([[key, value]])).toThrow(UsageError);
  });
});
