// The mirror of ByteReader: bytes as Java's DataOutputStream writes them, into a buffer that grows.
import { BugError } from '../../support/errors.js';
import { encodeModifiedUtf8, modifiedUtf8Length } from '../../support/modified-utf8.js';

/** So few bytes are copied faster one by one than by a call out of JavaScript. */
const COPIED_IN_JAVASCRIPT = 64;

/** Appends big-endian values. {@link ByteWriter.take} hands out what was written. */
export class ByteWriter {
  #buffer: Buffer;
  #view: DataView;
  #at = 0;

  constructor(initialBytes = 1024) {
    // Out of Node's pool where it is small: there may be one for every row of a checkpoint.
    this.#buffer = Buffer.allocUnsafe(Math.max(16, initialBytes));
    this.#view = viewOf(this.#buffer);
  }

  /** Bytes written so far. */
  get offset(): number {
    return this.#at;
  }

  u8(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }

  bool(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  i16(value: number): void {
    const at = this.#reserve(2);
    this.#view.setInt16(at, value);
  }

  i32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setInt32(at, value);
  }

  i64(value: bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigInt64(at, value);
  }

  /** A safe integer as an i64, without a bigint on the way. */
  i64Number(value: number): void {
    const at = this.#reserve(8);
    this.#view.setInt32(at, Math.floor(value / 2 ** 32));
    this.#view.setUint32(at + 4, value >>> 0);
  }

  f32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setFloat32(at, value);
  }

  f64(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value);
  }

  /** DataOutput.writeUTF. Refuses what takes more than 65535 bytes, as Java does. */
  utf(text: string): void {
    const length = modifiedUtf8Length(text);
    if (length > 0xffff)
      throw new BugError(`a string of ${length} bytes does not fit in a UTF field of 65535`);
    const at = this.#reserve(2 + length);
    this.#view.setUint16(at, length);
    if (length === text.length && length > 24) this.#buffer.write(text, at + 2, 'latin1');
    else encodeModifiedUtf8(text, this.#buffer, at + 2);
  }

  /** Writes `text` a byte a character where it is ASCII; else writes nothing and returns false. */
  ascii(text: string): boolean {
    const length = text.length;
    const at = this.#reserve(length);
    const buffer = this.#buffer;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) {
        this.#at = at;
        return false;
      }
      buffer[at + i] = unit;
    }
    return true;
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length);
    this.#buffer.set(value, at);
  }

  lengthPrefixedBytes(value: Uint8Array): void {
    this.i32(value.length);
    this.bytes(value);
  }

  /** Overwrites the i32 written at `offset`, for a length known only afterwards. */
  patchI32(offset: number, value: number): void {
    if (offset + 4 > this.#at) throw new BugError(`patch at ${offset} beyond the ${this.#at} bytes written`);
    this.#view.setInt32(offset, value);
  }

  /** Overwrites the byte written at `offset`. */
  patchU8(offset: number, value: number): void {
    if (offset >= this.#at) throw new BugError(`patch at ${offset} beyond the ${this.#at} bytes written`);
    this.#buffer[offset] = value;
  }

  /** Leaves room for so many bytes, to be patched; returns where it begins. */
  skip(length: number): number {
    return this.#reserve(length);
  }

  /** Overwrites from `offset` on with what `source` has from `start` to `end`. */
  patch(offset: number, source: Uint8Array, start: number, end: number): void {
    const target = this.#buffer;
    const shift = offset - start;
    if (end - start > COPIED_IN_JAVASCRIPT) target.set(source.subarray(start, end), offset);
    else for (let at = start; at < end; at++) target[at + shift] = source[at]!;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.#buffer, 0, this.#at);
  }

  #reserve(length: number): number {
    const at = this.#at;
    if (at + length > this.#buffer.length) this.#grow(at + length);
    this.#at = at + length;
    return at;
  }

  #grow(needed: number): void {
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
    this.#view = viewOf(grown);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
