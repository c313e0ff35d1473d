// The texts of a document that is kept. Of millions most are paths, each used once: they are cut out of long pieces of
// the file, which takes a fraction of the time of decoding each. Names of files within databases come again with every
// subtask: one string serves all. What is kept of a piece is never more than the file itself.
import { isAscii, knownText } from '../../support/modified-utf8.js';

const PIECE_BYTES = 256 * 1024;
const LENGTH_BYTES = 2;
/** Places for names; a name takes the place of another whose hash is like its own. */
const PLACE_BITS = 10;
const LONGEST_NAME_BYTES = 64;
const WORD_BYTES = 4;

/** Texts in `bytes`, told by where their u16 length stands. They were read before, and asked for in their order. */
export class KeptTexts {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #piece = '';
  #pieceStart = 0;
  readonly #names: string[] = new Array(1 << PLACE_BITS).fill('');
  /** Where the name in a place was found first; -1 where there is none. */
  readonly #namesAt = new Int32Array(1 << PLACE_BITS).fill(-1);

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A text that is likely to be unlike all others. */
  textAt(at: number): string {
    const start = at + LENGTH_BYTES;
    const end = start + this.#view.getUint16(at);
    if (!isAscii(this.#view, start, end)) return knownText(this.#bytes, start, end);
    if (start < this.#pieceStart || end > this.#pieceStart + this.#piece.length) {
      this.#pieceStart = start;
      this.#piece = this.#bytes.toString('latin1', start, Math.max(end, start + PIECE_BYTES));
    }
    return this.#piece.substring(start - this.#pieceStart, end - this.#pieceStart);
  }

  /** A text that is likely to come again. */
  nameAt(at: number): string {
    const length = this.#view.getUint16(at);
    if (length < WORD_BYTES || length > LONGEST_NAME_BYTES) return this.textAt(at);
    const place = this.#placeOf(at, length);
    const known = this.#namesAt[place]!;
    if (known >= 0 && this.#isSame(known, at, LENGTH_BYTES + length)) return this.#names[place]!;
    const name = this.textAt(at);
    this.#names[place] = name;
    this.#namesAt[place] = at;
    return name;
  }

  #placeOf(at: number, length: number): number {
    const last = at + LENGTH_BYTES + length - WORD_BYTES;
    let hash = this.#view.getInt32(last);
    for (let from = at + LENGTH_BYTES; from < last; from += WORD_BYTES) {
      hash = Math.imul(hash ^ this.#view.getInt32(from), 0x9e3779b1);
    }
    return Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> (32 - PLACE_BITS);
  }

  /** Of at least four bytes, the lengths of the texts among them. */
  #isSame(left: number, right: number, length: number): boolean {
    const view = this.#view;
    const last = length - WORD_BYTES;
    for (let at = 0; at < last; at += WORD_BYTES) {
      if (view.getInt32(left + at) !== view.getInt32(right + at)) return false;
    }
    return view.getInt32(left + last) === view.getInt32(right + last);
  }
}
