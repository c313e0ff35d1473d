// `inspect --states`: the states of one operator with their types, sizes and entries, from the headers of its files and
// as much of the files as it takes. What is missing or unreadable becomes a remark, never an error of the whole.

import { ByteReader } from '../format/bytes/byte-reader.js';
import { readTableProperties } from '../format/sst/table.js';
import { UnreadTableError } from '../format/sst/unread-table-error.js';
import { readKeyedHeader } from '../format/state/keyed-header.js';
import type { KeyedSnapshot } from '../format/state/keyed-state.js';
import { type OperatorHeader, readOperatorHeader } from '../format/state/operator-header.js';
import type {
  ChangelogHandle,
  IncrementalHandle,
  KeyedStateHandle,
  KeyGroupsHandle,
  OperatorState,
  OperatorStateHandle,
} from '../model/metadata.js';
import type { OperatorStates } from '../model/state-report.js';
import { keyedSizeBytes } from '../model/state-sizes.js';
import { mapConcurrently } from '../support/concurrency.js';
import { assertNever, BugError, CkptError } from '../support/errors.js';
import { tablesOf } from './keyed-entries.js';
import { type KeyedFile, openKeyedFile } from './keyed-file.js';
import { NamedStates } from './named-states.js';
import { locating, type OpenStream, openStream, type StreamSource } from './state-streams.js';
import { StateTally } from './state-tally.js';
import { keyedStateTypes, operatorStateTypes, stopsAt } from './state-types.js';

/** Describes the states of `operator`; `concurrency` files are read at once. */
export async function describeStates(
  operator: OperatorState,
  source: StreamSource,
  concurrency: number,
): Promise<OperatorStates> {
  const tally = new StateTally();
  const named = new NamedStates();
  for (const subtask of operator.subtasks) named.add(subtask);
  for (const report of named.reports()) tally.addNamed(report);
  const look = { tally, source, maxParallelism: operator.maxParallelism };
  const looks = operator.subtasks.flatMap(
    ({ index, managedKeyedState, rawKeyedState, managedOperatorState }) => [
      ...managedKeyedState.map((handle) => ({ index, run: () => lookIntoKeyed(handle, { ...look, index }) })),
      ...rawKeyedState.map((handle) => ({ index, run: async () => remarkRaw(handle, { ...look, index }) })),
      ...managedOperatorState.map((handle) => ({
        index,
        run: () => lookIntoOperator(handle, { ...look, index }),
      })),
    ],
  );
  await mapConcurrently(looks, concurrency, async ({ index, run }) => {
    try {
      await run();
    } catch (thrown) {
      tally.remark({ state: null, subtask: index, reason: reasonOf(thrown) });
    }
  });
  return { id: operator.id, ...tally.result() };
}

/** Errors of stores and formats are remarks; anything else is a bug, and goes on. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof CkptError) || thrown instanceof BugError) throw thrown;
  const { message, where } = thrown;
  return where === undefined || message.includes(where) ? message : `${where}: ${message}`;
}

interface Look {
  readonly tally: StateTally;
  readonly source: StreamSource;
  readonly maxParallelism: number;
  readonly index: number;
}

function remarkRaw(handle: KeyedStateHandle, { tally, index }: Look): void {
  const reason = `${keyedSizeBytes(handle)} bytes of raw keyed state, which has no names`;
  tally.remark({ state: null, subtask: index, reason });
}

async function lookIntoKeyed(handle: KeyedStateHandle, look: Look): Promise<void> {
  switch (handle.kind) {
    case 'key-groups':
    case 'savepoint-key-groups':
      return lookIntoFile(handle, look);
    case 'incremental':
      return lookIntoIncremental(handle, look);
    case 'changelog':
      return lookIntoChangelog(handle, look);
    case 'changelog-files':
    case 'changelog-memory': {
      const reason = `${keyedSizeBytes(handle)} bytes of changes, which are not told apart by state`;
      return look.tally.remark({ state: null, subtask: look.index, reason });
    }
    default:
      return assertNever(handle, 'keyed handle');
  }
}

async function lookIntoChangelog(handle: ChangelogHandle, look: Look): Promise<void> {
  for (const part of [...handle.materialized, ...handle.nonMaterialized]) {
    if (part !== null) await lookIntoKeyed(part, look);
  }
}

async function lookIntoFile(
  handle: KeyGroupsHandle,
  { tally, source, maxParallelism, index }: Look,
): Promise<void> {
  const file = await openKeyedFile(handle, maxParallelism, source);
  for (const types of keyedStateTypes(file.header)) tally.addTypes(types);
  for (const { keyGroup, start, end } of file.extents) tally.addKeyGroup(keyGroup, end - start);
  const counts = new Map<string, EntryCount>();
  try {
    const reason = await countEntries(file.slices(), counts);
    if (reason === null) return addCounts(file, counts, tally);
    tally.remark({ state: null, subtask: index, reason });
  } catch (thrown) {
    tally.remark({ state: null, subtask: index, reason: reasonOf(thrown) });
  }
  for (const { name } of file.header.states) tally.sizeUnknown(name);
}

interface EntryCount {
  rawBytes: number;
  entries: number;
}

/** Of a compressed file each state has a share of the bytes like that of its entries before compression. */
function addCounts({ header, extents }: KeyedFile, counts: Map<string, EntryCount>, tally: StateTally): void {
  const isCompressed = header.compressed;
  const storedBytes = extents.reduce((sum, { start, end }) => sum + (end - start), 0);
  const wholeBytes = [...counts.values()].reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  for (const [name, { rawBytes, entries }] of counts) {
    const bytes = isCompressed ? Math.round((storedBytes * rawBytes) / Math.max(1, wholeBytes)) : rawBytes;
    tally.addEntries(name, { bytes: BigInt(bytes), rawBytes: BigInt(rawBytes), entries });
  }
}

/** Counts what is in a file; where that cannot be told, says why. */
async function countEntries(
  slices: AsyncIterable<KeyedSnapshot>,
  counts: Map<string, EntryCount>,
): Promise<string | null> {
  for await (const slice of slices) {
    switch (slice.kind) {
      case 'readable':
        for (const { state, value, sizeBytes } of slice.entries()) {
          const count = counts.get(state.name) ?? { rawBytes: 0, entries: 0 };
          counts.set(state.name, count);
          count.rawBytes += sizeBytes;
          count.entries += state.kind === 'MAP' && value instanceof Map ? value.size : 1;
        }
        break;
      case 'unknown-serializer':
        return stopsAt(slice.header.unknown);
      case 'unsupported-state':
        return `state ${slice.stateName} cannot be read: ${slice.reason}`;
      default:
        assertNever(slice, 'keyed snapshot');
    }
  }
  return null;
}

async function lookIntoIncremental(handle: IncrementalHandle, look: Look): Promise<void> {
  const { tally, source, index } = look;
  const metaStream = await openStream(handle.metaStream, source);
  const bytes = await metaStream.read(0, metaStream.sizeBytes);
  const header = locating(metaStream, () => readKeyedHeader(bytes));
  for (const types of keyedStateTypes(header)) tally.addTypes(types);
  if (header.kind === 'partial') {
    tally.remark({ state: null, subtask: index, reason: stopsAt(header.unknown) });
  }
  for (const { localPath, stream } of tablesOf(handle)) {
    try {
      await lookIntoTable(await openStream(stream, source), tally);
    } catch (thrown) {
      const reason = `${localPath} was not read, its size is in none of the states: ${reasonOf(thrown)}`;
      tally.remark({ state: null, subtask: index, reason });
    }
  }
}

/** Only the end of a table is read. Its whole size is its state's; writes that were overtaken count as entries too. */
async function lookIntoTable(table: OpenStream, tally: StateTally): Promise<void> {
  const properties = await readTableProperties(table);
  const { columnFamily, entries, deletions, rawKeySizeBytes, rawValueSizeBytes } = properties;
  if (columnFamily === null) {
    throw new UnreadTableError('column-family', 'it does not tell its column family');
  }
  tally.addTable(columnFamily.name, {
    bytes: BigInt(table.sizeBytes),
    rawBytes: BigInt(rawKeySizeBytes) + BigInt(rawValueSizeBytes),
    entries: Math.max(0, entries - deletions),
  });
}

async function lookIntoOperator(handle: OperatorStateHandle, { tally, source, index }: Look): Promise<void> {
  const { states, unknown } = await operatorHeader(handle, source);
  for (const meta of states) tally.addTypes(operatorStateTypes(meta));
  if (unknown !== null) tally.remark({ state: null, subtask: index, reason: stopsAt(unknown) });
}

/** The elements begin where the header ends. */
async function operatorHeader(handle: OperatorStateHandle, source: StreamSource): Promise<OperatorHeader> {
  const stream = await openStream(handle.stream, source);
  const offsets = handle.states.flatMap((state) => state.offsets);
  const first = offsets.reduce((least, offset) => Math.min(least, Number(offset)), stream.sizeBytes);
  const bytes = await stream.read(0, first);
  return locating(stream, () => readOperatorHeader(new ByteReader(bytes)));
}
