// Tables without borders that fit the width they are given. Rows are one line each, so that callers may put headings
// between them.
import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Look } from './palette.js';
import { shorten, visible } from './text.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way where the table is too wide: its texts are shortened in the middle. */
  readonly shrinks?: boolean;
  /** Left out where the table is too wide even so; the lowest number goes first. */
  readonly drops?: number;
}

/** Text, or text with its colour; the text is measured and made safe before it is painted. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

/** A table as lines: the head, then one line for each row. Columns that are blank in every row are left out. */
export interface TableLines {
  readonly head: string;
  readonly rows: readonly string[];
}

const GAP = 2;
const LEAST_WIDTH = 16;
const ROWS_AT_ONCE = 128;
const NO_BORDERS = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right', 'left']
    .concat(['left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((name) => [name, '']),
);

/** Lays out `rows` (each with one cell per column), indented by the gap between columns. */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  look: Look,
): TableLines {
  const { shown, widths } = fitColumns(columns, rows, look.width);
  const lines = print(
    shown.map((index) => columns[index]!),
    [
      shown.map((index) => look.palette.faint(columns[index]!.title)),
      ...rows.map((row) => shown.map((index) => painted(row[index]!, widths[index]!))),
    ],
  );
  return { head: lines[0] ?? '', rows: rows.map((_, row) => lines[row + 1] ?? '') };
}

/** {@link layOut} as one text with line ends. */
export function table(columns: readonly Column[], rows: readonly (readonly Cell[])[], look: Look): string {
  const { head, rows: lines } = layOut(columns, rows, look);
  return [head, ...lines].map((line) => `${line}\n`).join('');
}

function textOf(cell: Cell): string {
  return visible(typeof cell === 'string' ? cell : cell.text);
}

function painted(cell: Cell, width: number): string {
  const text = shorten(textOf(cell), width);
  return typeof cell === 'string' ? text : cell.paint(text);
}

/** Which columns are shown, and the width of each (by its index in `columns`). */
function fitColumns(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  total: number,
): { readonly shown: readonly number[]; readonly widths: readonly number[] } {
  const contents = columns.map(() => 0);
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      contents[index] = Math.max(contents[index]!, textOf(cell).length);
    }
  }
  const widths = columns.map((column, index) => Math.max(column.title.length, contents[index]!));
  const least = columns.map((column, index) =>
    column.shrinks ? Math.min(widths[index]!, Math.max(column.title.length, LEAST_WIDTH)) : widths[index]!,
  );
  let shown = columns.map((_, index) => index).filter((index) => contents[index]! > 0);
  const sumOf = (of: readonly number[]) => shown.reduce((sum, index) => sum + of[index]! + GAP, 0);
  while (sumOf(least) > total) {
    const [first] = shown.filter((index) => columns[index]!.drops !== undefined).sort(byDrops(columns));
    if (first === undefined) break;
    shown = shown.filter((index) => index !== first);
  }
  const excess = sumOf(widths) - total;
  return { shown, widths: shrink(widths, shown, { least, excess }) };
}

const byDrops = (columns: readonly Column[]) => (a: number, b: number) =>
  columns[a]!.drops! - columns[b]!.drops!;

/** Takes `excess` from the shown columns that are wider than they must be, one column from the widest at a time. */
function shrink(
  widths: readonly number[],
  shown: readonly number[],
  by: { readonly least: readonly number[]; readonly excess: number },
): readonly number[] {
  const shrunk = [...widths];
  for (let excess = by.excess; excess > 0; excess--) {
    const [widest] = shown
      .filter((index) => shrunk[index]! > by.least[index]!)
      .sort((a, b) => shrunk[b]! - shrunk[a]!);
    if (widest === undefined) break;
    shrunk[widest]!--;
  }
  return shrunk;
}

/** The layout of cli-table3 takes longer the more rows it has before it: the columns are measured, and printed in parts. */
function print(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((_, index) =>
    rows.reduce((widest, row) => Math.max(widest, stringWidth(row[index]!)), 0),
  );
  const lines: string[] = [];
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
    const printed = new Table({
      chars: NO_BORDERS,
      style: { 'padding-left': GAP, 'padding-right': 0, head: [], border: [], compact: true },
      colAligns: columns.map((column) => column.align ?? 'left'),
      colWidths: widths.map((width) => width + GAP),
    });
    for (const row of rows.slice(start, start + ROWS_AT_ONCE)) printed.push([...row]);
    for (const line of printed.toString().split('\n')) lines.push(line.trimEnd());
  }
  return lines;
}
