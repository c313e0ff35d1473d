// The small parts of the runtime, each on its own.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_TIMESTAMP, type WatermarkStatus } from '../../../src/engine/operators/operator.js';
import { BATCH_RECORDS, Channel } from '../../../src/engine/runtime/channel.js';
import { InputGate } from '../../../src/engine/runtime/input-gate.js';
import { byChance, Scheduler, takingTurns } from '../../../src/engine/runtime/scheduler.js';
import { WatermarkMerger } from '../../../src/engine/runtime/watermarks.js';
import { ManualClock } from '../../../src/support/clock.js';
import { seededRandom } from '../../../src/support/random.js';

/** A merger and what it has told so far. */
function merging(channels: number) {
  const told: (number | WatermarkStatus)[] = [];
  const merger = new WatermarkMerger(channels, {
    processWatermark: (timestampMs) => told.push(timestampMs),
    processWatermarkStatus: (status) => told.push(status),
  });
  return { merger, told };
}

describe('watermarks of several channels', () => {
  test('advance with the slowest channel', () => {
    const { merger, told } = merging(2);
    merger.watermark(0, 10);
    merger.watermark(1, 5);
    merger.watermark(1, 20);
    merger.watermark(0, 15);
    expect(told).toEqual([5, 10, 15]);
  });

  test('never go back, and are the minimum over the channels', () => {
    const steps = fc.array(fc.record({ channel: fc.nat(2), timestampMs: fc.integer({ min: -50, max: 50 }) }));
    fc.assert(
      fc.property(steps, (events) => {
        const { merger, told } = merging(3);
        const highest = [NO_TIMESTAMP, NO_TIMESTAMP, NO_TIMESTAMP];
        const expected: number[] = [];
        for (const { channel, timestampMs } of events) {
          highest[channel] = Math.max(highest[channel]!, timestampMs);
          merger.watermark(channel, timestampMs);
          const minimum = Math.min(...highest);
          if (minimum > (expected.at(-1) ?? NO_TIMESTAMP)) expected.push(minimum);
        }
        expect(told).toEqual(expected);
      }),
    );
  });

  test('do not wait for an idle channel, which counts again when it has caught up', () => {
    const { merger, told } = merging(2);
    merger.watermark(0, 10);
    merger.status(1, 'idle');
    expect(told).toEqual([10]);
    merger.status(1, 'active');
    merger.watermark(1, 4);
    merger.watermark(0, 20);
    expect(told).toEqual([10, 20]);
    merger.watermark(1, 21);
    merger.watermark(0, 30);
    expect(told).toEqual([10, 20, 21]);
  });

  test('go as far as the furthest channel when all are idle, and that is told', () => {
    const { merger, told } = merging(2);
    merger.watermark(0, 10);
    merger.watermark(1, 5);
    merger.status(0, 'idle');
    merger.status(1, 'idle');
    merger.status(1, 'active');
    expect(told).toEqual([5, 10, 'idle', 'active']);
  });
});

describe('a channel', () => {
  test('keeps records and events in order, and timestamps with their records', () => {
    const channel = new Channel();
    channel.add('a', NO_TIMESTAMP);
    channel.add('b', 7);
    channel.addEvent({ kind: 'barrier', checkpointId: 1 });
    channel.add('c', NO_TIMESTAMP);
    channel.flush();
    const first = channel.poll();
    expect(first).toMatchObject({ kind: 'records', count: 2 });
    if (first?.kind !== 'records') return;
    expect([first.values[0], first.values[1], first.timestampsMs?.slice(0, 2)]).toEqual([
      'a',
      'b',
      [NO_TIMESTAMP, 7],
    ]);
    expect(channel.poll()).toEqual({ kind: 'barrier', checkpointId: 1 });
    expect(channel.poll()).toMatchObject({ count: 1, timestampsMs: null });
    expect(channel.poll()).toBeUndefined();
  });

  test('blocks its producer once when it is full, and unblocks it once when there is room', () => {
    const channel = new Channel();
    const calls: string[] = [];
    channel.producer = {
      wake: () => {},
      block: () => calls.push('block'),
      unblock: () => calls.push('unblock'),
      barrierQueued: () => {},
    };
    for (let record = 0; record < 6 * BATCH_RECORDS; record++) channel.add(record, NO_TIMESTAMP);
    expect(calls).toEqual(['block']);
    while (!channel.isEmpty) channel.poll();
    expect(calls).toEqual(['block', 'unblock']);
    expect(channel.room).toBeGreaterThan(0);
  });
});

describe('an input gate', () => {
  test('reads its channels in turns and leaves blocked ones alone', () => {
    const channels = [new Channel(), new Channel()];
    const gate = new InputGate(channels, takingTurns());
    for (const [index, channel] of channels.entries()) {
      for (const checkpointId of [1, 2])
        channel.addEvent({ kind: 'barrier', checkpointId: 10 * index + checkpointId });
    }
    gate.block(0);
    expect([gate.next(), gate.lastChannel]).toEqual([{ kind: 'barrier', checkpointId: 11 }, 1]);
    gate.unblockAll();
    const rest = [gate.next(), gate.next(), gate.next(), gate.next()];
    expect(rest.map((event) => (event?.kind === 'barrier' ? event.checkpointId : null)).sort()).toEqual([
      1,
      12,
      2,
      null,
    ]);
  });
});

describe('the scheduler', () => {
  const trace = (seed: number | null) => {
    const turns: (() => void)[] = [];
    const random = seed === null ? undefined : seededRandom(seed);
    const scheduler = new Scheduler({ nextTurn: (action) => turns.push(action) }, new ManualClock(), random);
    const steps: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      let left = 5;
      const task = {
        step: () => {
          steps.push(name);
          return --left > 0 ? ('more' as const) : ('waiting' as const);
        },
      };
      scheduler.wake(task);
      scheduler.wake(task);
    }
    scheduler.start();
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
    return steps.join('');
  };

  test('gives each task that is ready one step in turn', () => {
    expect(trace(null)).toBe('abcabcabcabcabc');
  });

  test('ends a turn when its steps have taken long', () => {
    const clock = new ManualClock();
    const turns: (() => void)[] = [];
    const scheduler = new Scheduler({ nextTurn: (action) => turns.push(action) }, clock);
    let steps = 0;
    const step = () => {
      clock.advance(6);
      return ++steps < 5 ? ('more' as const) : ('waiting' as const);
    };
    scheduler.wake({ step });
    scheduler.start();
    const stepsAfter: number[] = [];
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) {
      turn();
      stepsAfter.push(steps);
    }
    expect(stepsAfter).toEqual([2, 4, 5]);
  });

  test('picks by chance, the same for the same seed', () => {
    expect(trace(1)).toBe(trace(1));
    expect(new Set([1, 2, 3, 4].map(trace)).size).toBeGreaterThan(1);
    expect([...trace(1)].sort().join('')).toBe('aaaaabbbbbccccc');
  });

  test('takes no step before it is started nor after it is stopped', () => {
    const turns: (() => void)[] = [];
    const scheduler = new Scheduler({ nextTurn: (action) => turns.push(action) }, new ManualClock());
    let steps = 0;
    const task = { step: () => (++steps > 0 ? ('more' as const) : ('waiting' as const)) };
    scheduler.wake(task);
    expect(turns).toEqual([]);
    scheduler.start();
    turns.shift()?.();
    const before = steps;
    scheduler.stop();
    scheduler.wake(task);
    for (const turn of turns) turn();
    expect(before).toBeGreaterThan(0);
    expect(steps).toBe(before);
  });

  test('chance stays within its bounds', () => {
    const choices = byChance(seededRandom(5));
    for (let i = 0; i < 200; i++) {
      expect(choices.pick(3)).toBeLessThan(3);
      expect(choices.stepRecords()).toBeGreaterThanOrEqual(1);
    }
  });
});
