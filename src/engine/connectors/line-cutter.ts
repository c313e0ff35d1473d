// Cuts chunks of bytes into lines: UTF-8, ended by \n or \r\n, and counts the bytes. A line that crosses the edge of a
// chunk is put together from its parts, so that characters are never torn. Invalid UTF-8 becomes U+FFFD, as in Java.
import { JobError } from '../../support/errors.js';

/** A longer line is taken for a file that is no text. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Lines of one file, from a position on. Feed it with {@link give} whenever {@link next} returns null. */
export class LineCutter {
  readonly #path: string;
  /** Offset in the file where the next line begins. */
  #position: number;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Parts of a line whose end has not been seen, copied out of their chunks. */
  #parts: Buffer[] = [];
  #partBytes = 0;

  constructor(path: string, position: number) {
    this.#path = path;
    this.#position = position;
  }

  /** Offset in the file, in bytes, at which the next line begins. */
  get position(): number {
    return this.#position;
  }

  /** Hands over the bytes that follow; borrowed until {@link next} returns null. */
  give(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#at = 0;
  }

  /** The next whole line without its ending, or null where more bytes are needed. */
  next(): string | null {
    const newline = this.#chunk.indexOf(NEWLINE, this.#at);
    if (newline < 0) return this.#keepRest();
    const from = this.#at;
    this.#at = newline + 1;
    this.#position += this.#partBytes + newline + 1 - from;
    if (this.#partBytes === 0) return text(this.#chunk, from, newline);
    return this.#takeParts(this.#chunk.subarray(from, newline));
  }

  /** The last line, where the file does not end in \n; null where it does. */
  last(): string | null {
    if (this.#partBytes === 0) return null;
    this.#position += this.#partBytes;
    return this.#takeParts(Buffer.alloc(0));
  }

  /** Passes over the rest of the line in which the bytes begin; false where more bytes are needed. */
  skipLine(): boolean {
    const newline = this.#chunk.indexOf(NEWLINE, this.#at);
    const end = newline < 0 ? this.#chunk.length : newline + 1;
    this.#position += end - this.#at;
    this.#at = end;
    return newline >= 0;
  }

  #keepRest(): null {
    const rest = this.#chunk.subarray(this.#at);
    this.#at = this.#chunk.length;
    if (rest.length === 0) return null;
    this.#partBytes += rest.length;
    if (this.#partBytes > MAX_LINE_BYTES) throw this.#tooLong();
    this.#parts.push(Buffer.from(rest));
    return null;
  }

  #takeParts(end: Buffer): string {
    const line = Buffer.concat([...this.#parts, end]);
    this.#parts = [];
    this.#partBytes = 0;
    return text(line, 0, line.length);
  }

  #tooLong(): JobError {
    const message = `the line that begins at byte ${this.#position} of ${this.#path} is longer than ${MAX_LINE_BYTES} bytes`;
    return new JobError(message, {
      where: this.#path,
      next: 'name a text file whose lines end in a newline',
    });
  }
}

function text(bytes: Buffer, from: number, newline: number): string {
  const to = newline > from && bytes[newline - 1] === RETURN ? newline - 1 : newline;
  return bytes.toString('utf8', from, to);
}
