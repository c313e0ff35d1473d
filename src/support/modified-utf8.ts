// Java's modified UTF-8 (java.io.DataInput): U+0000 is C0 80, every UTF-16 code unit stands alone, so a supplementary
// character is two 3-byte surrogates and 4-byte sequences do not occur. Only the one form that Java writes is read, so
// that a string is written back as it was.

import { BugError } from './errors.js';

/** Why bytes are not modified UTF-8, and where (relative to the bytes given). */
export interface Utf8Fault {
  readonly offset: number;
  readonly reason: string;
}

/** Decodes `bytes[start, end)`, or tells what is wrong with them. */
export function decodeModifiedUtf8(bytes: Uint8Array, start: number, end: number): string | Utf8Fault {
  const units: number[] = [];
  let text = '';
  let at = start;
  while (at < end) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : (first & 0xe0) === 0xc0 ? 2 : (first & 0xf0) === 0xe0 ? 3 : 0;
    if (length === 0) return { offset: at - start, reason: 'a byte that starts no character' };
    if (at + length > end)
      return { offset: at - start, reason: 'a character cut off by the end of the string' };
    let unit = length === 1 ? first : first & (length === 2 ? 0x1f : 0x0f);
    for (let next = 1; next < length; next++) {
      const byte = bytes[at + next]!;
      if ((byte & 0xc0) !== 0x80)
        return { offset: at + next - start, reason: 'a byte that continues no character' };
      unit = (unit << 6) | (byte & 0x3f);
    }
    if (length !== encodedLength(unit)) return { offset: at - start, reason: 'a character in a longer form' };
    units.push(unit);
    at += length;
    if (units.length === 4096) {
      text += String.fromCharCode(...units);
      units.length = 0;
    }
  }
  return text + String.fromCharCode(...units);
}

/** The text in `bytes[start, end)`, which is known to be one. */
export function knownText(bytes: Buffer, start: number, end: number): string {
  let at = start;
  while (at < end && bytes[at]! < 0x80) at++;
  if (at === end) return bytes.toString('latin1', start, end);
  const decoded = decodeModifiedUtf8(bytes, start, end);
  if (typeof decoded === 'string') return decoded;
  throw new BugError(`what was read at byte ${start} is no text: ${decoded.reason}`);
}

/** Whether every character of the text in `bytes[start, end)` is ASCII. Four at a time, as most texts are long paths. */
export function isAscii(bytes: DataView, start: number, end: number): boolean {
  let at = start;
  for (; at + 4 <= end; at += 4) if ((bytes.getInt32(at) & 0x80808080) !== 0) return false;
  for (; at < end; at++) if (bytes.getUint8(at) >= 0x80) return false;
  return true;
}

/** What the u16 length of DataOutput.writeUTF can tell. */
export const MAX_UTF_BYTES = 0xffff;

/** Bytes that `text` takes in modified UTF-8. */
export function modifiedUtf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) length += encodedLength(text.charCodeAt(i));
  return length;
}

/** Writes `text`, its character `from` first, to `target` at `at`; returns the position after it. The room must be there. */
export function encodeModifiedUtf8(text: string, target: Uint8Array, at: number, from = 0): number {
  let position = at;
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit !== 0 && unit < 0x80) {
      target[position++] = unit;
    } else if (unit < 0x800) {
      target[position++] = 0xc0 | (unit >> 6);
      target[position++] = 0x80 | (unit & 0x3f);
    } else {
      target[position++] = 0xe0 | (unit >> 12);
      target[position++] = 0x80 | ((unit >> 6) & 0x3f);
      target[position++] = 0x80 | (unit & 0x3f);
    }
  }
  return position;
}

function encodedLength(unit: number): 1 | 2 | 3 {
  if (unit !== 0 && unit < 0x80) return 1;
  return unit < 0x800 ? 2 : 3;
}
