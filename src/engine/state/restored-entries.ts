// The entries behind a keyed state handle, whichever backend wrote it: a heap or canonical file, or RocksDB tables (also
// Flink's own, for they are read without RocksDB). Source: Flink HeapRestoreOperation, FullSnapshotRestoreOperation.
import { openRocksDbSnapshot } from '../../format/sst/rocksdb-snapshot.js';
import { openTable, type Table } from '../../format/sst/table.js';
import { tableFileOf } from '../../format/sst/table-file.js';
import { openKeyedSnapshot } from '../../format/state/keyed-snapshot.js';
import type { DeclaredTypes, KeyedState, KeyedStateEntry } from '../../format/state/keyed-state.js';
import type {
  IncrementalHandle,
  KeyedStateHandle,
  KeyGroupRange,
  KeyGroupsHandle,
} from '../../model/metadata.js';
import { UsageError } from '../../support/errors.js';
import type { StateStreams } from './keyed-backend.js';

/** Keyed state that can be read. */
export interface RestoredEntries {
  readonly states: readonly KeyedState[];
  /** Those of the key groups of `range`; throws what the store throws, and FormatError. */
  entries(range: KeyGroupRange): AsyncIterable<KeyedStateEntry> | Iterable<KeyedStateEntry>;
}

/** Who restores, and what it knows of its types. */
export interface RestoringOperator {
  readonly operatorName: string;
  readonly maxParallelism: number;
  readonly streams: StateStreams;
  readonly declared: DeclaredTypes;
}

/** Throws a UsageError where the state is of a kind that cannot be restored, or a type has changed. */
export async function openRestored(
  handle: KeyedStateHandle,
  operator: RestoringOperator,
): Promise<RestoredEntries> {
  switch (handle.kind) {
    case 'key-groups':
    case 'savepoint-key-groups':
      return openFile(handle, operator);
    case 'incremental':
      return openTables(handle, operator);
    default:
      throw unreadable(operator, handle.kind);
  }
}

/** What cannot be restored, and from what it can be. */
export function unreadable({ operatorName }: { readonly operatorName: string }, what: string): UsageError {
  return new UsageError(`operator ${operatorName} has keyed state that cannot be restored: ${what}`, {
    where: operatorName,
    next: 'restore from a heap checkpoint, or from a canonical savepoint, of plain types',
  });
}

async function openFile(handle: KeyGroupsHandle, operator: RestoringOperator): Promise<RestoredEntries> {
  const { streams, maxParallelism, declared } = operator;
  const bytes = await streams.read(handle.stream);
  const snapshot = openKeyedSnapshot(bytes, { ...handle, maxParallelism }, declared);
  if (snapshot.kind !== 'readable') throw unreadable(operator, snapshot.kind);
  return {
    states: snapshot.states,
    *entries(range) {
      yield* snapshot.entries(range);
    },
  };
}

async function openTables(handle: IncrementalHandle, operator: RestoringOperator): Promise<RestoredEntries> {
  const { streams, maxParallelism, declared } = operator;
  const metaStream = await streams.read(handle.metaStream);
  const tables: Table[] = [];
  for (const { localPath, stream } of [...handle.shared, ...handle.private]) {
    if (localPath.endsWith('.sst')) tables.push(await openTable(tableFileOf(await streams.read(stream))));
  }
  const open = (keyGroups: KeyGroupRange) =>
    openRocksDbSnapshot({ metaStream, tables, keyGroups, maxParallelism }, declared);
  const snapshot = open(handle.keyGroups);
  if (snapshot.kind !== 'readable') throw unreadable(operator, snapshot.kind);
  return {
    states: snapshot.states,
    async *entries(range) {
      const narrowed = open(overlap(range, handle.keyGroups));
      if (narrowed.kind !== 'readable') throw unreadable(operator, narrowed.kind);
      for (const state of narrowed.states) {
        yield* narrowed.entries(state);
      }
    },
  };
}

function overlap(a: KeyGroupRange, b: KeyGroupRange): KeyGroupRange {
  return { first: Math.max(a.first, b.first), last: Math.min(a.last, b.last) };
}
