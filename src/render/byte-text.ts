// Text that is put together as bytes, for lists of millions of rows: most of a row is copied, four bytes at a time, and
// no string is made of it.
import type { LocationKey } from '../model/location-key.js';
import { knownText } from '../support/modified-utf8.js';

const FIRST_ROOM = 128 * 1024;
/** Four bytes at a time may reach beyond the end. */
const MARGIN = 3;
const [SPACE, ZERO, MINUS] = [0x20, 0x30, 0x2d];

/** Text that is added again and again. */
export type Phrase = DataView;

/** A phrase has room behind it for what is copied in vain. */
export function phrase(text: string): Phrase {
  const length = Buffer.byteLength(text);
  const bytes = new Uint8Array(length + MARGIN);
  bytes.set(Buffer.from(text));
  return new DataView(bytes.buffer);
}

/** Gathers text until it is taken. */
export class ByteText {
  #bytes = Buffer.allocUnsafeSlow(FIRST_ROOM);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** In bytes. */
  get length(): number {
    return this.#length;
  }

  add(source: Phrase): void {
    const length = source.byteLength - MARGIN;
    this.#reserve(length);
    const [view, start] = [this.#view, this.#length];
    for (let at = 0; at < length; at += 4) view.setInt32(start + at, source.getInt32(at));
    this.#length = start + length;
  }

  addText(text: string): void {
    this.#reserve(3 * text.length);
    const [bytes, start] = [this.#bytes, this.#length];
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 0x80) {
        this.#length += bytes.write(text, start);
        return;
      }
      bytes[start + at] = unit;
    }
    this.#length = start + text.length;
  }

  /** Adds the text of `key`: as it is where every way of writing texts leaves it so, else what `write` makes of it. */
  addKey({ bytes, view: source, length }: LocationKey, write: (text: string) => string): void {
    this.#reserve(length);
    const [view, start] = [this.#view, this.#length];
    for (let at = 0; at < length; at += 4) {
      const four = at + 4 <= length ? source.getInt32(at) : lastBytes(bytes, at, length);
      if (!arePlain(four)) {
        this.addText(write(knownText(Buffer.from(bytes.buffer), 0, length)));
        return;
      }
      view.setInt32(start + at, four);
    }
    this.#length = start + length;
  }

  /** A safe integer, in decimal. */
  addInteger(value: number): void {
    let rest = Math.abs(value);
    let digits = value < 0 ? 2 : 1;
    for (let next = rest; next >= 10; next = Math.floor(next / 10)) digits++;
    this.#reserve(digits);
    const [bytes, start] = [this.#bytes, this.#length];
    bytes[start] = MINUS;
    for (let at = start + digits - 1; at >= start + (value < 0 ? 1 : 0); at--) {
      const tens = Math.floor(rest / 10);
      bytes[at] = ZERO + rest - tens * 10;
      rest = tens;
    }
    this.#length = start + digits;
  }

  /** All that was added since the last time. */
  take(): string {
    const text = this.#bytes.toString('utf8', 0, this.#length);
    this.#length = 0;
    return text;
  }

  #reserve(added: number): void {
    const needed = this.#length + added + MARGIN;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** The last bytes as if spaces followed. */
function lastBytes(bytes: Uint8Array, start: number, end: number): number {
  let four = 0;
  for (let at = start; at < start + 4; at++) four = (four << 8) | (at < end ? bytes[at]! : SPACE);
  return four;
}

/** Whether four bytes are printable ASCII and none of them a quote or a backslash. */
function arePlain(four: number): boolean {
  const quotes = four ^ 0x22222222;
  const backslashes = four ^ 0x5c5c5c5c;
  const ends = four ^ 0x7f7f7f7f;
  // Each subtraction borrows into the highest bit of a byte that is too small.
  const found =
    four |
    ((four - 0x20202020) & ~four) |
    ((quotes - 0x01010101) & ~quotes) |
    ((backslashes - 0x01010101) & ~backslashes) |
    ((ends - 0x01010101) & ~ends);
  return (found & 0x80808080) === 0;
}
