// Entries of a state are written in the order in which they lie in memory, and then dealt out to their key groups: to
// fetch them from memory key group by key group takes three times as long.
import type { KeyGroupRange } from '../../model/metadata.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import { writeEach } from './keyed-file.js';
import type { KeyedEntry, KeyedStateContent } from './keyed-state.js';

export class EntriesByKeyGroup {
  readonly #written = new ByteWriter();
  /** Of each entry, in the order of writing: its key group as a position in the range, and where it ends. */
  readonly #keyGroups: number[] = [];
  readonly #ends: number[] = [];
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
    const length = last - first + 1;
    this.#counts = new Int32Array(length);
    this.#bytes = new Float64Array(length);
    this.#places = new Float64Array(length);
    writeEach(content, (keyGroup, entry) => {
      const index = keyGroup - first;
      const start = this.#written.offset;
      write(this.#written, entry);
      const end = this.#written.offset;
      this.#keyGroups.push(index);
      this.#ends.push(end);
      this.#counts[index]!++;
      this.#bytes[index]! += end - start;
    });
  }

  /** Appends the number of entries of the key group at `index`, and leaves room for them. */
  reserve(target: ByteWriter, index: number): void {
    target.i32(this.#counts[index]!);
    this.#places[index] = target.skip(this.#bytes[index]!);
  }

  /** Puts the entries where room was left for them. */
  fill(target: ByteWriter): void {
    const ends = this.#ends;
    const places = this.#places;
    let start = 0;
    for (let entry = 0; entry < ends.length; entry++) {
      const index = this.#keyGroups[entry]!;
      const end = ends[entry]!;
      target.patch(places[index]!, this.#written, start, end);
      places[index]! += end - start;
      start = end;
    }
  }
}
