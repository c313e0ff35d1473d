// A cursor over the bytes of a table: little-endian numbers and varints, as RocksDB's util/coding.h writes them. Bounds
// are checked, and errors tell the offset in the file and the field. Longs come out as safe integers or not at all.
import { FormatError } from '../../support/errors.js';

/** Where bytes come from. In a block that was compressed all errors point to its start in the file. */
export interface Origin {
  readonly offset: number;
  readonly field: string;
  readonly wasCompressed: boolean;
}

/** Reads forward through `bytes`, up to `end` (all of them without one). */
export class TableCursor {
  readonly #bytes: Buffer;
  readonly #origin: Origin;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array, origin: Origin, end = bytes.length) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#origin = origin;
    this.#end = end;
  }

  get position(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  error(message: string, field: string, position = this.#at): FormatError {
    const { offset, wasCompressed } = this.#origin;
    return new FormatError(message, {
      offset: wasCompressed ? offset : offset + position,
      field: `${this.#origin.field}.${field}`,
    });
  }

  u8(field: string): number {
    return this.#bytes[this.#advance(1, field)]!;
  }

  u32(field: string): number {
    return this.#bytes.readUInt32LE(this.#advance(4, field));
  }

  bytes(length: number, field: string): Buffer {
    const start = this.#advance(length, field);
    return this.#bytes.subarray(start, start + length);
  }

  /** Seven bits a byte, low bits first, the top bit says that more follow; at most 32 bits. */
  varint32(field: string): number {
    const start = this.#at;
    const value = this.varint64(field);
    if (value > 0xffffffff) throw this.error(`${value} does not fit in 32 bits`, field, start);
    return value;
  }

  /** A varint of up to 64 bits that is a safe integer. */
  varint64(field: string): number {
    const start = this.#at;
    let value = 0;
    let scale = 1;
    for (let length = 1; ; length++) {
      const byte = this.u8(field);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      if (length === 10) throw this.error('a varint of more than 10 bytes', field, start);
      scale *= 128;
    }
    if (value > Number.MAX_SAFE_INTEGER) throw this.error('a number beyond 2^53', field, start);
    return value;
  }

  /** Zigzag: the lowest bit is the sign. */
  signedVarint64(field: string): number {
    const value = this.varint64(field);
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  expectEnd(field: string): void {
    if (this.remaining > 0) throw this.error(`${this.remaining} bytes left over`, field);
  }

  #advance(length: number, field: string): number {
    const start = this.#at;
    if (length > this.#end - start) {
      throw this.error(`needs ${length} bytes, only ${this.remaining} left`, field);
    }
    this.#at = start + length;
    return start;
  }
}
