// Entries of a state are written in the order in which they lie in memory, and then dealt out to their key groups: to
// fetch them from memory key group by key group takes three times as long.
import type { KeyGroupRange } from '../../model/metadata.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import { writeEach } from './keyed-file.js';
import type { KeyedEntry, KeyedStateContent } from './keyed-state.js';

/** Before each entry: `i32 index of its key group | i32 its bytes` */
const PREFIX_BYTES = 8;

export class EntriesByKeyGroup {
  readonly #written: Uint8Array;
  /** By key group: entries, bytes, and where these belong in the file. */
  readonly #counts: Int32Array;
  readonly #bytes: Float64Array;
  readonly #places: Float64Array;

  /** Writes all entries of `content`. */
  constructor(
    content: KeyedStateContent,
    { first, last }: KeyGroupRange,
    write: (target: ByteWriter, entry: KeyedEntry) => void,
  ) {
    const keyGroups = last - first + 1;
    this.#counts = new Int32Array(keyGroups);
    this.#bytes = new Float64Array(keyGroups);
    this.#places = new Float64Array(keyGroups);
    const written = new ByteWriter();
    writeEach(content, (keyGroup, entry) => {
      const index = keyGroup - first;
      const start = written.skip(PREFIX_BYTES) + PREFIX_BYTES;
      write(written, entry);
      const bytes = written.offset - start;
      written.patchI32(start - 8, index);
      written.patchI32(start - 4, bytes);
      this.#counts[index]!++;
      this.#bytes[index]! += bytes;
    });
    this.#written = written.take();
  }

  /** Appends the number of entries of the key group at `index`, and leaves room for them. */
  reserve(target: ByteWriter, index: number): void {
    target.i32(this.#counts[index]!);
    this.#places[index] = target.skip(this.#bytes[index]!);
  }

  /** Puts the entries where room was left for them. */
  fill(target: ByteWriter): void {
    const written = this.#written;
    const places = this.#places;
    const view = new DataView(written.buffer, written.byteOffset);
    for (let at = 0; at < written.length; ) {
      const index = view.getInt32(at);
      const start = at + PREFIX_BYTES;
      at = start + view.getInt32(at + 4);
      target.patch(places[index]!, written, start, at);
      places[index]! += at - start;
    }
  }
}
