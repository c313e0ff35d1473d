// One range of a text file while it is being read: finds the first line that begins in it, emits lines up to its end.
import type { SourceOutput } from '../job/source.js';
import { LineCutter } from './line-cutter.js';
import { ReadAhead } from './read-ahead.js';
import { changed, shrunk, type TextFileSplit } from './text-file-split.js';

/** Emits the lines of a split. Reading begins at once. */
export class OpenSplit {
  readonly #split: TextFileSplit;
  readonly #bytes: ReadAhead;
  readonly #lines: LineCutter;
  /** Whether the first line of the range is yet to be found. */
  #seeking: boolean;

  constructor(split: TextFileSplit, chunkBytes?: number) {
    // A line begins at `position` where the byte before it is a newline: reading starts one byte early to see that.
    const from = Math.max(0, split.position - 1);
    this.#split = split;
    this.#bytes = new ReadAhead(split.path, from, split.fileBytes, chunkBytes);
    this.#lines = new LineCutter(split.path, from);
    this.#seeking = split.position > 0;
  }

  get finished(): boolean {
    return !this.#seeking && this.#lines.position >= this.#split.to;
  }

  /** Emits at most `limit` lines, of what has been read. Returns how many. */
  emit(output: SourceOutput<string>, limit: number): number {
    let emitted = 0;
    while (emitted < limit && !this.finished) {
      if (this.#seeking && !this.#seek()) break;
      if (this.finished) break;
      const line = this.#nextLine();
      if (line === null) break;
      output.collect(line);
      emitted++;
    }
    return emitted;
  }

  /** The split as it stands: everything before its position has been emitted. */
  split(): TextFileSplit {
    return this.#seeking ? this.#split : { ...this.#split, position: this.#lines.position };
  }

  /** Resolves when {@link emit} may go on. */
  ready(): Promise<void> {
    return this.#bytes.ready();
  }

  close(): Promise<void> {
    return this.#bytes.close();
  }

  /** Whether the first line of the range is found; it may begin after the range, which is then empty. */
  #seek(): boolean {
    while (!this.#lines.skipLine()) {
      const fed = this.#feed();
      if (fed === 'pending') return false;
      if (fed === 'end') break;
    }
    this.#seeking = false;
    const restored = this.#split.position > this.#split.from;
    if (restored && this.#lines.position !== this.#split.position) throw changed(this.#split);
    return true;
  }

  #nextLine(): string | null {
    for (;;) {
      const line = this.#lines.next();
      if (line !== null) return line;
      const fed = this.#feed();
      if (fed === 'pending') return null;
      if (fed === 'end') return this.#lines.last();
    }
  }

  #feed(): 'fed' | 'pending' | 'end' {
    const chunk = this.#bytes.next();
    if (chunk === 'pending') return 'pending';
    if (chunk === 'end') {
      if (this.#bytes.position < this.#split.fileBytes) throw shrunk(this.#split, this.#bytes.position);
      return 'end';
    }
    this.#lines.give(chunk);
    return 'fed';
  }
}
