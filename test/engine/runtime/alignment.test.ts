// The table of barrier alignment: in a state, on an event, these effects. A row is a story over two or three channels.
import { describe, expect, test } from 'vitest';
import {
  type AlignmentEvent,
  align,
  initialAlignment,
  track,
} from '../../../src/engine/runtime/alignment.js';

const barrier = (channel: number, checkpointId: number): AlignmentEvent => ({
  kind: 'barrier',
  channel,
  checkpointId,
});
const cancel = (channel: number, checkpointId: number): AlignmentEvent => ({
  kind: 'cancel-barrier',
  channel,
  checkpointId,
});
const overtake = (checkpointId: number): AlignmentEvent => ({ kind: 'overtake', checkpointId });
const end = (channel: number): AlignmentEvent => ({ kind: 'end-of-partition', channel });
const abort = (checkpointId: number): AlignmentEvent => ({ kind: 'abort', checkpointId });

type Row = readonly [event: AlignmentEvent, effects: string];

/** Feeds the events of a story one after the other; returns the effects of each as text. */
function tell(step: typeof align, channels: number, rows: readonly Row[]): string[] {
  let state = initialAlignment(channels);
  return rows.map(([event]) => {
    const next = step(state, event);
    state = next.state;
    return next.effects.map(textOf).join(' ');
  });
}

function textOf(effect: ReturnType<typeof align>['effects'][number]): string {
  if (effect.kind === 'unblock-all') return 'unblock-all';
  if (effect.kind === 'trigger-unaligned')
    return `trigger-unaligned(${effect.checkpointId} after ${[...effect.arrived]})`;
  return 'channel' in effect ? `block(${effect.channel})` : `${effect.kind}(${effect.checkpointId})`;
}

const stories = (
  step: typeof align,
  table: Readonly<Record<string, readonly [channels: number, ...rows: Row[]]>>,
) => {
  for (const [name, [channels, ...rows]] of Object.entries(table)) {
    test(name, () => expect(tell(step, channels, rows)).toEqual(rows.map(([, effects]) => effects)));
  }
};

describe('barriers that may overtake', () => {
  stories(align, {
    'the first takes the snapshot, nothing is blocked, and the last ends it': [
      3,
      [overtake(1), ''],
      [barrier(1, 1), 'trigger-unaligned(1 after )'],
      [barrier(0, 1), ''],
      [barrier(2, 1), ''],
      [barrier(2, 1), ''],
    ],
    'one channel: the snapshot is taken and complete at once': [
      1,
      [overtake(1), ''],
      [barrier(0, 1), 'trigger-unaligned(1 after )'],
      [barrier(0, 2), 'block(0) trigger(2) unblock-all'],
    ],
    'after a while of alignment: what is blocked goes on': [
      3,
      [barrier(0, 1), 'block(0)'],
      [overtake(1), 'trigger-unaligned(1 after 0) unblock-all'],
      [barrier(2, 1), ''],
      [barrier(1, 1), ''],
    ],
    'of a checkpoint that is aligned already: nothing happens': [
      2,
      [barrier(0, 1), 'block(0)'],
      [barrier(1, 1), 'block(1) trigger(1) unblock-all'],
      [overtake(1), ''],
    ],
    'of a checkpoint that is given up come late': [
      2,
      [overtake(1), ''],
      [barrier(0, 1), 'trigger-unaligned(1 after )'],
      [abort(1), 'unblock-all'],
      [barrier(1, 1), ''],
      [overtake(1), ''],
      [overtake(2), ''],
      [barrier(1, 2), 'trigger-unaligned(2 after )'],
      [barrier(0, 2), ''],
    ],
    'those of a savepoint are aligned all the same': [
      2,
      [overtake(1), ''],
      [barrier(0, 1), 'trigger-unaligned(1 after )'],
      [barrier(1, 1), ''],
      [barrier(0, 2), 'block(0)'],
      [barrier(1, 2), 'block(1) trigger(2) unblock-all'],
    ],
  });
});

describe('exactly-once alignment', () => {
  stories(align, {
    'one channel: the barrier triggers at once': [1, [barrier(0, 1), 'block(0) trigger(1) unblock-all']],
    'two channels: the first barrier blocks, the last triggers': [
      2,
      [barrier(1, 1), 'block(1)'],
      [barrier(0, 1), 'block(0) trigger(1) unblock-all'],
      [barrier(0, 2), 'block(0)'],
      [barrier(1, 2), 'block(1) trigger(2) unblock-all'],
    ],
    'a newer barrier gives the older checkpoint up': [
      2,
      [barrier(0, 1), 'block(0)'],
      [barrier(1, 2), 'cancel(1) unblock-all block(1)'],
      [barrier(0, 2), 'block(0) trigger(2) unblock-all'],
    ],
    'a barrier of a checkpoint that was given up is late and changes nothing': [
      2,
      [barrier(0, 1), 'block(0)'],
      [barrier(1, 2), 'cancel(1) unblock-all block(1)'],
      [barrier(0, 1), ''],
    ],
    'a cancelled barrier unblocks and is passed on': [
      2,
      [barrier(0, 1), 'block(0)'],
      [cancel(1, 1), 'cancel(1) unblock-all'],
      [barrier(1, 1), ''],
    ],
    'a cancelled barrier that comes first makes the barrier after it late': [
      2,
      [cancel(1, 1), 'cancel(1)'],
      [cancel(0, 1), ''],
      [barrier(0, 1), ''],
    ],
    'a newer cancelled barrier gives the older checkpoint up too': [
      2,
      [barrier(0, 1), 'block(0)'],
      [cancel(1, 2), 'cancel(1) cancel(2) unblock-all'],
      [barrier(0, 2), ''],
    ],
    'a cancelled barrier of an older checkpoint changes nothing': [
      2,
      [barrier(0, 2), 'block(0)'],
      [cancel(1, 1), ''],
      [barrier(1, 2), 'block(1) trigger(2) unblock-all'],
    ],
    'an ended channel counts as having delivered every barrier': [
      3,
      [end(2), ''],
      [barrier(0, 1), 'block(0)'],
      [barrier(1, 1), 'block(1) trigger(1) unblock-all'],
    ],
    'the end of the last missing channel triggers': [
      2,
      [barrier(0, 1), 'block(0)'],
      [end(1), 'trigger(1) unblock-all'],
    ],
    'a checkpoint that the coordinator gives up unblocks, and its barriers are late': [
      2,
      [barrier(0, 1), 'block(0)'],
      [abort(1), 'unblock-all'],
      [barrier(1, 1), ''],
      [barrier(1, 2), 'block(1)'],
      [barrier(0, 2), 'block(0) trigger(2) unblock-all'],
    ],
    'a checkpoint given up before its first barrier leaves an older one going': [
      2,
      [barrier(0, 1), 'block(0)'],
      [abort(2), ''],
      [barrier(1, 1), 'block(1) trigger(1) unblock-all'],
      [barrier(0, 2), ''],
      [barrier(0, 3), 'block(0)'],
    ],
    'giving up what is decided changes nothing': [
      1,
      [barrier(0, 3), 'block(0) trigger(3) unblock-all'],
      [abort(2), ''],
    ],
  });
});

describe('at-least-once tracking', () => {
  stories(track, {
    'nothing blocks; the last barrier triggers': [2, [barrier(0, 1), ''], [barrier(1, 1), 'trigger(1)']],
    'two checkpoints may be under way at once': [
      2,
      [barrier(0, 1), ''],
      [barrier(0, 2), ''],
      [barrier(1, 1), 'trigger(1)'],
      [barrier(1, 2), 'trigger(2)'],
    ],
    'a complete one makes the older ones late': [
      3,
      [barrier(0, 1), ''],
      [barrier(0, 2), ''],
      [barrier(1, 2), ''],
      [barrier(2, 2), 'trigger(2)'],
      [barrier(1, 1), ''],
    ],
    'a cancelled barrier is passed on, others go on': [
      2,
      [barrier(0, 1), ''],
      [barrier(0, 2), ''],
      [cancel(1, 1), 'cancel(1)'],
      [barrier(1, 2), 'trigger(2)'],
    ],
    'an ended channel counts as having delivered every barrier': [
      2,
      [barrier(0, 1), ''],
      [end(1), 'trigger(1)'],
    ],
    'what the coordinator gives up never triggers': [
      2,
      [barrier(0, 1), ''],
      [abort(1), ''],
      [barrier(1, 1), ''],
    ],
  });

  test('only the newest fifty checkpoints are remembered', () => {
    const first = Array.from({ length: 51 }, (_, index): Row => [barrier(0, index + 1), '']);
    const effects = tell(track, 2, [...first, [barrier(1, 1), ''], [barrier(1, 2), '']]);
    expect(effects.slice(-2)).toEqual(['', 'trigger(2)']);
  });
});
