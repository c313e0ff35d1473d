// Keyed state in RocksDB against a plain model of it, in next to no memory, through incremental and full snapshots and
// restores at other key-group ranges.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeapKeyedStateBackend } from '../../../src/engine/state/heap-backend.js';
import type {
  CheckpointStreams,
  KeyedStateBackend,
  StateStreams,
} from '../../../src/engine/state/keyed-backend.js';
import { KeyedStateStore } from '../../../src/engine/state/keyed-state-store.js';
import { RocksDbKeyedStateBackend } from '../../../src/engine/state/rocksdb/rocksdb-backend.js';
import type { TypeSerializer } from '../../../src/format/state/serializer.js';
import { ListStateDescriptor, MapStateDescriptor, Types, ValueStateDescriptor } from '../../../src/index.js';
import { keyGroupOf, keyGroupRangeOf, subtaskOfKeyGroup } from '../../../src/model/key-groups.js';
import type { IncrementalHandle, KeyedStateHandle, StreamStateHandle } from '../../../src/model/metadata.js';
import { ManualClock } from '../../../src/support/clock.js';
import { runs, testSeed } from '../../support/runs.js';
import { describeRocksDb, testDatabases } from '../support/rocksdb.js';

const STRING = Types.STRING as TypeSerializer<unknown>;

/** Checkpoint storage as a map. */
class Store implements StateStreams {
  readonly owned = true;
  readonly files = new Map<string, Uint8Array>();
  #names = 0;

  async read(stream: StreamStateHandle): Promise<Uint8Array> {
    const name =
      stream.kind === 'file' ? stream.path : stream.kind === 'relative-file' && stream.relativePath;
    const bytes = this.files.get(String(name));
    if (bytes === undefined) throw new Error(`${name} is not there`);
    return bytes;
  }

  streamsOf(checkpointId: number): CheckpointStreams {
    return {
      checkpointId,
      form: 'checkpoint',
      newId: () => `id-${++this.#names}`,
      write: async (bytes, scope) => {
        const name = `${scope ?? 'exclusive'}-${++this.#names}`;
        this.files.set(name, Uint8Array.from(bytes));
        const sizeBytes = BigInt(bytes.length);
        return scope === 'shared'
          ? { kind: 'file', path: name, sizeBytes }
          : { kind: 'relative-file', relativePath: name, sizeBytes };
      },
    };
  }
}

interface Settings {
  readonly incremental: boolean;
  readonly cacheBytes: number;
  readonly maxParallelism: number;
}

const SETTINGS: Settings = { incremental: true, cacheBytes: 1_000_000, maxParallelism: 128 };

function open(settings: Settings, subtask = 0, parallelism = 1) {
  const { maxParallelism } = settings;
  const keyGroups = keyGroupRangeOf(subtask, parallelism, maxParallelism);
  const parts = { operatorName: 'test', keyType: STRING, keyGroups, maxParallelism };
  const backend = new RocksDbKeyedStateBackend(parts, { databases: testDatabases(), ...settings });
  return { backend, ...statesOf(backend) };
}

function statesOf(backend: KeyedStateBackend) {
  const states = new KeyedStateStore(backend, new ManualClock());
  return {
    states,
    value: states.getState(new ValueStateDescriptor('value', Types.LONG)),
    list: states.getListState(new ListStateDescriptor('list', Types.STRING)),
    map: states.getMapState(new MapStateDescriptor('map', Types.STRING, Types.INT)),
  };
}

type Subtask = ReturnType<typeof open>;

interface Contents {
  value: number | null;
  list: string[];
  map: Map<string, number>;
}

type Model = Map<string, Contents>;
type Operation = readonly [key: number, what: 'value' | 'add' | 'put' | 'remove' | 'clear', argument: number];

function change(subtask: Subtask, contents: Contents, [, what, argument]: Operation): void {
  const mapKey = `m${argument % 5}`;
  switch (what) {
    case 'value':
      subtask.value.update(argument);
      contents.value = argument;
      break;
    case 'add':
      subtask.list.add(`,${argument}`);
      contents.list.push(`,${argument}`);
      break;
    case 'put':
      subtask.map.put(mapKey, argument);
      contents.map.set(mapKey, argument);
      break;
    case 'remove':
      subtask.map.remove(mapKey);
      contents.map.delete(mapKey);
      break;
    case 'clear':
      [subtask.value, subtask.list, subtask.map][argument % 3]!.clear();
      if (argument % 3 === 0) contents.value = null;
      if (argument % 3 === 1) contents.list = [];
      if (argument % 3 === 2) contents.map = new Map();
  }
}

/** Processes a batch of records, each of which compares what it finds with the model and changes it. */
async function process(subtask: Subtask, model: Model, operations: readonly Operation[]): Promise<void> {
  const keys = operations.map(([key]) => `key-${key}`);
  await subtask.backend.prefetch(keys);
  for (const [position, operation] of operations.entries()) {
    subtask.backend.choose(position);
    const key = keys[position]!;
    const contents = model.get(key) ?? { value: null, list: [], map: new Map() };
    model.set(key, contents);
    expect(subtask.backend.currentKey).toBe(key);
    expect(read(subtask)).toEqual(contents);
    change(subtask, contents, operation);
  }
}

function read({ value, list, map }: Pick<Subtask, 'value' | 'list' | 'map'>): Contents {
  return { value: value.value(), list: [...list.get()], map: new Map(map.entries()) };
}

async function expectContents(subtask: Subtask, model: Model): Promise<void> {
  const keys = [...model.keys()];
  await subtask.backend.prefetch(keys);
  for (const [position, key] of keys.entries()) {
    subtask.backend.choose(position);
    expect([key, read(subtask)]).toEqual([key, model.get(key)]);
  }
}

async function checkpoint({ backend }: Subtask, store: Store, id: number): Promise<IncrementalHandle> {
  const handle = await backend.snapshot('checkpoint')(store.streamsOf(id));
  if (handle?.kind !== 'incremental') throw new Error('no incremental handle');
  return handle;
}

const pathsOf = ({ shared }: IncrementalHandle) =>
  shared.map(({ stream }) => (stream.kind === 'file' ? stream.path : stream.kind));

/** The part of a model that belongs to a subtask. */
function partOf(model: Model, subtask: number, parallelism: number, maxParallelism: number): Model {
  const owner = (key: string) =>
    subtaskOfKeyGroup(keyGroupOf(STRING.javaHashCode(key), maxParallelism), parallelism, maxParallelism);
  return new Map([...model].filter(([key]) => owner(key) === subtask));
}

const operation: fc.Arbitrary<Operation> = fc.tuple(
  fc.nat(40),
  fc.constantFrom('value', 'add', 'put', 'remove', 'clear'),
  fc.nat(1000),
);

describeRocksDb('keyed state in RocksDB', () => {
  test('is what was put there, in little memory, after any snapshots and restores', async () => {
    const step = fc.record({
      batches: fc.array(fc.array(operation, { minLength: 1, maxLength: 30 }), { maxLength: 4 }),
      confirmed: fc.boolean(),
    });
    const cases = fc.record({
      steps: fc.array(step, { minLength: 1, maxLength: 4 }),
      incremental: fc.boolean(),
      cacheBytes: fc.constantFrom(1, 4000, 1_000_000),
      maxParallelism: fc.constantFrom(128, 1000),
      parallelism: fc.integer({ min: 1, max: 3 }),
      final: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ steps, parallelism, final, ...settings }) => {
        const model: Model = new Map();
        const store = new Store();
        const first = open(settings);
        const handles: IncrementalHandle[] = [];
        for (const [index, { batches, confirmed }] of steps.entries()) {
          for (const batch of batches) await process(first, model, batch);
          handles.push(await checkpoint(first, store, index + 1));
          if (confirmed) first.backend.notifyCheckpointComplete(index + 1);
        }
        await first.backend.close();
        const second = await restoreAll([handles.at(-1)!], store, { ...settings, parallelism });
        for (const [index, subtask] of second.entries())
          await expectContents(subtask, partOf(model, index, parallelism, settings.maxParallelism));
        const parts = await Promise.all(second.map((subtask) => checkpoint(subtask, store, 9)));
        for (const { backend } of second) await backend.close();
        const third = await restoreAll(parts, store, { ...settings, parallelism: final });
        for (const [index, subtask] of third.entries())
          await expectContents(subtask, partOf(model, index, final, settings.maxParallelism));
        for (const { backend } of third) await backend.close();
      }),
      { numRuns: runs({ sample: 3, full: 300 }), seed: testSeed },
    );
  });

  test('refers again to the tables of the last confirmed checkpoint, and to no others', async () => {
    const subtask = open(SETTINGS);
    const store = new Store();
    const model: Model = new Map();
    await process(subtask, model, [[1, 'value', 1]]);
    const one = await checkpoint(subtask, store, 1);
    subtask.backend.notifyCheckpointComplete(1);
    await process(subtask, model, [[2, 'value', 2]]);
    const two = await checkpoint(subtask, store, 2);
    await process(subtask, model, [[3, 'value', 3]]);
    const three = await checkpoint(subtask, store, 3);
    subtask.backend.notifyCheckpointComplete(3);
    const four = await checkpoint(subtask, store, 4);
    expect(pathsOf(two).slice(0, 1)).toEqual(pathsOf(one));
    // The second was never confirmed: its table is written once more.
    expect(pathsOf(three)).not.toContain(pathsOf(two)[1]);
    expect(new Set(pathsOf(four))).toEqual(new Set(pathsOf(three)));
    expect(four.checkpointedSizeBytes).toBeLessThan(one.checkpointedSizeBytes!);
    await subtask.backend.close();
  });

  test('goes on with the tables that it was restored from where the job owns them', async () => {
    const subtask = open(SETTINGS);
    const store = new Store();
    const model: Model = new Map();
    await process(subtask, model, [[1, 'value', 1]]);
    const before = await checkpoint(subtask, store, 1);
    await subtask.backend.close();
    const [owner] = await restoreAll([before], store, { ...SETTINGS, parallelism: 1 });
    const after = await checkpoint(owner!, store, 2);
    expect(pathsOf(after)).toEqual(pathsOf(before));
    expect(after.backendId).toBe(before.backendId);
    await owner!.backend.close();

    const guest = open(SETTINGS);
    await guest.backend.restore([before], { owned: false, read: (stream) => store.read(stream) });
    const own = await checkpoint(guest, store, 2);
    expect(pathsOf(own)).not.toContain(pathsOf(before)[0]);
    await expectContents(guest, model);
    await guest.backend.close();
  });

  test('keeps what came after the barrier out of the snapshot', async () => {
    const subtask = open(SETTINGS);
    const store = new Store();
    const model: Model = new Map();
    await process(subtask, model, [[1, 'value', 1]]);
    const write = subtask.backend.snapshot('checkpoint');
    const written = write(store.streamsOf(1));
    await process(subtask, model, [[1, 'value', 2]]);
    const later = checkpoint(subtask, store, 2);
    const [earlier] = await restoreAll([(await written)!], store, { ...SETTINGS, parallelism: 1 });
    await expectContents(earlier!, new Map([['key-1', { value: 1, list: [], map: new Map() }]]));
    const [newer] = await restoreAll([await later], store, { ...SETTINGS, parallelism: 1 });
    await expectContents(newer!, model);
    for (const { backend } of [subtask, earlier!, newer!]) await backend.close();
  });

  test('may get a state when it is running', async () => {
    const { backend, states, value } = open(SETTINGS);
    await backend.prefetch(['a']);
    backend.choose(0);
    value.update(1);
    const store = new Store();
    await backend.snapshot('checkpoint')(store.streamsOf(1));
    const late = states.getState(new ValueStateDescriptor('late', Types.INT));
    expect(late.value()).toBeNull();
    late.update(2);
    const handle = await backend.snapshot('checkpoint')(store.streamsOf(2));
    await backend.close();
    const [restored] = await restoreAll([handle!], store, { ...SETTINGS, parallelism: 1 });
    const again = restored!.states.getState(new ValueStateDescriptor('late', Types.INT));
    await restored!.backend.prefetch(['a']);
    restored!.backend.choose(0);
    expect([restored!.value.value(), again.value()]).toEqual([1, 2]);
    await restored!.backend.close();
  });

  test('comes from a hashmap snapshot, and goes into one', async () => {
    const subtask = open(SETTINGS);
    const store = new Store();
    const model: Model = new Map();
    await process(subtask, model, [
      [1, 'value', 1],
      [2, 'add', 2],
      [3, 'put', 3],
    ]);
    const handle = await checkpoint(subtask, store, 1);
    await subtask.backend.close();
    const { keyGroups } = subtask.backend;
    const parts = { operatorName: 'test', keyType: STRING, keyGroups, maxParallelism: 128 };
    const heap = new HeapKeyedStateBackend(parts);
    const states = statesOf(heap);
    await heap.restore([handle], store);
    for (const [key, contents] of model) {
      heap.setCurrentKey(key);
      expect(read(states)).toEqual(contents);
    }
    const heapHandle = await heap.snapshot('checkpoint')(store.streamsOf(2));
    const [back] = await restoreAll([heapHandle!], store, { ...SETTINGS, parallelism: 1 });
    await expectContents(back!, model);
    await back!.backend.close();
  });

  test('says which operator has a key or a value of the wrong type', async () => {
    const { backend, states, value } = open(SETTINGS);
    expect(() => backend.prefetch([5])).toThrow('a key of operator test is no string');
    await backend.prefetch(['a']);
    backend.choose(0);
    value.update('many' as never);
    expect(() => backend.snapshot('checkpoint')).toThrow(
      'operator test has a value that is not of its state',
    );
    expect(() => states.getListState(new ListStateDescriptor('value', Types.LONG))).toThrow('two types');
    await backend.close();
  });
});

async function restoreAll(
  handles: readonly KeyedStateHandle[],
  store: Store,
  { parallelism, ...settings }: Settings & { readonly parallelism: number },
): Promise<readonly Subtask[]> {
  const subtasks = Array.from({ length: parallelism }, (_, index) => open(settings, index, parallelism));
  for (const { backend } of subtasks) {
    const { first, last } = backend.keyGroups;
    const own = handles.filter(({ keyGroups }) => keyGroups.first <= last && keyGroups.last >= first);
    await backend.restore(own, store);
  }
  return subtasks;
}
