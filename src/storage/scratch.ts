// Room for what outgrows memory: bytes that are written once and read again by this process, and gone with it.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BugError, StorageError } from '../support/errors.js';

/** Where a piece of a {@link Scratch} lies. */
export interface ScratchPiece {
  readonly offset: number;
  readonly length: number;
}

/** Pieces of bytes, to be had again in any order. Throws StorageError where there is no room. */
export interface Scratch {
  write(bytes: Uint8Array): ScratchPiece;
  read(piece: ScratchPiece): Uint8Array;
  /** Gives all room back. */
  close(): void;
}

/** A scratch in one temporary file, which is made at the first write. */
export class TemporaryFile implements Scratch {
  readonly #parent: string;
  #directory = '';
  #descriptor: number | null = null;
  #end = 0;

  constructor(parentDirectory: string = tmpdir()) {
    this.#parent = parentDirectory;
  }

  write(bytes: Uint8Array): ScratchPiece {
    const offset = this.#end;
    try {
      this.#descriptor ??= this.#open();
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, offset + done);
    } catch (cause) {
      throw new StorageError('no-space', `cannot write a temporary file: ${(cause as Error).message}`, {
        where: this.#directory || this.#parent,
        next: 'make room there, or name another directory with the environment variable TMPDIR',
        cause,
      });
    }
    this.#end += bytes.length;
    return { offset, length: bytes.length };
  }

  read({ offset, length }: ScratchPiece): Uint8Array {
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const count = readSync(this.#descriptor!, bytes, done, length - done, offset + done);
      if (count === 0) throw new BugError('a temporary file is shorter than what was written to it');
      done += count;
    }
    return bytes;
  }

  close(): void {
    if (this.#descriptor === null) return;
    closeSync(this.#descriptor);
    this.#descriptor = null;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** The name is taken away at once where the system allows that, so that not even a kill leaves the file behind. */
  #open(): number {
    this.#directory = mkdtempSync(join(this.#parent, 'ckpt-'));
    const path = join(this.#directory, 'scratch');
    const descriptor = openSync(path, 'wx+', 0o600);
    if (process.platform !== 'win32') {
      unlinkSync(path);
      rmSync(this.#directory, { recursive: true, force: true });
    }
    return descriptor;
  }
}
