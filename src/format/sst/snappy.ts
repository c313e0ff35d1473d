// Snappy's raw format: the length of the whole as a varint, then literals and copies of what came before.
// Source: snappy's format_description.txt.
//
//     tag bits 0-1   then
//     00             literal; bits 2-7 length - 1, or 60 to 63 for a length - 1 in 1 to 4 bytes
//     01             copy; bits 2-4 length - 4, bits 5-7 and one byte the distance
//     10, 11         copy; bits 2-7 length - 1, distance in 2 or 4 bytes
import { type Origin, TableCursor } from './table-cursor.js';

/** No element yields more for its bytes: 64 bytes for a copy of 3. */
const MOST_BYTES_PER_BYTE = 22;

/** Throws a FormatError where `bytes`, found at `origin`, are not snappy or not of the length they tell. */
export function decompressSnappy(bytes: Uint8Array, origin: Origin): Uint8Array {
  const source = new TableCursor(bytes, origin);
  const length = source.varint32('length');
  if (length > bytes.length * MOST_BYTES_PER_BYTE) {
    throw source.error(`${bytes.length} bytes cannot hold ${length}`, 'length', 0);
  }
  const target = Buffer.allocUnsafe(length);
  let at = 0;
  while (source.remaining > 0) {
    const start = source.position;
    const tag = source.u8('tag');
    const element = (tag & 3) === 0 ? readLiteral(source, tag) : readCopy(source, tag);
    if (element.length > length - at) throw source.error(`more than ${length} bytes`, 'element', start);
    if ('literal' in element) {
      target.set(element.literal, at);
    } else {
      const { distance } = element;
      if (distance === 0 || distance > at) throw source.error(`${distance} bytes back`, 'distance', start);
      copyWithin(target, at, element);
    }
    at += element.length;
  }
  if (at !== length) throw source.error(`${at} bytes instead of ${length}`, 'length');
  return target;
}

interface Copy {
  readonly length: number;
  readonly distance: number;
}

function readLiteral(
  source: TableCursor,
  tag: number,
): { readonly length: number; readonly literal: Buffer } {
  const code = tag >> 2;
  const length = (code < 60 ? code : readNumber(source, code - 59)) + 1;
  return { length, literal: source.bytes(length, 'literal') };
}

function readCopy(source: TableCursor, tag: number): Copy {
  const form = tag & 3;
  if (form === 1)
    return { length: ((tag >> 2) & 7) + 4, distance: ((tag >> 5) << 8) | source.u8('distance') };
  return { length: (tag >> 2) + 1, distance: readNumber(source, form === 2 ? 2 : 4) };
}

function readNumber(source: TableCursor, length: number): number {
  return source.bytes(length, 'number').readUIntLE(0, length);
}

/** A copy may reach into what it writes itself: then it repeats. */
function copyWithin(target: Buffer, at: number, { length, distance }: Copy): void {
  if (distance >= length) target.copyWithin(at, at - distance, at - distance + length);
  else for (let i = at; i < at + length; i++) target[i] = target[i - distance]!;
}
