// State in snappy's framing format, as Flink compresses it: written here only for tests, each chunk as it is.
import { maskedCrc32c } from '../../src/format/sst/crc32c.js';

/** `ff 06 00 00 sNaPpY`: what every stream begins with. */
export const SNAPPY_IDENTIFIER = Buffer.from('ff060000734e61507059', 'hex');

/** A chunk of kind `kind` around `content`. */
export function chunk(kind: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head[0] = kind;
  head.writeUIntLE(content.length, 1, 3);
  return Buffer.concat([head, content]);
}

/** A chunk that holds `content`, in the form `stored` (kind 0) or as it is. */
export function dataChunk(content: Uint8Array, stored?: Uint8Array): Buffer {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(maskedCrc32c(content));
  return chunk(stored === undefined ? 1 : 0, Buffer.concat([checksum, stored ?? content]));
}

/** A whole stream of chunks that are not compressed. */
export function snappyStream(content: Uint8Array, chunkBytes = 65536): Buffer {
  const chunks: Buffer[] = [SNAPPY_IDENTIFIER];
  for (let at = 0; at < content.length; at += chunkBytes) {
    chunks.push(dataChunk(content.subarray(at, at + chunkBytes)));
  }
  return Buffer.concat(chunks);
}
