// The keys of entries: what the user of the database sees, and which write it was. Source: RocksDB db/dbformat.h.
//
//     user key | u64: sequence number * 256 + value type
import type { TableCursor } from './table-cursor.js';
import { UnreadTableError } from './unread-table-error.js';

/** What a write did to its key. */
export type EntryKind = 'value' | 'deletion' | 'single-deletion' | 'merge' | 'range-deletion';

/** A write: the higher its sequence number, the later it was. */
export interface InternalKey {
  readonly key: Buffer;
  readonly sequence: number;
  readonly kind: EntryKind;
}

const TRAILER_BYTES = 8;
const KINDS = new Map<number, EntryKind>([
  [0x00, 'deletion'],
  [0x01, 'value'],
  [0x02, 'merge'],
  [0x07, 'single-deletion'],
  [0x0f, 'range-deletion'],
]);
/** Of databases that are opened in ways Flink does not open them. */
const UNREAD_KINDS = new Map([
  [0x11, 'values in blob files'],
  [0x14, 'deletions with a timestamp'],
  [0x16, 'wide columns'],
  [0x18, 'values with a preferred sequence number'],
]);
/** 2^53 in the upper half of the u64, which begins with bit 24 of the sequence number. */
const UPPER_LIMIT = 2 ** 29;

export function readInternalKey(
  bytes: Buffer,
  { source, position }: { readonly source: Pick<TableCursor, 'error'>; readonly position: number },
): InternalKey {
  const end = bytes.length - TRAILER_BYTES;
  if (end < 0) throw source.error(`a key of ${bytes.length} bytes has no sequence number`, 'key', position);
  const lower = bytes.readUInt32LE(end);
  const upper = bytes.readUInt32LE(end + 4);
  if (upper >= UPPER_LIMIT) throw source.error('a sequence number beyond 2^53', 'key', position);
  const type = lower & 0xff;
  const kind = KINDS.get(type);
  if (kind === undefined) {
    const unread = UNREAD_KINDS.get(type);
    if (unread !== undefined) throw new UnreadTableError('value-type', `${unread} are not read`);
    throw source.error(`no value type ${type}`, 'key', position);
  }
  return { key: bytes.subarray(0, end), sequence: upper * 2 ** 24 + (lower >>> 8), kind };
}
