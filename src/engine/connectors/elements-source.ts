// A source of the elements given. Its split is the position of the next one; the elements themselves are in the program.
import { ByteReader } from '../../format/bytes/byte-reader.js';
import { ByteWriter } from '../../format/bytes/byte-writer.js';
import type { PollResult, Source, SourceOutput, SourceReader } from '../job/source.js';

/** All elements in order, in one split. */
export function fromElements<T>(elements: readonly T[]): Source<T, number> {
  return {
    boundedness: 'bounded',
    discoverSplits: async () => [0],
    serializeSplit(position) {
      const writer = new ByteWriter(8);
      writer.i64Number(position);
      return writer.take();
    },
    deserializeSplit(bytes) {
      const reader = new ByteReader(bytes);
      const position = Number(reader.i64('position'));
      reader.expectEnd('position');
      return position;
    },
    createReader: () => new ElementsReader(elements),
  };
}

class ElementsReader<T> implements SourceReader<T, number> {
  readonly #elements: readonly T[];
  #positions: readonly number[] = [];

  constructor(elements: readonly T[]) {
    this.#elements = elements;
  }

  async start(positions: readonly number[]): Promise<void> {
    this.#positions = positions;
  }

  poll(output: SourceOutput<T>, limit: number): PollResult {
    const position = this.#positions[0];
    if (position === undefined) return 'end';
    const end = Math.min(position + limit, this.#elements.length);
    for (let next = position; next < end; next++) output.collect(this.#elements[next]!);
    this.#positions = end < this.#elements.length ? [end] : [];
    return end < this.#elements.length ? 'more' : 'end';
  }

  async available(): Promise<void> {}

  snapshotState(): readonly number[] {
    return this.#positions;
  }

  async close(): Promise<void> {}
}
