// The entries of one handle of keyed state, whatever it is made of: a heap or canonical file, or RocksDB tables.
import { openRocksDbSnapshot, type RocksDbSnapshot } from '../format/sst/rocksdb-snapshot.js';
import { openTable } from '../format/sst/table.js';
import { type KeyedHeader, readKeyedHeader } from '../format/state/keyed-header.js';
import type { KeyedSnapshot, KeyedState, KeyedStateEntry } from '../format/state/keyed-state.js';
import type {
  HandleAndLocalPath,
  IncrementalHandle,
  KeyedStateHandle,
  KeyGroupRange,
} from '../model/metadata.js';
import { assertNever, FormatError, UsageError } from '../support/errors.js';
import { openKeyedFile } from './keyed-file.js';
import { locating, openStream, type StreamSource } from './state-streams.js';
import { stopsAt } from './state-types.js';

/** Keyed state of which only the header was read. */
export interface KeyedEntries {
  readonly header: KeyedHeader;
  /** The entries of a state in the key groups of `range`; without one in all. */
  entries(stateName: string, range: KeyGroupRange | undefined): AsyncIterable<KeyedStateEntry>;
}

/** Throws a UsageError where the state is of a kind that is not read here, and what store and format throw. */
export async function openKeyedState(
  handle: KeyedStateHandle,
  maxParallelism: number,
  source: StreamSource,
): Promise<KeyedEntries> {
  switch (handle.kind) {
    case 'key-groups':
    case 'savepoint-key-groups': {
      const file = await openKeyedFile(handle, maxParallelism, source);
      return { header: file.header, entries: (name, range) => entriesOfSlices(file.slices(range), name) };
    }
    case 'incremental': {
      const stream = await openStream(handle.metaStream, source);
      const metaStream = await stream.read(0, stream.sizeBytes);
      return {
        header: locating(stream, () => readKeyedHeader(metaStream)),
        entries: (name, range) =>
          entriesOfTables(handle, {
            metaStream,
            maxParallelism,
            source,
            name,
            range: range ?? handle.keyGroups,
          }),
      };
    }
    case 'changelog':
    case 'changelog-files':
    case 'changelog-memory':
      throw notRead(null, 'its keyed state is spread over a changelog');
    default:
      return assertNever(handle, 'keyed handle');
  }
}

/** The tables of a handle; what else RocksDB keeps beside them holds no state. */
export function tablesOf(handle: IncrementalHandle): readonly HandleAndLocalPath[] {
  return [...handle.shared, ...handle.private].filter(({ localPath }) => localPath.endsWith('.sst'));
}

/** Says why values cannot be had. */
export function notRead(state: string | null, reason: string): UsageError {
  const what = state === null ? 'the state of the operator' : `state ${state}`;
  return new UsageError(`${what} cannot be read: ${reason}`, {
    code: 'state-not-read',
    where: '--state',
    next: 'ckpt inspect --states shows what is known of it',
  });
}

async function* entriesOfSlices(
  slices: AsyncIterable<KeyedSnapshot>,
  name: string,
): AsyncGenerator<KeyedStateEntry> {
  for await (const slice of slices) {
    switch (slice.kind) {
      case 'readable':
        for (const entry of slice.entries()) if (entry.state.name === name) yield entry;
        break;
      case 'unknown-serializer':
        throw notRead(name, stopsAt(slice.header.unknown));
      case 'unsupported-state':
        throw notRead(name, `beside it, state ${slice.stateName} cannot be read: ${slice.reason}`);
      default:
        assertNever(slice, 'keyed snapshot');
    }
  }
}

interface TablesOfState {
  readonly metaStream: Uint8Array;
  readonly maxParallelism: number;
  readonly source: StreamSource;
  readonly name: string;
  readonly range: KeyGroupRange;
}

async function* entriesOfTables(
  handle: IncrementalHandle,
  { metaStream, maxParallelism, source, name, range: keyGroups }: TablesOfState,
): AsyncGenerator<KeyedStateEntry> {
  const tables = [];
  for (const { stream } of tablesOf(handle)) tables.push(await openTable(await openStream(stream, source)));
  const snapshot = openRocksDbSnapshot({ metaStream, tables, keyGroups, maxParallelism });
  switch (snapshot.kind) {
    case 'readable': {
      const state = snapshot.states.find((candidate) => candidate.name === name);
      if (state !== undefined) yield* entriesIn(snapshot, state);
      return;
    }
    case 'unknown-serializer':
      throw notRead(name, stopsAt(snapshot.header.unknown));
    case 'unsupported-state':
      throw notRead(name, `beside it, state ${snapshot.stateName} cannot be read: ${snapshot.reason}`);
    default:
      assertNever(snapshot, 'RocksDB snapshot');
  }
}

/** An entry that is merged from several tables has no place in a file of its own. */
async function* entriesIn(
  snapshot: Extract<RocksDbSnapshot, { readonly kind: 'readable' }>,
  state: KeyedState,
): AsyncGenerator<KeyedStateEntry> {
  try {
    yield* snapshot.entries(state);
  } catch (thrown) {
    if (!(thrown instanceof FormatError) || thrown.where !== undefined) throw thrown;
    throw thrown.foundIn(
      `an entry of state ${state.name} in its RocksDB tables`,
      'restore from another snapshot',
    );
  }
}
