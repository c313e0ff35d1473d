// A value as the one JSON document that --json prints.
import type { InColumns, Rows } from '../model/rows.js';
import { jsonOfColumns } from './json-rows.js';

const PIECE_CHARS = 4096;
/** Text that JSON has as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * Indented JSON with a line end. A bigint becomes an integer, past 2^53 a decimal string; undefined fields are left
 * out; the order of fields is the value's own. Fields of a document that are {@link Rows}, or rows
 * {@link InColumns}, become arrays.
 */
export function toJson(value: object): string {
  return [...jsonPieces(value)].join('');
}

/** {@link toJson} in pieces, so that rows by the million are made and forgotten one by one. */
export function* jsonPieces(document: object): Generator<string> {
  let separator = '';
  yield '{';
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    yield `${separator}\n  ${JSON.stringify(key)}: `;
    if (isInColumns(value)) yield* jsonOfColumns(value);
    else if (isRows(value)) yield* piecesOfRows(value);
    else yield stringify(value).replaceAll('\n', '\n  ');
    separator = ',';
  }
  yield separator === '' ? '}\n' : '\n}\n';
}

/** An integer as JSON holds it exactly: a number, or a decimal string past 2^53. */
export function exactNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** Several rows a piece: handing one on takes as long as making one. */
function* piecesOfRows(rows: Rows<object>): Generator<string> {
  let gathered = '[';
  let separator = '';
  for (const row of rows) {
    gathered += `${separator}\n    ${flatRow(row) ?? stringify(row).replaceAll('\n', '\n    ')}`;
    separator = ',';
    if (gathered.length < PIECE_CHARS) continue;
    yield gathered;
    gathered = '';
  }
  yield separator === '' ? '[]' : `${gathered}\n  ]`;
}

/** A row of texts and numbers, which most are, several times as fast; null where there is more in it. */
function flatRow(row: object): string | null {
  let fields = '';
  for (const key in row) {
    const text = flatValue(row[key as keyof object]);
    if (text === null) return null;
    fields += fields === '' ? `\n      "${key}": ${text}` : `,\n      "${key}": ${text}`;
  }
  return fields === '' ? null : `{${fields}\n    }`;
}

function flatValue(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : null;
    case 'bigint':
      return flatValue(exactNumber(value));
    default:
      return null;
  }
}

function stringify(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? exactNumber(part) : part), 2);
}

function isInColumns(value: unknown): value is InColumns {
  return typeof value === 'object' && value !== null && 'columns' in value && 'numbers' in value;
}

function isRows(value: unknown): value is Rows<object> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && !Array.isArray(value);
}
