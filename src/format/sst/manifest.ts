// The MANIFEST of a RocksDB database: a log of edits whose sum says which tables are alive. What was appended so far is
// a sound MANIFEST of its own, so a copy of it and of the tables that it names is a database.
// Source: RocksDB VersionEdit (db/version_edit.cc), log::Reader (db/log_reader.cc).
import { FormatError } from '../../support/errors.js';
import { maskedCrc32c } from './crc32c.js';
import { TableCursor } from './table-cursor.js';
import { UnreadTableError } from './unread-table-error.js';

/** What a MANIFEST says up to its last whole edit. */
export interface LiveTables {
  /** Numbers of the tables, those of all column families, ascending: table 25 is `000025.sst`. */
  readonly numbers: readonly number[];
  /** Length up to there; what follows was being written. */
  readonly sizeBytes: number;
}

/** Throws FormatError where the log is damaged, UnreadTableError for edits of a kind that is not known here. */
export function readLiveTables(manifest: Uint8Array): LiveTables {
  const tables = new Map<number, number>();
  let group: Edit[] = [];
  let sizeBytes = 0;
  for (const { payload, end, start } of logRecords(manifest)) {
    const edit = readEdit(payload, start);
    group.push(edit);
    if (edit.editsToCome > 0) continue;
    for (const each of group) apply(each, tables);
    group = [];
    sizeBytes = end;
  }
  return { numbers: [...tables.keys()].sort((a, b) => a - b), sizeBytes };
}

/** One change of one column family. */
interface Edit {
  columnFamily: number;
  dropsColumnFamily: boolean;
  /** Edits that must follow for this one to count. */
  editsToCome: number;
  readonly added: number[];
  readonly deleted: number[];
}

function apply({ columnFamily, dropsColumnFamily, added, deleted }: Edit, tables: Map<number, number>): void {
  for (const number of deleted) tables.delete(number);
  for (const number of added) tables.set(number, columnFamily);
  if (!dropsColumnFamily) return;
  for (const [number, owner] of tables) if (owner === columnFamily) tables.delete(number);
}

/** Tags of edits, by the number that is written. Those that name no table are read to be passed over. */
const TAG = {
  comparator: 1,
  logNumber: 2,
  nextFileNumber: 3,
  lastSequence: 4,
  compactCursor: 5,
  deletedFile: 6,
  newFile: 7,
  prevLogNumber: 9,
  minLogNumberToKeep: 10,
  newFile2: 100,
  newFile3: 102,
  newFile4: 103,
  columnFamily: 200,
  columnFamilyAdd: 201,
  columnFamilyDrop: 202,
  maxColumnFamily: 203,
  inAtomicGroup: 300,
} as const;

/** Tags with this bit are followed by their length, but for the few that came before that rule. */
const IGNORABLE = 1 << 13;
const IGNORABLE_WITHOUT_LENGTH = [8194, 8195, 8196, 8197];
/** Ends the further fields of a file. */
const TERMINATE = 1;

function readEdit(payload: Uint8Array, offset: number): Edit {
  const source = new TableCursor(payload, { offset, field: 'manifest', wasCompressed: true });
  const edit: Edit = { columnFamily: 0, dropsColumnFamily: false, editsToCome: 0, added: [], deleted: [] };
  while (source.remaining > 0) readField(source, edit);
  return edit;
}

function readField(source: TableCursor, edit: Edit): void {
  const tag = source.varint32('tag');
  switch (tag) {
    case TAG.logNumber:
    case TAG.nextFileNumber:
    case TAG.lastSequence:
    case TAG.prevLogNumber:
    case TAG.minLogNumberToKeep:
    case TAG.maxColumnFamily:
      source.varint64('number');
      return;
    case TAG.comparator:
    case TAG.columnFamilyAdd:
      skipBytes(source);
      return;
    case TAG.compactCursor:
      source.varint32('level');
      skipBytes(source);
      return;
    case TAG.deletedFile:
      source.varint32('level');
      edit.deleted.push(source.varint64('fileNumber'));
      return;
    case TAG.newFile:
    case TAG.newFile2:
    case TAG.newFile3:
    case TAG.newFile4:
      edit.added.push(readNewFile(source, tag));
      return;
    case TAG.columnFamily:
      edit.columnFamily = source.varint32('columnFamily');
      return;
    case TAG.columnFamilyDrop:
      edit.dropsColumnFamily = true;
      return;
    case TAG.inAtomicGroup:
      edit.editsToCome = source.varint32('editsToCome');
      return;
    default:
      skipUnknown(source, tag);
  }
}

/**
 *     v32 level | v64 number | 3: v32 path | v64 size | bytes smallest | bytes largest | 2, 3, 4: two v64 sequences
 *     4: then fields, each v32 tag and bytes, up to tag 1
 */
function readNewFile(source: TableCursor, tag: number): number {
  source.varint32('level');
  const number = source.varint64('fileNumber');
  if (tag === TAG.newFile3) source.varint32('path');
  source.varint64('fileSize');
  skipBytes(source);
  skipBytes(source);
  if (tag === TAG.newFile) return number;
  source.varint64('smallestSequence');
  source.varint64('largestSequence');
  if (tag === TAG.newFile4) while (source.varint32('fieldTag') !== TERMINATE) skipBytes(source);
  return number;
}

function skipUnknown(source: TableCursor, tag: number): void {
  if ((tag & IGNORABLE) === 0 || IGNORABLE_WITHOUT_LENGTH.includes(tag)) {
    throw new UnreadTableError(
      'manifest',
      `the MANIFEST has an edit of kind ${tag}, which is not known here`,
    );
  }
  skipBytes(source);
}

function skipBytes(source: TableCursor): void {
  source.bytes(source.varint32('length'), 'bytes');
}

const BLOCK_BYTES = 32 * 1024;
const HEADER_BYTES = 7;
const FULL = 1;
const FIRST = 2;
const LAST = 4;

interface LogRecord {
  readonly payload: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/**
 * The whole records of a log; one cut off at its end is left out. In blocks of 32 KiB, which no part of a record crosses:
 *
 *     u32 checksum of what follows but the length | u16 length | u8 part: full, first, middle, last | bytes
 */
function* logRecords(log: Uint8Array): Generator<LogRecord> {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  let parts: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at + HEADER_BYTES <= log.length; ) {
    const left = BLOCK_BYTES - (at % BLOCK_BYTES);
    if (left < HEADER_BYTES) {
      at += left;
      continue;
    }
    const length = view.getUint16(at + 4, true);
    const end = at + HEADER_BYTES + length;
    if (end > log.length) return;
    const part = log[at + 6]!;
    if (part < FULL || part > LAST) throw damaged(`a record of kind ${part}`, at);
    if (maskedCrc32c(log.subarray(at + 6, end)) !== view.getUint32(at, true)) throw damaged('a checksum', at);
    if (part === FULL || part === FIRST) {
      parts = [];
      start = at;
    }
    parts.push(log.subarray(at + HEADER_BYTES, end));
    if (part === FULL || part === LAST) yield { payload: Buffer.concat(parts), start, end };
    at = end;
  }
}

function damaged(what: string, offset: number): FormatError {
  return new FormatError(`the log of edits has ${what} that does not fit`, { offset, field: 'manifest' });
}
