// Java strings as Flink's StringValue writes them: the number of UTF-16 units plus one (0 is null), then each unit,
// all as varints of 7 bits a byte, low bits first. Source: Flink StringValue.readString, writeString.
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';

const UNITS_AT_ONCE = 4096;

export function writeStringValue(target: ByteWriter, text: string | null): void {
  writeVarint(target, text === null ? 0 : text.length + 1);
  if (text === null || target.ascii(text)) return;
  for (let i = 0; i < text.length; i++) writeVarint(target, text.charCodeAt(i));
}

/** Reads a string, or null; throws FormatError where the bytes are cut off or no string. */
export function readStringValue(source: ByteReader): string | null {
  const start = source.offset;
  const length = readVarint(source) - 1;
  if (length < 0) return null;
  if (length > source.remaining) {
    throw source.error(
      `a string of ${length} needs more than the ${source.remaining} bytes left`,
      'string',
      start,
    );
  }
  return source.ascii(length, 'string') ?? readUnits(source, length);
}

function readUnits(source: ByteReader, length: number): string {
  const parts: string[] = [];
  for (let left = length; left > 0; left -= UNITS_AT_ONCE) {
    const units = new Uint16Array(Math.min(left, UNITS_AT_ONCE));
    for (let i = 0; i < units.length; i++) {
      const start = source.offset;
      const unit = readVarint(source);
      if (unit > 0xffff) throw source.error(`${unit} is no UTF-16 unit`, 'string', start);
      units[i] = unit;
    }
    parts.push(String.fromCharCode(...units));
  }
  return parts.join('');
}

function writeVarint(target: ByteWriter, value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    target.u8((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  target.u8(rest);
}

function readVarint(source: ByteReader): number {
  const start = source.offset;
  let value = 0;
  for (let factor = 1; factor <= 2 ** 28; factor *= 2 ** 7) {
    const byte = source.u8('string');
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
  }
  throw source.error('a varint of more than 5 bytes', 'string', start);
}
