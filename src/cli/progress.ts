// How far a command has come, on stderr and only on a terminal: what has been asked of the storage, and how fast.
// Readers are watched from outside; no stage knows that somebody looks on.

import { formatCount } from '../render/units.js';
import { delegatingReader } from '../storage/delegating.js';
import type { OpenReader } from '../storage/open.js';
import type { ListingBatch, StorageReader } from '../storage/storage.js';
import type { Clock } from '../support/clock.js';

/** Short work shows nothing. */
const SILENT_FOR_MS = 500;

export interface Progress {
  /** The same door to storage, watched. */
  readonly watch: (open: OpenReader) => OpenReader;
  /** Tells on the line how far the work is, before what was listed and read. */
  readonly tell: (text: string) => void;
  /** Takes the line away, for good. */
  readonly stop: () => void;
}

/** For where nobody looks on. */
export const NO_PROGRESS: Progress = {
  watch: (open) => open,
  tell: () => {},
  stop: () => {},
};

/** A line of a terminal that is drawn over and over. */
export interface ProgressLine {
  readonly update: (text: string) => void;
  readonly stop: () => void;
}

/** A line on stderr. */
export async function openTerminalLine(): Promise<ProgressLine> {
  const { SingleBar } = (await import('cli-progress')).default;
  const line = new SingleBar({ format: '{text}', clearOnComplete: true, stream: process.stderr });
  line.start(0, 0, { text: '' });
  return { update: (text) => line.update({ text }), stop: () => line.stop() };
}

/** Tells on a line what has been listed and read, from the moment that the work has taken a while. */
export class TerminalProgress implements Progress {
  readonly #clock: Clock;
  readonly #openLine: () => Promise<ProgressLine>;
  readonly #startMs: number;
  #listed = 0;
  #read = 0;
  #line: ProgressLine | undefined;
  #opening = false;
  #stopped = false;
  #told = '';

  constructor(clock: Clock, openLine: () => Promise<ProgressLine>) {
    this.#clock = clock;
    this.#openLine = openLine;
    this.#startMs = clock.monotonic();
  }

  readonly watch = (open: OpenReader): OpenReader => {
    return async (location) => this.#watched(await open(location));
  };

  readonly tell = (text: string): void => {
    this.#told = `${text}, `;
    this.#draw();
  };

  readonly stop = (): void => {
    if (!this.#stopped) this.#line?.stop();
    this.#stopped = true;
  };

  #watched(inner: StorageReader): StorageReader {
    const listed = (count: number) => this.#advance(count, 0);
    const read = async <T>(answer: Promise<T>): Promise<T> => {
      const value = await answer;
      this.#advance(0, 1);
      return value;
    };
    return {
      ...delegatingReader(inner),
      list: (root) => counted(inner.list(root), listed),
      listDirectory: async (directory) => {
        const entries = await inner.listDirectory(directory);
        listed(entries.length);
        return entries;
      },
      read: (location) => read(inner.read(location)),
      readRange: (location, offset, length) => read(inner.readRange(location, offset, length)),
    };
  }

  #advance(listed: number, read: number): void {
    this.#listed += listed;
    this.#read += read;
    this.#draw();
  }

  #draw(): void {
    if (this.#stopped || this.#elapsedMs < SILENT_FOR_MS) return;
    if (this.#line === undefined)
      this.#open().catch(() => {}); // a command never fails for its progress
    else this.#line.update(this.#text);
  }

  async #open(): Promise<void> {
    if (this.#opening) return;
    this.#opening = true;
    const line = await this.#openLine();
    if (this.#stopped) line.stop();
    else this.#line = line;
    this.#line?.update(this.#text);
  }

  get #elapsedMs(): number {
    return this.#clock.monotonic() - this.#startMs;
  }

  get #text(): string {
    const seconds = this.#elapsedMs / 1000;
    const rate = formatCount(Math.round((this.#listed + this.#read) / seconds));
    return `${this.#told}${formatCount(this.#listed)} files listed, ${formatCount(this.#read)} read (${rate}/s), ${seconds.toFixed(0)} s`;
  }
}

async function* counted(
  batches: AsyncIterable<ListingBatch>,
  listed: (count: number) => void,
): AsyncGenerator<ListingBatch> {
  for await (const batch of batches) {
    listed(batch.entries.length);
    yield batch;
  }
}
