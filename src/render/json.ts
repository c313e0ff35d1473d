// A value as the one JSON document that --json prints.
import type { InColumns, Rows } from '../model/rows.js';
import { jsonOfColumns } from './json-rows.js';

const PIECE_CHARS = 4096;
/** Spaces before the parts that are written whole: the subtasks of a raw `_metadata`, which may be long together. */
const DEEPEST = 10;
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

/**
 * {@link toJson} in pieces, so that rows by the million are made and forgotten one by one, and no text is longer than a
 * string may be.
 */
export function* jsonPieces(document: object): Generator<string> {
  yield* partsOf(document, '');
  yield '\n';
}

/** An object or array part by part, indented as the value of a field of a document. */
function* partsOf(whole: object, indent: string): Generator<string> {
  const [open, close] = Array.isArray(whole) ? '[]' : '{}';
  let separator = open;
  for (const [key, part] of Object.entries(whole)) {
    if (part === undefined && open === '{') continue;
    yield `${separator}\n${indent}  ${open === '{' ? `${JSON.stringify(key)}: ` : ''}`;
    yield* jsonOfValue(part ?? null, `${indent}  `);
    separator = ',';
  }
  yield separator === open ? `${open}${close}` : `\n${indent}${close}`;
}

/** Rows are fields of the document itself. */
function* jsonOfValue(value: unknown, indent: string): Generator<string> {
  if (isInColumns(value)) yield* jsonOfColumns(value);
  else if (isRows(value)) yield* piecesOfRows(value);
  else if (indent.length < DEEPEST && isTree(value)) yield* partsOf(value, indent);
  else yield stringify(value).replaceAll('\n', `\n${indent}`);
}

/** Whether there are objects in an object. */
function isTree(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return false;
  return Object.values(value).some((part) => typeof part === 'object' && part !== null);
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
