// Reads one stream of state and says what is wrong with it. Every byte is read; tables are held against the checksums of
// their blocks, headers against their format, key groups and elements against the offsets that the handle tells. State
// that has no checksum can be wrong in ways that nobody sees but whoever knows the values.
import { ByteReader } from '../format/bytes/byte-reader.js';
import { openTable, verifyTable } from '../format/sst/table.js';
import { UnreadTableError } from '../format/sst/unread-table-error.js';
import { readKeyedHeader } from '../format/state/keyed-header.js';
import { readOperatorHeader } from '../format/state/operator-header.js';
import { openOperatorSnapshot } from '../format/state/operator-snapshot.js';
import type { KeyGroupsHandle, OperatorStateHandle } from '../model/metadata.js';
import { assertNever, FormatError } from '../support/errors.js';
import { type KeyedFile, openKeyedFile } from './keyed-file.js';
import type { StateCheck } from './state-checks.js';
import { locating, type OpenStream, openStream, type StreamSource } from './state-streams.js';

const READ_BYTES = 1024 * 1024;
/** What is decoded is held in memory; what is larger is only read. */
const DECODED_BYTES = 16 * 1024 * 1024;

/**
 * Throws FormatError where the bytes are wrong, MissingStateError where the file is gone or ends early, UnreadTableError
 * or UsageError where something of it is not read here, and what the store throws.
 */
export async function checkState({ stream, form }: StateCheck, source: StreamSource): Promise<void> {
  const opened = await openStream(stream, source);
  switch (form.kind) {
    case 'table':
      return checkTable(opened);
    case 'keyed-header':
      return checkHeader(opened);
    case 'keyed':
      return checkKeyed(form, opened, source);
    case 'operator':
      return checkOperator(form.handle, opened);
    case 'bytes':
      return readToEnd(opened);
    default:
      return assertNever(form, 'form of state');
  }
}

async function checkHeader(file: OpenStream): Promise<void> {
  const bytes = await file.read(0, file.sizeBytes);
  locating(file, () => readKeyedHeader(bytes));
}

async function checkTable(file: OpenStream): Promise<void> {
  try {
    await verifyTable(await openTable(file));
  } catch (thrown) {
    if (thrown instanceof UnreadTableError) await readToEnd(file);
    throw thrown;
  }
}

async function readToEnd({ sizeBytes, read }: OpenStream): Promise<void> {
  for (let at = 0; at < sizeBytes; at += READ_BYTES) await read(at, Math.min(READ_BYTES, sizeBytes - at));
}

interface KeyedForm {
  readonly handle: KeyGroupsHandle;
  readonly maxParallelism: number;
}

async function checkKeyed(
  { handle, maxParallelism }: KeyedForm,
  opened: OpenStream,
  source: StreamSource,
): Promise<void> {
  expectOffsets(handle.offsets, opened.sizeBytes, 'keyGroups');
  const file = await openKeyedFile(handle, maxParallelism, source);
  const fits = file.extents.every(({ start, end }) => end - start <= DECODED_BYTES);
  if (!fits || !(await decode(file))) await readToEnd(opened);
}

/** Whether the file could be decoded, which reads all of it. */
async function decode(file: KeyedFile): Promise<boolean> {
  for await (const slice of file.slices()) {
    if (slice.kind !== 'readable') return false;
    for (const _ of slice.entries()) {
      // Decoding is the check.
    }
  }
  return true;
}

async function checkOperator({ states }: OperatorStateHandle, opened: OpenStream): Promise<void> {
  for (const { name, offsets } of states) expectOffsets(offsets, opened.sizeBytes, name);
  if (opened.sizeBytes > DECODED_BYTES) {
    const start = await opened.read(0, DECODED_BYTES);
    locating(opened, () => readOperatorHeader(new ByteReader(start)));
    return readToEnd(opened);
  }
  const bytes = await opened.read(0, opened.sizeBytes);
  locating(opened, () => openOperatorSnapshot(bytes, states));
}

/** Offset 0 is that of an empty key group. */
function expectOffsets(offsets: readonly bigint[], sizeBytes: number, field: string): void {
  const wrong = offsets.find((offset) => offset < 0n || offset > BigInt(sizeBytes));
  if (wrong === undefined) return;
  throw new FormatError(`the handle tells of state at ${wrong}, the file has ${sizeBytes} bytes`, {
    offset: sizeBytes,
    field,
  });
}
