// The last bytes of a table. Source: RocksDB FooterBuilder, Footer::DecodeFrom (table/format.cc).
//
//     version 0, 48 bytes      metaindex handle | index handle | zeros up to 40 | u64 legacy magic
//     versions 1-5, 53 bytes   u8 checksum kind | the same 40 | u32 version | u64 magic
//     version 6, 53 bytes      u8 checksum kind | 3E 00 7A 00 | u32 checksum of the footer | u32 base context |
//                              u32 bytes of the metaindex block | zeros up to 41 | u32 version | u64 magic
//
// A handle is two varints, offset and size; the size is without the 5 bytes behind a block. Since version 6 the
// metaindex block ends where the footer begins, and names the index.
import { FormatError } from '../../support/errors.js';
import { CHECKSUM_KINDS, type ChecksumKind, checksumOf, contextModifier } from './checksum.js';
import { TableCursor } from './table-cursor.js';
import { readRange, type TableFile } from './table-file.js';
import { UnreadTableError } from './unread-table-error.js';

/** A block without the {@link TRAILER_BYTES} behind it. */
export interface BlockHandle {
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface Footer {
  /** 0 to 6. */
  readonly formatVersion: number;
  readonly checksum: ChecksumKind;
  /** Goes into every checksum together with the place of the block; 0 where there is none. */
  readonly baseContext: number;
  readonly metaindex: BlockHandle;
  /** Null where the metaindex tells it. */
  readonly index: BlockHandle | null;
  /** Where the footer begins: no block reaches further. */
  readonly offset: number;
}

/** Behind every block: a byte for the compression, a checksum. */
export const TRAILER_BYTES = 5;

const MAGIC = 'f7cff485b741e288';
const LEGACY_MAGIC = '57fb808b247547db';
/** Tables of other builders, which Flink does not use. */
const OTHER_TABLES = new Map([
  ['b8138f7aeb18344f', 'plain'],
  ['6495bf6396224282', 'plain'],
  ['7378f1c5d0896792', 'cuckoo'],
]);
const MAGIC_BYTES = 8;
const VERSION_BYTES = 4;
const HANDLES_BYTES = 40;
const LEGACY_BYTES = HANDLES_BYTES + MAGIC_BYTES;
const FOOTER_BYTES = 1 + HANDLES_BYTES + VERSION_BYTES + MAGIC_BYTES;
const EXTENDED_MAGIC = '3e007a00';
const FOOTER_CHECKSUM_AT = 5;
const NEWEST_VERSION = 6;

/** FormatError where the file does not end like a table, UnreadTableError for a table of another kind or version. */
export async function readFooter(file: TableFile): Promise<Footer> {
  const magicAt = file.sizeBytes - MAGIC_BYTES;
  if (magicAt < HANDLES_BYTES) {
    throw new FormatError(`${file.sizeBytes} bytes are too few for a table`, { offset: 0, field: 'footer' });
  }
  const magic = Buffer.from(
    await readRange(file, { offset: magicAt, length: MAGIC_BYTES, field: 'magic' }),
  ).toString('hex');
  if (magic === LEGACY_MAGIC) return readLegacy(file);
  if (magic === MAGIC) return readVersioned(file);
  const other = OTHER_TABLES.get(magic);
  if (other !== undefined)
    throw new UnreadTableError('table-kind', `a ${other} table, not a block-based one`);
  throw new FormatError(`the file does not end like a table, but with ${magic}`, {
    offset: magicAt,
    field: 'magic',
  });
}

async function readLegacy(file: TableFile): Promise<Footer> {
  const { source, offset } = await cursorAtEnd(file, LEGACY_BYTES);
  const metaindex = readHandle(source, 'metaindex');
  const index = readHandle(source, 'index');
  return { formatVersion: 0, checksum: 'crc32c', baseContext: 0, metaindex, index, offset };
}

async function readVersioned(file: TableFile): Promise<Footer> {
  const { source, bytes, offset } = await cursorAtEnd(file, FOOTER_BYTES);
  const number = source.u8('checksumKind');
  const checksum = CHECKSUM_KINDS[number];
  if (checksum === undefined) throw source.error(`no checksum kind ${number}`, 'checksumKind', 0);
  const formatVersion = bytes.readUInt32LE(FOOTER_BYTES - MAGIC_BYTES - VERSION_BYTES);
  if (formatVersion > NEWEST_VERSION) {
    throw new UnreadTableError('format-version', `format version ${formatVersion}, at most 6 is read`);
  }
  if (formatVersion === NEWEST_VERSION) return readVersion6(source, { bytes, offset, checksum });
  const metaindex = readHandle(source, 'metaindex');
  const index = readHandle(source, 'index');
  return { formatVersion, checksum, baseContext: 0, metaindex, index, offset };
}

interface FooterBytes {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly checksum: ChecksumKind;
}

function readVersion6(source: TableCursor, { bytes, offset, checksum }: FooterBytes): Footer {
  const extendedMagic = source.bytes(4, 'extendedMagic').toString('hex');
  if (extendedMagic !== EXTENDED_MAGIC) throw source.error(`found ${extendedMagic}`, 'extendedMagic', 1);
  const stored = source.u32('footerChecksum');
  const baseContext = source.u32('baseContext');
  const sizeBytes = source.u32('metaindexSize');
  const zeroed = Buffer.from(bytes);
  zeroed.fill(0, FOOTER_CHECKSUM_AT, FOOTER_CHECKSUM_AT + 4);
  const computed = (checksumOf(checksum, zeroed) + contextModifier(baseContext, offset)) >>> 0;
  if (checksum !== 'none' && computed !== stored) {
    throw source.error('the checksum does not match', 'footerChecksum', FOOTER_CHECKSUM_AT);
  }
  const metaindexAt = offset - TRAILER_BYTES - sizeBytes;
  if (metaindexAt < 0) throw source.error(`${sizeBytes} bytes before the footer`, 'metaindexSize', 13);
  const metaindex = { offset: metaindexAt, sizeBytes };
  return { formatVersion: NEWEST_VERSION, checksum, baseContext, metaindex, index: null, offset };
}

async function cursorAtEnd(
  file: TableFile,
  length: number,
): Promise<{ readonly source: TableCursor; readonly bytes: Buffer; readonly offset: number }> {
  const offset = file.sizeBytes - length;
  if (offset < 0) {
    throw new FormatError(`${file.sizeBytes} bytes are too few for a table`, { offset: 0, field: 'footer' });
  }
  const bytes = Buffer.from(await readRange(file, { offset, length, field: 'footer' }));
  const source = new TableCursor(bytes, { offset, field: 'footer', wasCompressed: false });
  return { source, bytes, offset };
}

export function readHandle(source: TableCursor, field: string): BlockHandle {
  const offset = source.varint64(`${field}.offset`);
  return { offset, sizeBytes: source.varint64(`${field}.size`) };
}
