// One file of lines while it is being written: lines are gathered into large writes that happen behind the caller's
// back, and what waits for the disk is bounded.
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { CkptError } from '../../support/errors.js';
import { fileError } from './local-file.js';

/** Characters gathered before they are handed to the disk. */
const GATHER_CHARS = 128 * 1024;
/** Bytes waiting for the disk above which the caller is asked to wait. */
const WAITING_LIMIT_BYTES = 4 * 1024 * 1024;

/** Writes lines to the file at `path`, which must not exist; it is made when `allowed` resolves. */
export class PartWriter {
  readonly #path: string;
  #gathered = '';
  #waitingBytes = 0;
  #handle: FileHandle | undefined;
  #failure: Error | undefined;
  /** All that was handed to the disk so far; never rejects. */
  #written: Promise<void>;

  constructor(path: string, allowed: Promise<void>) {
    this.#path = path;
    this.#written = Promise.resolve();
    this.#then(async () => {
      await allowed;
      this.#handle = await open(path, 'wx');
    });
  }

  /** Throws what an earlier line could not be written for. */
  writeLine(line: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#gathered += `${line}\n`;
    if (this.#gathered.length >= GATHER_CHARS) this.#handOver();
  }

  /** Resolves when little enough waits for the disk; undefined where that is so now. Never rejects. */
  backpressure(): Promise<void> | undefined {
    return this.#waitingBytes > WAITING_LIMIT_BYTES ? this.#written : undefined;
  }

  /** Ends the file. Its bytes are durable when the promise resolves with its path. */
  async finish(): Promise<string> {
    this.#handOver();
    this.#then(() => this.#handle?.sync());
    await this.#written;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#handle?.close();
    this.#handle = undefined;
    return this.#path;
  }

  /** Gives the file up. Never rejects: what cannot be removed now is removed by the next recovery. */
  async discard(): Promise<void> {
    await this.#written;
    if (this.#handle === undefined) return;
    await this.#handle.close().catch(() => undefined);
    await unlink(this.#path).catch(() => undefined);
  }

  #handOver(): void {
    const bytes = Buffer.from(this.#gathered);
    this.#gathered = '';
    this.#waitingBytes += bytes.length;
    this.#then(async () => {
      await this.#handle?.writeFile(bytes);
      this.#waitingBytes -= bytes.length;
    });
  }

  /** Does `action` after all that was handed over before; nothing more is done after a failure. */
  #then(action: () => Promise<void> | undefined): void {
    this.#written = this.#written.then(async () => {
      if (this.#failure !== undefined) return;
      try {
        await action();
      } catch (thrown) {
        this.#failure = thrown instanceof CkptError ? thrown : fileError(thrown, 'write to', this.#path);
      }
    });
  }
}
