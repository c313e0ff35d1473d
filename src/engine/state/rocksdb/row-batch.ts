// Rows on their way into one column family: all in one buffer, for there may be a hundred thousand at a checkpoint.
//
//     buffer: | key | value | key | value | key | ...        bounds: start and end of each key, end of its value or -1
import { ByteWriter } from '../../../format/bytes/byte-writer.js';

/** A key of a column family and its value, null to delete it. */
export interface Row {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

const DELETED = -1;

export class RowBatch {
  readonly family: string;
  readonly #target = new ByteWriter(4096);
  readonly #bounds: number[] = [];

  constructor(family: string) {
    this.family = family;
  }

  /** Number of rows. */
  get count(): number {
    return this.#bounds.length / 3;
  }

  get sizeBytes(): number {
    return this.#target.offset;
  }

  /** Both write their part of the row. */
  put(writeKey: (target: ByteWriter) => void, writeValue: (target: ByteWriter) => void): void {
    const target = this.#target;
    const start = target.offset;
    writeKey(target);
    const keyEnd = target.offset;
    writeValue(target);
    this.#bounds.push(start, keyEnd, target.offset);
  }

  delete(writeKey: (target: ByteWriter) => void): void {
    const start = this.#target.offset;
    writeKey(this.#target);
    this.#bounds.push(start, this.#target.offset, DELETED);
  }

  /** The rows in the order in which they came. */
  *rows(): Generator<Row> {
    const bytes = this.#target.take();
    const bounds = this.#bounds;
    for (let at = 0; at < bounds.length; at += 3) {
      const keyEnd = bounds[at + 1]!;
      const valueEnd = bounds[at + 2]!;
      const key = bytes.subarray(bounds[at]!, keyEnd);
      yield { key, value: valueEnd === DELETED ? null : bytes.subarray(keyEnd, valueEnd) };
    }
  }
}
