// Bytes of a file from a position to its end, in chunks: while one is looked at, the next is being read. Knows nothing
// of what the bytes mean.
import { type FileHandle, open } from 'node:fs/promises';
import { fileError } from './local-file.js';

const CHUNK_BYTES = 1024 * 1024;

/** A chunk that has arrived; it is borrowed until the next one is asked for. */
export type Chunk = Buffer | 'pending' | 'end';

/** Reads bytes [`position`, `end`) of the file at `path`. Begins at once; failures are thrown by {@link next}. */
export class ReadAhead {
  readonly #path: string;
  readonly #end: number;
  readonly #chunkBytes: number;
  #handle: FileHandle | undefined;
  #position: number;
  /** Two buffers take turns: one is looked at by the caller, the other is being filled. */
  #filling: Buffer;
  #spare: Buffer;
  #arrived: Buffer | 'end' | undefined;
  #failure: Error | undefined;
  #reading: Promise<void>;

  constructor(path: string, position: number, end: number, chunkBytes = CHUNK_BYTES) {
    this.#path = path;
    this.#position = position;
    this.#end = end;
    this.#chunkBytes = Math.max(1, Math.min(chunkBytes, end - position));
    this.#filling = Buffer.allocUnsafe(this.#chunkBytes);
    this.#spare = Buffer.allocUnsafe(this.#chunkBytes);
    this.#reading = this.#read();
  }

  /** The next chunk. `end` also where the file turns out to be shorter than `end`: compare {@link position}. */
  next(): Chunk {
    if (this.#failure !== undefined) throw this.#failure;
    const chunk = this.#arrived;
    if (chunk === undefined) return 'pending';
    if (chunk === 'end') return 'end';
    this.#arrived = undefined;
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#reading = this.#read();
    return chunk;
  }

  /** Where the bytes end that have been read so far. */
  get position(): number {
    return this.#position;
  }

  /** Resolves when {@link next} has something to say; never rejects. */
  ready(): Promise<void> {
    return this.#reading;
  }

  /** Waits for what is being read. Never rejects: nothing is lost by a file that was only read. */
  async close(): Promise<void> {
    await this.#reading;
    await this.#handle?.close().catch(() => undefined);
  }

  async #read(): Promise<void> {
    try {
      this.#handle ??= await open(this.#path);
      const length = Math.min(this.#chunkBytes, this.#end - this.#position);
      const { bytesRead } = await this.#handle.read(this.#filling, 0, length, this.#position);
      this.#position += bytesRead;
      this.#arrived = bytesRead === 0 ? 'end' : this.#filling.subarray(0, bytesRead);
    } catch (thrown) {
      this.#failure = fileError(thrown, 'read', this.#path);
    }
  }
}
