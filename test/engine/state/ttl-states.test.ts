// State with a time to live: what is seen of it as time goes on, also after a restore.
import { describe, expect, test } from 'vitest';
import { HeapKeyedStateBackend } from '../../../src/engine/state/heap-backend.js';
import { KeyedStateStore } from '../../../src/engine/state/keyed-state-store.js';
import type { TypeSerializer } from '../../../src/format/state/serializer.js';
import {
  AggregatingStateDescriptor,
  ListStateDescriptor,
  MapStateDescriptor,
  ReducingStateDescriptor,
  type StateTtlConfig,
  Types,
  ValueStateDescriptor,
} from '../../../src/index.js';
import { ManualClock } from '../../../src/support/clock.js';

function open(config: Partial<StateTtlConfig> = {}, clock = new ManualClock(1000)) {
  const backend = new HeapKeyedStateBackend({
    operatorName: 'test',
    keyType: Types.STRING as TypeSerializer<unknown>,
    keyGroups: { first: 0, last: 127 },
    maxParallelism: 128,
  });
  const store = new KeyedStateStore(backend, clock);
  const ttl = { ttlMs: 100, ...config };
  const count = {
    createAccumulator: () => 0,
    add: (_value: string, counted: number) => counted + 1,
    getResult: (counted: number) => counted,
  };
  const states = {
    value: store.getState(new ValueStateDescriptor('value', Types.STRING).enableTimeToLive(ttl)),
    list: store.getListState(new ListStateDescriptor('list', Types.STRING).enableTimeToLive(ttl)),
    map: store.getMapState(new MapStateDescriptor('map', Types.STRING, Types.STRING).enableTimeToLive(ttl)),
    reduced: store.getReducingState(
      new ReducingStateDescriptor('reduced', (a: string, b) => a + b, Types.STRING).enableTimeToLive(ttl),
    ),
    counted: store.getAggregatingState(
      new AggregatingStateDescriptor('counted', count, Types.LONG).enableTimeToLive(ttl),
    ),
  };
  return { backend, clock, ...states };
}

const seen = ({ value, list, map, reduced, counted }: ReturnType<typeof open>) => [
  value.value(),
  list.get(),
  [...map.entries()],
  reduced.get(),
  counted.get(),
];
const NOTHING = [null, [], [], null, null];

function fill(state: ReturnType<typeof open>): void {
  state.value.update('v');
  state.list.addAll(['l']);
  state.map.put('k', 'm');
  state.reduced.add('r');
  state.counted.add('c');
}

describe('state with a time to live', () => {
  test('is there until its time is over', () => {
    const state = open();
    state.backend.setCurrentKey('a');
    fill(state);
    state.clock.advance(99);
    expect(seen(state)).toEqual(['v', ['l'], [['k', 'm']], 'r', 1]);
    state.clock.advance(1);
    expect(seen(state)).toEqual(NOTHING);
    expect([state.map.isEmpty(), state.map.contains('k')]).toEqual([true, false]);
  });

  test('begins anew with every write, of lists and maps for each part', () => {
    const state = open();
    state.backend.setCurrentKey('a');
    fill(state);
    state.clock.advance(60);
    fill(state);
    state.map.put('later', 'm');
    state.clock.advance(60);
    expect(seen(state)).toEqual([
      'v',
      ['l'],
      [
        ['k', 'm'],
        ['later', 'm'],
      ],
      'rr',
      2,
    ]);
  });

  test('begins anew with every read where that is asked for', () => {
    const state = open({ updateType: 'OnReadAndWrite' });
    state.backend.setCurrentKey('a');
    fill(state);
    for (let reads = 0; reads < 5; reads++) {
      state.clock.advance(60);
      expect(seen(state)).toEqual(['v', ['l'], [['k', 'm']], 'r', 1]);
    }
    state.clock.advance(100);
    expect(seen(state)).toEqual(NOTHING);
  });

  test('may be seen once more where that is asked for', () => {
    const state = open({ stateVisibility: 'ReturnExpiredIfNotCleanedUp' });
    state.backend.setCurrentKey('a');
    fill(state);
    state.clock.advance(1000);
    expect(seen(state)).toEqual(['v', ['l'], [['k', 'm']], 'r', 1]);
    expect(seen(state)).toEqual(NOTHING);
  });

  test('goes on to live after a restore', async () => {
    const written = open();
    written.backend.setCurrentKey('a');
    fill(written);
    const streams = {
      checkpointId: 1,
      form: 'checkpoint' as const,
      write: async (data: Uint8Array) => ({ kind: 'bytes', handleName: 'x', data }) as const,
      read: async (stream: { kind: string; data?: Uint8Array }) => stream.data ?? new Uint8Array(),
      newId: () => 'id',
    };
    const handle = await written.backend.snapshot('checkpoint')(streams);
    const restored = open({}, new ManualClock(1099));
    await restored.backend.restore([handle!], streams as never);
    restored.backend.setCurrentKey('a');
    expect(seen(restored)).toEqual(['v', ['l'], [['k', 'm']], 'r', 1]);
    restored.clock.advance(1);
    expect(seen(restored)).toEqual(NOTHING);
  });

  test('of no time is refused', () => {
    expect(() => open({ ttlMs: 0 })).toThrow('state value has a time to live of 0 ms');
  });
});
