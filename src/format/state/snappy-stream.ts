// Snappy's framing format, which Flink lays around state with `execution.checkpointing.snapshot-compression`.
// Source: snappy's framing_format.txt, Flink SnappyStreamCompressionDecorator, snappy-java SnappyFramedOutputStream.
//
//     chunk        u8 kind | u24 n, low byte first | n bytes
//     FF           "sNaPpY"; streams that follow each other are one
//     00, 01       u32 checksum of the bytes as they were | the bytes, with 00 in snappy's raw format
//     02 to 7F     what a later snappy may add and no reader may pass over
//     80 to FE     padding, and what may be passed over
//
// Not left to a library: those at hand believe a length before they allocate, and tell no place in the file.
import type { ByteReader } from '../bytes/byte-reader.js';
import { maskedCrc32c } from '../sst/crc32c.js';
import { decompressSnappy } from '../sst/snappy.js';

const COMPRESSED = 0x00;
const PLAIN = 0x01;
const SKIPPABLE = 0x80;
const IDENTIFIER = 0xff;
const NAME = Buffer.from('sNaPpY');
const CHECKSUM_BYTES = 4;
/** The format allows no more in a chunk. */
const CHUNK_BYTES = 65536;
/** Of one key group, or of one element of an operator's list. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Reads the stream from the position of `source` up to `end`, which must lie in it, and gives what was compressed.
 * Errors in that point to where the stream begins.
 */
export function readSnappyStream(source: ByteReader, end: number): ByteReader {
  const start = source.offset;
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  while (source.offset < end) {
    const part = readChunk(source, end);
    if (part === null) continue;
    sizeBytes += part.length;
    if (sizeBytes > MOST_BYTES) throw source.error(`more than ${MOST_BYTES} bytes uncompressed`, 'snappy');
    parts.push(part);
  }
  return source.enclosed(Buffer.concat(parts, sizeBytes), start);
}

/** Null for a chunk without content. */
function readChunk(source: ByteReader, end: number): Uint8Array | null {
  const start = source.offset;
  const kind = source.u8('chunkKind');
  const length =
    source.u8('chunkLength') + source.u8('chunkLength') * 0x100 + source.u8('chunkLength') * 0x10000;
  if (source.offset + length > end) {
    throw source.error(
      `a chunk of ${length} bytes does not end before byte ${end}`,
      'chunkLength',
      start + 1,
    );
  }
  if (kind === COMPRESSED || kind === PLAIN) return readContent(source, { kind, length, start });
  if (kind < SKIPPABLE) throw source.error(`no chunk of kind ${kind} is known`, 'chunkKind', start);
  const content = source.bytes(length, 'chunk');
  if (kind === IDENTIFIER && !NAME.equals(content)) {
    throw source.error('not the identifier of a snappy stream', 'chunk', start);
  }
  return null;
}

interface ChunkHead {
  readonly kind: typeof COMPRESSED | typeof PLAIN;
  readonly length: number;
  readonly start: number;
}

function readContent(source: ByteReader, { kind, length, start }: ChunkHead): Uint8Array {
  if (length < CHECKSUM_BYTES) throw source.error('too short for a checksum', 'chunkLength', start + 1);
  const checksum = Buffer.from(source.bytes(CHECKSUM_BYTES, 'checksum')).readUInt32LE(0);
  const offset = source.offset;
  const stored = source.bytes(length - CHECKSUM_BYTES, 'chunk');
  const content =
    kind === PLAIN ? stored : decompressSnappy(stored, { offset, field: 'snappy', wasCompressed: false });
  if (content.length > CHUNK_BYTES) {
    throw source.error(
      `a chunk of ${content.length} bytes, at most ${CHUNK_BYTES} are allowed`,
      'chunk',
      start,
    );
  }
  if (maskedCrc32c(content) !== checksum)
    throw source.error('the checksum does not match', 'checksum', start);
  return content;
}
