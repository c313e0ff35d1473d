// From keyed state handles to the database of a subtask. The files of one incremental snapshot become the database as they
// are, and what other subtasks have of it is cut off; anything else is read entry by entry.
// Source: Flink RocksDBIncrementalRestoreOperation, RocksDBFullRestoreOperation, RocksDBIncrementalCheckpointUtils.

import { openTable } from '../../../format/sst/table.js';
import { tableFileOf } from '../../../format/sst/table-file.js';
import { bindStates } from '../../../format/state/bind-states.js';
import { readKeyedHeader } from '../../../format/state/keyed-header.js';
import type { KeyedState, KeyedStateEntry, TimerState } from '../../../format/state/keyed-state.js';
import type { IncrementalHandle, KeyedStateHandle, KeyGroupRange } from '../../../model/metadata.js';
import { openRestored, type RestoringOperator, unreadable } from '../restored-entries.js';
import type { Timer } from '../timer-queue.js';
import type { DatabaseFile, LocalDatabase, LocalDatabases } from './local-database.js';
import { RowBatch } from './row-batch.js';
import { addRows, keyGroupPrefix, keyPrefixOf, rowKeyIn } from './state-rows.js';
import { readTimer } from './timer-rows.js';

/** Rows are written when so many bytes of one state have gathered. */
const BATCH_BYTES = 4 * 1024 * 1024;

export interface RestoringSubtask extends RestoringOperator {
  readonly keyGroups: KeyGroupRange;
  readonly databases: LocalDatabases;
}

export interface RestoredDatabase {
  readonly database: LocalDatabase;
  /** States that it has, of which the job may not have asked for all. */
  readonly states: readonly KeyedState[];
  /** The snapshot whose files it began with; null where it was filled entry by entry. */
  readonly base: IncrementalHandle | null;
  /** Those of the subtask's key groups, by name of their state. They are rows of the database where there is a base. */
  readonly timers: ReadonlyMap<string, readonly Timer[]>;
}

/** Throws a UsageError where state is of a kind that cannot be restored, and what store and formats throw. */
export async function restoreDatabase(
  handles: readonly KeyedStateHandle[],
  subtask: RestoringSubtask,
): Promise<RestoredDatabase> {
  const [only] = handles;
  const direct = handles.length === 1 && only?.kind === 'incremental' ? await openFiles(only, subtask) : null;
  return direct ?? fill(handles, subtask);
}

/** Null where the files are such that RocksDB as it is here cannot read them, as with those that Flink compressed. */
async function openFiles(
  handle: IncrementalHandle,
  subtask: RestoringSubtask,
): Promise<RestoredDatabase | null> {
  const { streams, databases, declared } = subtask;
  const header = readKeyedHeader(await streams.read(handle.metaStream));
  if (header.kind === 'partial') throw unreadable(subtask, 'unknown-serializer');
  const bound = bindStates(header, declared);
  if (bound.kind === 'unsupported') throw unreadable(subtask, `${bound.stateName}: ${bound.reason}`);
  const files = [...handle.shared, ...handle.private];
  const tables = files.filter(({ localPath }) => localPath.endsWith('.sst'));
  for (const { stream } of tables) {
    const { properties } = await openTable(tableFileOf(await streams.read(stream)));
    if (properties.compression !== 'NoCompression') return null;
  }
  async function* contents(): AsyncGenerator<DatabaseFile> {
    for (const { localPath, stream } of files) yield { name: localPath, bytes: await streams.read(stream) };
  }
  refuseLongNamespaces(bound.states, subtask);
  const names = bound.states.map(({ name }) => name);
  const database = await databases.open(names, contents());
  await clip(database, names, { handle, subtask });
  const timers = new Map<string, readonly Timer[]>();
  for (const state of bound.states)
    if (state.kind === 'PRIORITY_QUEUE') timers.set(state.name, await readTimers(database, state, subtask));
  return { database, states: bound.states, base: handle, timers };
}

/** Where keys and namespaces have no fixed length, rows have more than is written here. */
function refuseLongNamespaces(states: readonly KeyedState[], subtask: RestoringSubtask): void {
  for (const state of states)
    if (state.kind !== 'PRIORITY_QUEUE' && state.namespace.fixedLengthBytes === null)
      throw unreadable(subtask, `namespaces of ${state.name}`);
}

async function readTimers(
  database: LocalDatabase,
  state: TimerState,
  { keyGroups, maxParallelism }: RestoringSubtask,
): Promise<readonly Timer[]> {
  const timers: Timer[] = [];
  for (let keyGroup = keyGroups.first; keyGroup <= keyGroups.last; keyGroup++) {
    const rows = await database.scan(state.name, keyGroupPrefix(keyGroup, maxParallelism));
    timers.push(...rows.map(({ key }) => readTimer(key, state, maxParallelism)));
  }
  return timers;
}

/** Deletes the key groups that belong to other subtasks. */
async function clip(
  database: LocalDatabase,
  families: readonly string[],
  { handle, subtask }: { readonly handle: IncrementalHandle; readonly subtask: RestoringSubtask },
): Promise<void> {
  const { keyGroups, maxParallelism } = subtask;
  const prefix = (keyGroup: number) => keyGroupPrefix(keyGroup, maxParallelism);
  for (const family of families) {
    if (handle.keyGroups.first < keyGroups.first)
      await database.deleteRange(family, prefix(handle.keyGroups.first), prefix(keyGroups.first));
    if (handle.keyGroups.last > keyGroups.last)
      await database.deleteRange(family, prefix(keyGroups.last + 1), prefix(handle.keyGroups.last + 1));
  }
}

/** Reads all handles entry by entry into a new database. */
async function fill(
  handles: readonly KeyedStateHandle[],
  subtask: RestoringSubtask,
): Promise<RestoredDatabase> {
  const restored = [];
  for (const handle of handles) restored.push(await openRestored(handle, subtask));
  const states = new Map<string, KeyedState>();
  for (const each of restored) for (const state of each.states) states.set(state.name, state);
  refuseLongNamespaces([...states.values()], subtask);
  const { declared, databases } = subtask;
  const names = new Set([...declared.states.map(({ name }) => name), ...states.keys()]);
  const database = await databases.open([...names]);
  const timers = new Map<string, Timer[]>();
  try {
    for (const { entries } of restored) {
      const batches = new EntryBatches(database, subtask);
      for await (const entry of entries(subtask.keyGroups)) {
        if (entry.state.kind === 'PRIORITY_QUEUE') addTimer(timers, entry);
        else await batches.add(entry);
      }
      await batches.flush();
    }
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
  return { database, states: [...states.values()], base: null, timers };
}

function addTimer(timers: Map<string, Timer[]>, { state, key, namespace, value }: KeyedStateEntry): void {
  const known = timers.get(state.name) ?? [];
  known.push({ key, namespace, timestampMs: Number(value) });
  timers.set(state.name, known);
}

/** Entries on their way into the database, by state. */
class EntryBatches {
  readonly #database: LocalDatabase;
  readonly #subtask: RestoringSubtask;
  readonly #byState = new Map<string, RowBatch>();

  constructor(database: LocalDatabase, subtask: RestoringSubtask) {
    this.#database = database;
    this.#subtask = subtask;
  }

  async add({ state, key, namespace, value }: KeyedStateEntry): Promise<void> {
    if (state.kind === 'PRIORITY_QUEUE') return;
    const { declared, maxParallelism } = this.#subtask;
    const batch = this.#byState.get(state.name) ?? new RowBatch(state.name);
    const prefix = keyPrefixOf(key, { keyType: declared.key, maxParallelism });
    addRows(batch, state, rowKeyIn(prefix, state.namespace, namespace), { contents: value });
    this.#byState.set(state.name, batch);
    if (batch.sizeBytes < BATCH_BYTES) return;
    await this.#database.write(batch);
    this.#byState.delete(state.name);
  }

  async flush(): Promise<void> {
    for (const batch of this.#byState.values()) await this.#database.write(batch);
  }
}
