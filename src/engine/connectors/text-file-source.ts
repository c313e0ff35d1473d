// Text files as a source of lines. The state of a split is the byte offset after the last line emitted (Flink
// `FileSource` with `TextLineInputFormat`, which counts records after an offset instead).
import type { PollResult, Source, SourceOutput, SourceReader } from '../job/source.js';
import { localPath } from './local-file.js';
import { OpenSplit } from './open-split.js';
import {
  checkStillThere,
  decodeTextFileSplit,
  discoverTextFiles,
  encodeTextFileSplit,
  type TextFileSplit,
} from './text-file-split.js';

/**
 * The lines of the UTF-8 file at `path`, or of all files in that directory and below it; names that begin with `.` or
 * `_` are left out. Reads what is there when the job first starts. Throws a UsageError where `path` is no local path.
 */
export function readTextFile(path: string): Source<string, TextFileSplit> {
  const absolute = localPath(path);
  return {
    boundedness: 'bounded',
    discoverSplits: (parallelism) => discoverTextFiles(absolute, parallelism),
    serializeSplit: encodeTextFileSplit,
    deserializeSplit: decodeTextFileSplit,
    createReader: () => new TextFileReader(),
  };
}

/** Reads its splits one after the other. `chunkBytes` is how much is read at a time. */
export class TextFileReader implements SourceReader<string, TextFileSplit> {
  readonly #chunkBytes: number | undefined;
  #splits: readonly TextFileSplit[] = [];
  /** Index of the split that follows the current one. */
  #next = 0;
  #current: OpenSplit | undefined;
  #closing: Promise<unknown> = Promise.resolve();

  constructor(chunkBytes?: number) {
    this.#chunkBytes = chunkBytes;
  }

  async start(splits: readonly TextFileSplit[]): Promise<void> {
    for (const split of splits) await checkStillThere(split);
    this.#splits = splits.filter((split) => split.position < split.to);
  }

  poll(output: SourceOutput<string>, limit: number): PollResult {
    let left = limit;
    while (left > 0) {
      const current = this.#open();
      if (current === undefined) return 'end';
      const emitted = current.emit(output, left);
      left -= emitted;
      if (current.finished) this.#finish(current);
      else if (emitted === 0) return 'nothing';
    }
    return 'more';
  }

  async available(): Promise<void> {
    await this.#current?.ready();
  }

  snapshotState(): readonly TextFileSplit[] {
    const waiting = this.#splits.slice(this.#next);
    return this.#current === undefined ? waiting : [this.#current.split(), ...waiting];
  }

  async close(): Promise<void> {
    await Promise.all([this.#closing, this.#current?.close()]);
  }

  #open(): OpenSplit | undefined {
    const split = this.#splits[this.#next];
    if (this.#current !== undefined || split === undefined) return this.#current;
    this.#next++;
    this.#current = new OpenSplit(split, this.#chunkBytes);
    return this.#current;
  }

  #finish(split: OpenSplit): void {
    this.#closing = Promise.all([this.#closing, split.close()]);
    this.#current = undefined;
  }
}
