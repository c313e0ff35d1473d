// What the byte behind a block says of its compression. Source: RocksDB CompressionType, util/compression.h.
import { decompressSnappy } from './snappy.js';
import type { Origin } from './table-cursor.js';
import { UnreadTableError } from './unread-table-error.js';

/** By number, under the names that the properties of a table use. */
const NAMES = new Map([
  [0, 'NoCompression'],
  [1, 'Snappy'],
  [2, 'Zlib'],
  [3, 'BZip2'],
  [4, 'LZ4'],
  [5, 'LZ4HC'],
  [6, 'Xpress'],
  [7, 'ZSTD'],
]);

/** The name of a compression, null where the number is none of RocksDB's. */
export function compressionName(kind: number): string | null {
  return NAMES.get(kind) ?? null;
}

/** The bytes as they were before compression; FormatError where they are wrong, UnreadTableError for kinds not read here. */
export function decompressBlock(kind: number, bytes: Uint8Array, origin: Origin): Uint8Array {
  if (kind === 0) return bytes;
  if (kind === 1) return decompressSnappy(bytes, origin);
  throw new UnreadTableError('compression', `blocks compressed with ${compressionName(kind)} are not read`);
}
