// JSON documents in which one array is too long to be held as text: its rows come and go one by one, all else is one value.
// Where a row ends is told by quotes, brackets and commas; whether all of it is JSON is left to JSON.parse.

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Rows that {@link textWithRows} hands out at once. */
const ROWS_AT_ONCE = 500;

/** The rows are in the array of this name, which is a field of something so many objects and arrays deep. */
export interface RowsPlace {
  readonly name: string;
  readonly depth: number;
}

/** Takes a document in pieces, cut anywhere. Throws a SyntaxError where it is no JSON, or has such rows twice. */
export class JsonRows {
  readonly #name: string;
  readonly #nameDepth: number;
  readonly #onRow: (row: unknown) => void;
  /** All but the rows. */
  readonly #rest: Uint8Array[] = [];
  /** Of the last piece what is not understood yet: from the beginning of a row, or of a text. */
  #begun: Uint8Array = new Uint8Array();
  #state: 'before' | 'within' | 'behind' = 'before';
  #depth = 0;
  #lastText = '';
  #isNamed = false;
  #rowCount = 0;

  constructor({ name, depth }: RowsPlace, onRow: (row: unknown) => void) {
    this.#name = JSON.stringify(name);
    this.#nameDepth = depth;
    this.#onRow = onRow;
  }

  push(piece: Uint8Array): void {
    const bytes = Buffer.concat([this.#begun, piece]);
    let start = 0;
    let at = 0;
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        const end = endOfText(bytes, at);
        if (end < 0) break;
        if (this.#depth === this.#nameDepth) this.#lastText = bytes.toString('utf8', at, end + 1);
        at = end;
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        if (byte === OPEN_ARRAY && this.#isNamed) start = this.#begin(bytes, start, at);
        this.#isNamed = false;
        this.#depth++;
      } else if (byte === COMMA) {
        if (this.#isBetweenRows()) start = this.#row(bytes, start, at);
        this.#isNamed = false;
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        if (this.#isBetweenRows()) start = this.#end(bytes, start, at);
        this.#depth--;
      } else if (byte === COLON) {
        this.#isNamed = this.#depth === this.#nameDepth && this.#lastText === this.#name;
      }
    }
    this.#keep(bytes, start, at);
  }

  /** The document, an empty array in place of the rows; asked when all pieces have come. */
  end(): unknown {
    return JSON.parse(Buffer.concat([...this.#rest, this.#begun]).toString());
  }

  #isBetweenRows(): boolean {
    return this.#state === 'within' && this.#depth === this.#nameDepth + 1;
  }

  #begin(bytes: Buffer, start: number, at: number): number {
    if (this.#state !== 'before') throw new SyntaxError(`${this.#name} stands there twice`);
    this.#state = 'within';
    this.#rest.push(bytes.subarray(start, at + 1));
    return at + 1;
  }

  #row(bytes: Buffer, start: number, at: number): number {
    this.#rowCount++;
    this.#onRow(JSON.parse(bytes.toString('utf8', start, at)));
    return at + 1;
  }

  #end(bytes: Buffer, start: number, at: number): number {
    const isEmpty = this.#rowCount === 0 && bytes.toString('utf8', start, at).trim() === '';
    if (!isEmpty) this.#row(bytes, start, at);
    this.#state = 'behind';
    return at;
  }

  /** A row that goes on is begun anew with the next piece. */
  #keep(bytes: Buffer, start: number, at: number): void {
    const isWithin = this.#state === 'within';
    if (isWithin) this.#depth = this.#nameDepth + 1;
    else this.#rest.push(bytes.subarray(start, at));
    this.#begun = bytes.subarray(isWithin ? start : at);
  }
}

/** The place of the quote that ends the text which begins at `start`; -1 where it is not there. */
function endOfText(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let escapes = 0;
    while (bytes[end - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return -1;
}

/** The text of `document`, which ends with an empty array, with `rows` in that array and a line end behind; in pieces. */
export function* textWithRows(document: object, rows: readonly object[]): Generator<string> {
  const text = JSON.stringify(document);
  const split = text.lastIndexOf(']');
  yield text.slice(0, split);
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const some = JSON.stringify(rows.slice(start, start + ROWS_AT_ONCE)).slice(1, -1);
    yield start === 0 ? some : `,${some}`;
  }
  yield `${text.slice(split)}\n`;
}
