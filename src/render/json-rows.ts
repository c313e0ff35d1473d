// Rows in columns as a field of a JSON document: the same text as of an array of objects, in a fraction of the time.
import { LocationKey } from '../model/location-key.js';
import type { Column, InColumns } from '../model/rows.js';
import { assertNever } from '../support/errors.js';
import { ByteText, type Phrase, phrase } from './byte-text.js';

const PIECE_BYTES = 64 * 1024;

/** What stands before a value, and how the value is added. */
interface Field {
  readonly label: Phrase;
  readonly add: (row: number, text: ByteText) => void;
}

/** An array, indented as the field of a document. */
export function* jsonOfColumns({ numbers, columns }: InColumns): Generator<string> {
  const text = new ByteText();
  const { fields, nextRow, end } = shapeOf(Object.entries(columns));
  let separator = phrase('[\n    {');
  let last = '[]';
  for (const row of numbers()) {
    text.add(separator);
    for (let index = 0; index < fields.length; index++) {
      const { label, add } = fields[index]!;
      text.add(label);
      add(row, text);
    }
    if (text.length >= PIECE_BYTES) yield text.take();
    separator = nextRow;
    last = end;
  }
  yield text.take() + last;
}

/** The quotes of a value belong to what stands before it and behind it. */
function shapeOf(columns: readonly (readonly [string, Column])[]) {
  let quote = '';
  const fields = columns.map(([name, column], index): Field => {
    const before = index === 0 ? '' : `${quote},`;
    quote = column.kind === 'integer' ? '' : '"';
    return { label: phrase(`${before}\n      ${JSON.stringify(name)}: ${quote}`), add: adderOf(column) };
  });
  const close = `${quote}\n    }`;
  return { fields, nextRow: phrase(`${close},\n    {`), end: `${close}\n  ]` };
}

function adderOf(column: Column): Field['add'] {
  switch (column.kind) {
    case 'integer':
      return (row, text) => addExact(column.at(row), text);
    case 'word': {
      const known = new Map<string, Phrase>();
      return (row, text) => text.add(phraseOf(column.at(row), known));
    }
    case 'text': {
      const key = new LocationKey();
      return (row, text) => {
        column.write(row, key);
        text.addKey(key, escaped);
      };
    }
    default:
      return assertNever(column, 'column');
  }
}

/** Past 2^53 a decimal string. */
function addExact(value: number | bigint, text: ByteText): void {
  const number = Number(value);
  if (Number.isSafeInteger(number)) text.addInteger(number);
  else text.addText(`"${value}"`);
}

function phraseOf(word: string, known: Map<string, Phrase>): Phrase {
  const before = known.get(word);
  if (before !== undefined) return before;
  const made = phrase(escaped(word));
  known.set(word, made);
  return made;
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
