// Records in flight, as an unaligned checkpoint keeps them: the stream of a channel, and the file of many channels. What a
// record is does not matter here. Source: Flink ChannelStateSerializerImpl, SpanningRecordSerializer,
// StreamElementSerializer (of BytePrimitiveArraySerializer).
import { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';
import { javaLong } from './java-long.js';

/** Bytes of a record, and its event time in ms; null where it has none. */
export interface StreamRecord {
  readonly value: Uint8Array;
  readonly timestampMs: number | null;
}

const VERSION = 0;
/** Flink has two more, of watermarks and latency markers: those are no records. */
const WITH_TIMESTAMP = 0;
const WITHOUT_TIMESTAMP = 1;
/** Lengths and tag. */
const SMALLEST_RECORD_BYTES = 4 + 1 + 4;

//  +------------+--------+-------------------+------------+-------+
//  | i32 length | i8 tag | i64 timestamp     | i32 length | value |  the first length: of what follows it
//  |            | 0 or 1 | (with tag 0 only) |            |       |
//  +------------+--------+-------------------+------------+-------+
export function writeStreamRecord(target: ByteWriter, { value, timestampMs }: StreamRecord): void {
  target.i32(1 + (timestampMs === null ? 0 : 8) + 4 + value.length);
  target.u8(timestampMs === null ? WITHOUT_TIMESTAMP : WITH_TIMESTAMP);
  if (timestampMs !== null) target.i64(javaLong(timestampMs));
  target.lengthPrefixedBytes(value);
}

/** The records of one channel, in order. Throws FormatError where the bytes are something else. */
export function readStreamRecords(bytes: Uint8Array): readonly StreamRecord[] {
  const reader = new ByteReader(bytes, ['channel']);
  const records: StreamRecord[] = [];
  while (reader.remaining > 0) records.push(readRecord(reader));
  return records;
}

function readRecord(reader: ByteReader): StreamRecord {
  const lengthBytes = reader.i32('length');
  const start = reader.offset;
  if (lengthBytes < SMALLEST_RECORD_BYTES - 4) throw reader.error('a record is longer', 'length', start - 4);
  const tag = reader.u8('tag');
  if (tag !== WITH_TIMESTAMP && tag !== WITHOUT_TIMESTAMP)
    throw reader.error(`expected tag 0 or 1, found ${tag}`, 'tag', start);
  const timestampMs = tag === WITH_TIMESTAMP ? Number(reader.i64('timestamp')) : null;
  const value = reader.lengthPrefixedBytes('value');
  if (reader.offset - start !== lengthBytes)
    throw reader.error(`took ${reader.offset - start} bytes, not ${lengthBytes}`, 'value', start);
  return { value, timestampMs };
}

//  +-------------+-----------------------+
//  | i32 version | n * (i32 size, bytes) |  a handle has the offset of the size
//  +-------------+-----------------------+
/** Writes the file of these channels; returns the offset of each. */
export function writeChannelStates(target: ByteWriter, channels: readonly Uint8Array[]): readonly bigint[] {
  target.i32(VERSION);
  return channels.map((bytes) => {
    const offset = BigInt(target.offset);
    target.lengthPrefixedBytes(bytes);
    return offset;
  });
}

/** The part of a file that an offset points to. Throws FormatError where there is none. */
export function readChannelState(file: Uint8Array, offset: bigint): Uint8Array {
  const reader = new ByteReader(file, ['channels']);
  const version = reader.i32('version');
  if (version !== VERSION) throw reader.error(`expected version ${VERSION}, found ${version}`, 'version', 0);
  reader.seek(Number(offset), 'offset');
  return reader.lengthPrefixedBytes('part');
}
