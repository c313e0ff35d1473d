// From keyed state handles to the database of a subtask. The files of one incremental snapshot become the database as they
// are, and what other subtasks have of it is cut off; anything else is read entry by entry.
// Source: Flink RocksDBIncrementalRestoreOperation, RocksDBFullRestoreOperation, RocksDBIncrementalCheckpointUtils.

import { ByteWriter } from '../../../format/bytes/byte-writer.js';
import { openTable } from '../../../format/sst/table.js';
import { tableFileOf } from '../../../format/sst/table-file.js';
import { bindStates } from '../../../format/state/bind-states.js';
import { keyGroupPrefixBytes, writeKeyGroupPrefix } from '../../../format/state/composite-key.js';
import { readKeyedHeader } from '../../../format/state/keyed-header.js';
import type { KeyedState } from '../../../format/state/keyed-state.js';
import { voidNamespaceSerializer } from '../../../format/state/runtime-serializers.js';
import { sameSnapshot } from '../../../format/state/snapshot-classes.js';
import type { IncrementalHandle, KeyedStateHandle, KeyGroupRange } from '../../../model/metadata.js';
import { openRestored, type RestoringOperator, unreadable } from '../restored-entries.js';
import type { DatabaseFile, LocalDatabase, LocalDatabases } from './local-database.js';
import { RowBatch } from './row-batch.js';
import { addRows, rowKeyOf } from './state-rows.js';

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
  for (const state of bound.states) refuseWindows(state, subtask);
  const files = [...handle.shared, ...handle.private];
  const tables = files.filter(({ localPath }) => localPath.endsWith('.sst'));
  for (const { stream } of tables) {
    const { properties } = await openTable(tableFileOf(await streams.read(stream)));
    if (properties.compression !== 'NoCompression') return null;
  }
  async function* contents(): AsyncGenerator<DatabaseFile> {
    for (const { localPath, stream } of files) yield { name: localPath, bytes: await streams.read(stream) };
  }
  const names = bound.states.map(({ name }) => name);
  const database = await databases.open(names, contents());
  await clip(database, names, { handle, subtask });
  return { database, states: bound.states, base: handle };
}

function refuseWindows(state: KeyedState, subtask: RestoringSubtask): void {
  if (state.kind === 'PRIORITY_QUEUE') throw unreadable(subtask, `timers of ${state.name}`);
  if (!sameSnapshot(state.namespace.snapshot, voidNamespaceSerializer.snapshot))
    throw unreadable(subtask, `windows of ${state.name}`);
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

/** What all keys of a key group begin with. The number behind the last one fits, for one bit is never used. */
function keyGroupPrefix(keyGroup: number, maxParallelism: number): Uint8Array {
  const target = new ByteWriter(16);
  writeKeyGroupPrefix(target, keyGroup, keyGroupPrefixBytes(maxParallelism));
  return target.take();
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
  const { declared, databases } = subtask;
  const names = new Set([...declared.states.map(({ name }) => name), ...states.keys()]);
  const database = await databases.open([...names]);
  try {
    for (const { entries } of restored) await writeEntries(database, entries(subtask.keyGroups), subtask);
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
  return { database, states: [...states.values()], base: null };
}

async function writeEntries(
  database: LocalDatabase,
  entries: ReturnType<Awaited<ReturnType<typeof openRestored>>['entries']>,
  { declared, maxParallelism }: RestoringSubtask,
): Promise<void> {
  const batches = new Map<string, RowBatch>();
  for await (const { state, key, value } of entries) {
    const batch = batches.get(state.name) ?? new RowBatch(state.name);
    addRows(batch, state, rowKeyOf(key, declared.key, maxParallelism), { contents: value });
    batches.set(state.name, batch);
    if (batch.sizeBytes < BATCH_BYTES) continue;
    await database.write(batch);
    batches.delete(state.name);
  }
  for (const batch of batches.values()) await database.write(batch);
}
