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
import { assertNever, BugError, CkptError, FormatError } from '../support/errors.js';
import { tablesOf } from './keyed-entries.js';
import { openKeyedFile } from './keyed-file.js';
import { NamedStates } from './named-states.js';
import { type OpenStream, openStream, readWhole, type StreamSource } from './state-streams.js';
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
      tally.remark({ state: null, subtask: index, reason: expected(thrown).message });
    }
  });
  return { id: operator.id, ...tally.result() };
}

/** Errors of stores and formats are remarks; anything else is a bug, and goes on. */
function expected(thrown: unknown): CkptError {
  if (thrown instanceof CkptError && !(thrown instanceof BugError)) return thrown;
  throw thrown;
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
  const reason = await countEntries(file.slices(), tally);
  if (reason === null) return;
  for (const { name } of file.header.states) tally.sizeUnknown(name);
  tally.remark({ state: null, subtask: index, reason });
}

/** Counts what is in a file; where that cannot be told, says why. */
async function countEntries(slices: AsyncIterable<KeyedSnapshot>, tally: StateTally): Promise<string | null> {
  for await (const slice of slices) {
    switch (slice.kind) {
      case 'readable':
        for (const { name } of slice.states) tally.addEntries(name, { bytes: 0, entries: 0 });
        for (const { state, value, sizeBytes } of slice.entries()) {
          const entries = state.kind === 'MAP' && value instanceof Map ? value.size : 1;
          tally.addEntries(state.name, { bytes: sizeBytes, entries });
        }
        break;
      case 'compressed':
        return 'the file is compressed with snappy: the sizes of its states are not told apart';
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
  const header = readKeyedHeader(await readWhole(handle.metaStream, source));
  for (const types of keyedStateTypes(header)) tally.addTypes(types);
  if (header.kind === 'partial') {
    tally.remark({ state: null, subtask: index, reason: stopsAt(header.unknown) });
  }
  for (const { localPath, stream } of tablesOf(handle)) {
    try {
      await lookIntoTable(await openStream(stream, source), tally);
    } catch (thrown) {
      const reason = `${localPath} was not read, its size is in none of the states: ${expected(thrown).message}`;
      tally.remark({ state: null, subtask: index, reason });
    }
  }
}

/** Only the end of a table is read. Its whole size is its state's; writes that were overtaken count as entries too. */
async function lookIntoTable(table: OpenStream, tally: StateTally): Promise<void> {
  const { columnFamily, entries, deletions } = await readTableProperties(table);
  if (columnFamily === null)
    throw new UnreadTableError('column-family', 'it does not tell its column family');
  tally.addTable(columnFamily.name, { bytes: table.sizeBytes, entries: entries - deletions });
}

async function lookIntoOperator(handle: OperatorStateHandle, { tally, source, index }: Look): Promise<void> {
  const { states, unknown } = await operatorHeader(handle, source);
  for (const meta of states) tally.addTypes(operatorStateTypes(meta));
  if (unknown !== null) tally.remark({ state: null, subtask: index, reason: stopsAt(unknown) });
}

/** The elements begin where the header ends, unless they are compressed: then the whole file is read. */
async function operatorHeader(handle: OperatorStateHandle, source: StreamSource): Promise<OperatorHeader> {
  const stream = await openStream(handle.stream, source);
  const starts = handle.states.flatMap(({ offsets }) => offsets.map(Number));
  const first = Math.min(stream.sizeBytes, ...starts);
  try {
    return readOperatorHeader(new ByteReader(await stream.read(0, first)));
  } catch (thrown) {
    if (!(thrown instanceof FormatError) || first === stream.sizeBytes) throw thrown;
    return readOperatorHeader(new ByteReader(await stream.read(0, stream.sizeBytes)));
  }
}
