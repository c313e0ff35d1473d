// Keyed state in memory against a plain model of it, through snapshots and restores at other key-group ranges.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimeWindow, timeWindowType } from '../../../src/engine/job/window.js';
import { HeapKeyedStateBackend } from '../../../src/engine/state/heap-backend.js';
import type { CheckpointStreams, StateStreams } from '../../../src/engine/state/keyed-backend.js';
import { KeyedStateStore } from '../../../src/engine/state/keyed-state-store.js';
import { writeCanonicalSnapshot } from '../../../src/format/state/canonical-snapshot.js';
import { tupleSerializer } from '../../../src/format/state/composite-serializers.js';
import { voidNamespaceSerializer } from '../../../src/format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../../src/format/state/serializer.js';
import { ListStateDescriptor, MapStateDescriptor, Types, ValueStateDescriptor } from '../../../src/index.js';
import { keyGroupOf, keyGroupRangeOf } from '../../../src/model/key-groups.js';
import type { KeyedStateHandle, StreamStateHandle } from '../../../src/model/metadata.js';
import { ManualClock } from '../../../src/support/clock.js';
import { runs, testSeed } from '../../support/runs.js';

const inMemory: CheckpointStreams & StateStreams = {
  checkpointId: 1,
  form: 'checkpoint',
  write: async (data) => ({ kind: 'bytes', handleName: 'x', data }) as StreamStateHandle,
  read: async (stream) => (stream.kind === 'bytes' ? stream.data : new Uint8Array()),
  newId: () => '00000000-0000-4000-8000-000000000000',
};

function open(keyType: TypeSerializer<never>, subtask = 0, parallelism = 1) {
  const keyGroups = keyGroupRangeOf(subtask, parallelism, 128);
  const parts = {
    operatorName: 'test',
    keyType: keyType as TypeSerializer<unknown>,
    keyGroups,
    maxParallelism: 128,
  };
  const backend = new HeapKeyedStateBackend(parts);
  const states = new KeyedStateStore(backend, new ManualClock());
  return {
    backend,
    states,
    value: states.getState(new ValueStateDescriptor('value', Types.LONG)),
    list: states.getListState(new ListStateDescriptor('list', Types.INT)),
    map: states.getMapState(new MapStateDescriptor('map', Types.STRING, Types.INT)),
  };
}

type Operation = readonly [key: number, what: 'value' | 'list' | 'map' | 'clear', argument: number];

interface Contents {
  value: number | null;
  list: number[];
  map: Map<string, number>;
}

/** Does to the state and to the model what the operations say, and compares what they read. */
function apply(
  operations: readonly Operation[],
  keyOf: (key: number) => unknown,
  state: ReturnType<typeof open>,
) {
  const model = new Map<number, Contents>();
  for (const [key, what, argument] of operations) {
    const contents: Contents = model.get(key) ?? { value: null, list: [], map: new Map() };
    model.set(key, contents);
    state.backend.setCurrentKey(keyOf(key));
    expect(read(state)).toEqual(contents);
    change(state, contents, what === 'clear' ? (`clear-${argument % 3}` as const) : what, argument);
  }
  return model;
}

type Change = 'value' | 'list' | 'map' | `clear-${number}`;

function change(state: ReturnType<typeof open>, contents: Contents, what: Change, argument: number): void {
  const mapKey = `m${argument % 2}`;
  switch (what) {
    case 'value':
      state.value.update(argument);
      contents.value = argument;
      break;
    case 'list':
      state.list.add(argument);
      contents.list.push(argument);
      break;
    case 'map':
      state.map.put(mapKey, argument);
      contents.map.set(mapKey, argument);
      break;
    case 'clear-0':
      state.value.clear();
      contents.value = null;
      break;
    case 'clear-1':
      state.list.clear();
      contents.list = [];
      break;
    default:
      state.map.remove(mapKey);
      contents.map.delete(mapKey);
  }
}

function read({ value, list, map }: ReturnType<typeof open>): Contents {
  return { value: value.value(), list: [...list.get()], map: new Map(map.entries()) };
}

const operation: fc.Arbitrary<Operation> = fc.tuple(
  fc.nat(40),
  fc.constantFrom('value', 'list', 'map', 'clear'),
  fc.nat(100),
);

describe('the hashmap backend', () => {
  const keyTypes: Readonly<Record<string, readonly [TypeSerializer<never>, (key: number) => unknown]>> = {
    strings: [Types.STRING as never, (key) => `k${key}`],
    'whole numbers': [Types.INT as never, (key) => key - 20],
    bigints: [Types.LONG_BIGINT as never, (key) => BigInt(key) << 40n],
    doubles: [Types.DOUBLE as never, (key) => [Number.NaN, 0, -0, Number.POSITIVE_INFINITY][key] ?? key / 7],
    tuples: [tupleSerializer(Types.STRING, Types.INT) as never, (key) => [`k${key % 5}`, key]],
  };
  for (const [name, [keyType, keyOf]] of Object.entries(keyTypes)) {
    test(`gives every key its own, for keys that are ${name}, also after a restore at another parallelism`, async () => {
      const check = async (operations: readonly Operation[], parallelism: number) => {
        const before = open(keyType);
        const model = apply(operations, keyOf, before);
        const handle = await before.backend.snapshot('checkpoint')(inMemory);
        const after = await restoreAll(keyType, handle!, parallelism);
        for (const [key, contents] of model) {
          const found = after.flatMap((state) => {
            try {
              state.backend.setCurrentKey(keyOf(key));
            } catch {
              return [];
            }
            return [read(state)];
          });
          expect(found).toEqual([contents]);
        }
      };
      const operations = fc.array(operation, { maxLength: 80 });
      await fc.assert(fc.asyncProperty(operations, fc.integer({ min: 1, max: 4 }), check), {
        numRuns: runs({ sample: 25, full: 500 }),
        seed: testSeed,
      });
    });
  }

  test('forgets keys without contents, and gives their room to others', async () => {
    const state = open(Types.INT as never);
    for (let key = 0; key < 30_000; key++) {
      state.backend.setCurrentKey(key);
      if (key % 2 === 0) state.value.update(key);
      if (key % 6 === 0) state.value.clear();
    }
    const wrong = Array.from({ length: 30_000 }, (_, key) => key).filter((key) => {
      state.backend.setCurrentKey(key);
      return state.value.value() !== (key % 2 === 0 && key % 6 !== 0 ? key : null);
    });
    expect(wrong).toEqual([]);
  });

  test.each([Types.DOUBLE, Types.FLOAT])(
    'takes 0 and -0 for two keys and NaN for one, as Java does: %#',
    async (type) => {
      const numbers = [0, -0, Number.NaN, 1.5];
      const openMap = (keyType: TypeSerializer<never>) => {
        const state = open(keyType);
        const map = state.states.getMapState(new MapStateDescriptor('by number', type, Types.STRING));
        return { ...state, map };
      };
      const written = openMap(type as never);
      for (const key of [...numbers, Number.NaN]) {
        written.backend.setCurrentKey(key);
        for (const mapKey of [...numbers, Number.NaN])
          written.map.put(mapKey, `${Object.is(key, -0)} ${Object.is(mapKey, -0)} ${key} ${mapKey}`);
      }
      const restored = openMap(type as never);
      await restored.backend.restore([(await written.backend.snapshot('checkpoint')(inMemory))!], inMemory);
      for (const { backend, map } of [written, restored]) {
        for (const key of numbers) {
          backend.setCurrentKey(key);
          const expected = numbers.map((mapKey) => [
            mapKey,
            `${Object.is(key, -0)} ${Object.is(mapKey, -0)} ${key} ${mapKey}`,
          ]);
          expect([...map.entries()]).toEqual(expected);
          expect([...map.keys()]).toEqual(numbers);
          expect(numbers.map((mapKey) => map.get(mapKey))).toEqual(expected.map(([, text]) => text));
        }
        map.remove(-0);
        expect([map.contains(-0), map.contains(0)]).toEqual([false, true]);
      }
    },
  );

  test('takes its copy at the snapshot: what changes afterwards is not in it', async () => {
    const state = open(Types.STRING as never);
    state.backend.setCurrentKey('a');
    state.value.update(1);
    state.list.add(1);
    const write = state.backend.snapshot('checkpoint');
    state.value.update(2);
    state.list.add(2);
    const [restored] = await restoreAll(Types.STRING as never, (await write(inMemory))!, 1);
    restored!.backend.setCurrentKey('a');
    expect(read(restored!)).toEqual({ value: 1, list: [1], map: new Map() });
  });

  test('refuses to be read or written before there is a key', () => {
    const { value, list, map } = open(Types.STRING as never);
    const uses = [() => value.value(), () => value.update(1), () => list.add(1), () => map.put('x', 1)];
    for (const use of [...uses, () => value.clear()]) expect(use).toThrow(/used before there is a key/);
  });

  test('adds a list to itself once', () => {
    const { backend, list } = open(Types.STRING as never);
    backend.setCurrentKey('a');
    list.addAll([1, 2]);
    list.addAll(list.get());
    expect(list.get()).toEqual([1, 2, 1, 2]);
  });

  test('replaces, extends and empties lists and maps', () => {
    const { backend, list, map, value } = open(Types.STRING as never);
    backend.setCurrentKey('a');
    list.addAll([1, 2]);
    list.update([3]);
    expect(list.get()).toEqual([3]);
    list.update([]);
    expect([list.get(), map.isEmpty(), map.contains('x'), map.get('x')]).toEqual([[], true, false, null]);
    map.put('x', 1);
    map.put('y', 2);
    expect([[...map.keys()], [...map.values()], map.contains('x'), map.get('y')]).toEqual([
      ['x', 'y'],
      [1, 2],
      true,
      2,
    ]);
    map.clear();
    expect([...map.entries()]).toEqual([]);
    value.update(7);
    value.update(null as unknown as number);
    expect(value.value()).toBeNull();
  });

  test('restores canonical savepoints too', async () => {
    const { backend, value } = open(Types.STRING as never);
    const state = {
      kind: 'VALUE',
      name: 'value',
      namespace: voidNamespaceSerializer as TypeSerializer<unknown>,
      value: Types.LONG as TypeSerializer<unknown>,
    } as const;
    const keyGroup = keyGroupOf(Types.STRING.javaHashCode('a'), 128);
    const { bytes, offsets } = writeCanonicalSnapshot({
      key: Types.STRING as TypeSerializer<unknown>,
      keyGroups: { first: 0, last: 127 },
      maxParallelism: 128,
      states: [{ state, forEach: (visit) => visit(keyGroup, { namespace: null, key: 'a', value: 42 }) }],
    });
    const stream = { kind: 'bytes', handleName: 'x', data: bytes } as const;
    const keyGroups = { first: 0, last: 127 };
    await backend.restore(
      [{ kind: 'savepoint-key-groups', keyGroups, offsets, stream, stateHandleId: null }],
      inMemory,
    );
    backend.setCurrentKey('a');
    expect(value.value()).toBe(42);
  });

  test('keeps windows and timers that the job has not asked for, and gives them away later', async () => {
    const window = new TimeWindow(0, 60_000);
    const written = open(Types.LONG as never);
    const windowed = new KeyedStateStore(written.backend, new ManualClock(), timeWindowType as never);
    const sums = windowed.getState(new ValueStateDescriptor('sum', Types.LONG));
    written.backend.setCurrentKey(7);
    windowed.setNamespace(window);
    sums.update(42);
    const voidType = voidNamespaceSerializer as TypeSerializer<unknown>;
    const name = '_timer_state/event_user-timers';
    written.backend.timerQueue(name, voidType).add({ timestampMs: 5, key: 7, namespace: null });

    const first = (await written.backend.snapshot('checkpoint')(inMemory))!;
    const [unaware] = await restoreAll(Types.LONG as never, first, 1);
    const second = (await unaware!.backend.snapshot('checkpoint')(inMemory))!;
    const [restored] = await restoreAll(Types.LONG as never, second, 1);
    const again = new KeyedStateStore(restored!.backend, new ManualClock(), timeWindowType as never);
    const restoredSums = again.getState(new ValueStateDescriptor('sum', Types.LONG));
    restored!.backend.setCurrentKey(7);
    again.setNamespace(window);
    expect(restoredSums.value()).toBe(42);
    expect(restored!.backend.timerQueue(name, voidType).peek()).toEqual({
      timestampMs: 5,
      key: 7,
      namespace: null,
    });
  });

  test('refuses handles of other backends', async () => {
    const { backend } = open(Types.STRING as never);
    const changes = {
      kind: 'changelog-memory',
      keyGroups: { first: 0, last: 1 },
      from: 0n,
      to: 0n,
      changes: [],
      stateHandleId: null,
    } as const;
    await expect(backend.restore([changes], inMemory)).rejects.toThrow(
      /cannot be restored: changelog-memory/,
    );
  });

  test('writes nothing where it has no states', async () => {
    const keyGroups = { first: 0, last: 127 };
    const keyType = Types.STRING as TypeSerializer<unknown>;
    const backend = new HeapKeyedStateBackend({ operatorName: 'x', keyType, keyGroups, maxParallelism: 128 });
    expect(await backend.snapshot('checkpoint')(inMemory)).toBeNull();
  });
});

async function restoreAll(keyType: TypeSerializer<never>, handle: KeyedStateHandle, parallelism: number) {
  const states = Array.from({ length: parallelism }, (_, subtask) => open(keyType, subtask, parallelism));
  for (const { backend } of states) await backend.restore([handle], inMemory);
  return states;
}
