// A cursor over bytes written by Java's DataOutputStream: big-endian, bounds-checked, and every error tells the byte
// offset and the path of the field. It knows nothing of what it reads.
import { FormatError } from '../../support/errors.js';
import { decodeModifiedUtf8, knownText } from '../../support/modified-utf8.js';

/** Memory that any input may make its reader allocate, besides {@link ALLOCATION_FACTOR} times its size. */
export const ALLOCATION_BASE_BYTES = 16 * 1024 * 1024;
export const ALLOCATION_FACTOR = 10;
/** Memory that one value of a state may take. */
const VALUE_BYTES = 512 * 1024 * 1024;

/** Reads forward through `bytes`. Views returned by {@link ByteReader.bytes} borrow the memory of the input. */
export class ByteReader {
  readonly #buffer: Buffer;
  readonly #view: DataView;
  readonly #path: (string | number)[];
  /** Where all errors point to; null where they tell their own places. */
  readonly #origin: number | null;
  #at = 0;
  #budget: number;

  constructor(bytes: Uint8Array, path: readonly (string | number)[] = [], origin: number | null = null) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#budget = ALLOCATION_BASE_BYTES + ALLOCATION_FACTOR * bytes.byteLength;
    this.#path = [...path];
    this.#origin = origin;
  }

  /** A reader of `bytes` that stood, in another form, at `offset` of this input: its errors point there. */
  enclosed(bytes: Uint8Array, offset: number): ByteReader {
    return new ByteReader(bytes, this.#path, this.#origin ?? offset);
  }

  /** Position in bytes from the start of the input. */
  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#buffer.length - this.#at;
  }

  /** Goes on reading at `offset`, for input that has a table of offsets. */
  seek(offset: number, field: string): void {
    if (!(offset >= 0 && offset <= this.#buffer.length)) {
      throw this.error(`offset ${offset} lies outside the ${this.#buffer.length} bytes`, field);
    }
    this.#at = offset;
  }

  /** Names the part that is read next, for error messages; undone by {@link leave}. */
  enter(segment: string | number): void {
    this.#path.push(segment);
  }

  leave(): void {
    this.#path.pop();
  }

  /** An error at the current position, or at `offset`. `field` is added to the path entered so far. */
  error(message: string, field: string, offset = this.#at): FormatError {
    const path = [...this.#path, field].reduce<string>(
      (text, part) =>
        typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`,
      '',
    );
    return new FormatError(message, { offset: this.#origin ?? offset, field: path });
  }

  u8(field: string): number {
    return this.#buffer[this.#advance(1, field)]!;
  }

  i8(field: string): number {
    return this.#view.getInt8(this.#advance(1, field));
  }

  /** Any non-zero byte is true for Java; here other bytes than 0 and 1 are an error, so that nothing is lost in a rewrite. */
  bool(field: string): boolean {
    const byte = this.u8(field);
    if (byte > 1) throw this.error(`expected 0 or 1, found ${byte}`, field, this.#at - 1);
    return byte === 1;
  }

  i16(field: string): number {
    return this.#view.getInt16(this.#advance(2, field));
  }

  u16(field: string): number {
    return this.#view.getUint16(this.#advance(2, field));
  }

  i32(field: string): number {
    return this.#view.getInt32(this.#advance(4, field));
  }

  /** Whether an i32 of this value follows; nothing is read. */
  nextIsI32(value: number): boolean {
    return this.remaining >= 4 && this.#view.getInt32(this.#at) === value;
  }

  i64(field: string): bigint {
    return this.#view.getBigInt64(this.#advance(8, field));
  }

  f32(field: string): number {
    return this.#view.getFloat32(this.#advance(4, field));
  }

  f64(field: string): number {
    return this.#view.getFloat64(this.#advance(8, field));
  }

  /** DataOutput.writeUTF: u16 length in bytes, then modified UTF-8. */
  utf(field: string): string {
    const length = this.u16(field);
    const start = this.#advance(length, field);
    const end = this.#at;
    return this.#isPlain(start, end)
      ? this.#buffer.toString('latin1', start, end)
      : this.#decodeUtf(start, end, field);
  }

  /** Passes over a text that DataOutput.writeUTF wrote, once it is known to be one. */
  skipUtf(field: string): void {
    const length = this.u16(field);
    const start = this.#advance(length, field);
    if (!this.#isPlain(start, this.#at)) this.#decodeUtf(start, this.#at, field);
  }

  /** The text whose length stands at `at`, and which was read or passed over. */
  textAt(at: number): string {
    const start = at + 2;
    const end = start + this.#view.getUint16(at);
    return this.#isPlain(start, end)
      ? this.#buffer.toString('latin1', start, end)
      : knownText(this.#buffer, start, end);
  }

  /** Whether such a text is nothing but spaces. */
  isBlankText(at: number): boolean {
    const isVisible = this.#view.getUint16(at) > 0 && isVisibleAscii(this.#buffer[at + 2]!);
    return !isVisible && this.textAt(at).trim() === '';
  }

  /** The next `length` bytes as text where all are ASCII; else null, and nothing is read. */
  ascii(length: number, field: string): string | null {
    const start = this.#advance(length, field);
    const end = this.#at;
    const buffer = this.#buffer;
    for (let at = start; at < end; at++) {
      if (buffer[at]! >= 0x80) {
        this.#at = start;
        return null;
      }
    }
    return buffer.toString('latin1', start, end);
  }

  /** `length` bytes as lower-case hex digits. */
  hex(length: number, field: string): string {
    const start = this.#advance(length, field);
    return this.#buffer.toString('hex', start, this.#at);
  }

  /** `length` bytes as a view of the input. */
  bytes(length: number, field: string): Uint8Array {
    const start = this.#advance(length, field);
    return this.#buffer.subarray(start, this.#at);
  }

  /** i32 length, then that many bytes, as a view of the input. */
  lengthPrefixedBytes(field: string): Uint8Array {
    const length = this.i32(field);
    if (length < 0) throw this.error(`negative length ${length}`, field, this.#at - 4);
    return this.bytes(length, field);
  }

  /** An i32 count of elements that take at least `minimumBytes` each: refused where they cannot fit in what is left. */
  count(field: string, minimumBytes: number): number {
    const count = this.i32(field);
    if (count < 0) throw this.error(`negative count ${count}`, field, this.#at - 4);
    if (count * minimumBytes > this.remaining) {
      throw this.error(
        `a count of ${count} needs more bytes than the ${this.remaining} left`,
        field,
        this.#at - 4,
      );
    }
    return count;
  }

  /** Accounts for `bytes` of memory about to be allocated; refuses input that would make its reader swell. */
  charge(bytes: number, field: string): void {
    this.#budget -= bytes;
    if (this.#budget < 0) {
      throw this.error(`holds more parts than ${this.#buffer.length} bytes can justify`, field);
    }
  }

  /** What was accounted for so far is no longer held; what is read next is a value, and may take so much as one may. */
  startValue(): void {
    this.#budget = VALUE_BYTES;
  }

  /** Whether exactly these bytes were read since `start`. */
  hasRead(expected: Uint8Array, start: number): boolean {
    return this.#buffer.subarray(start, this.#at).equals(expected);
  }

  expectEnd(field: string): void {
    if (this.remaining > 0) throw this.error(`${this.remaining} bytes left over`, field);
  }

  #advance(length: number, field: string): number {
    const start = this.#at;
    if (length > this.#buffer.length - start) {
      throw this.error(`needs ${length} bytes, only ${this.remaining} left`, field);
    }
    this.#at = start + length;
    return start;
  }

  /** Whether every byte is a character of its own: ASCII but U+0000. Four at a time, as most strings are long paths. */
  #isPlain(start: number, end: number): boolean {
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const four = this.#view.getInt32(at);
      if (((four | (four - 0x01010101)) & 0x80808080) !== 0) return false;
    }
    for (; at < end; at++) {
      const byte = this.#buffer[at]!;
      if (byte === 0 || byte >= 0x80) return false;
    }
    return true;
  }

  #decodeUtf(start: number, end: number, field: string): string {
    const decoded = decodeModifiedUtf8(this.#buffer, start, end);
    if (typeof decoded === 'string') return decoded;
    throw this.error(`not modified UTF-8: ${decoded.reason}`, field, start + decoded.offset);
  }
}

function isVisibleAscii(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}
