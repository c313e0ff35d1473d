// Tables of more rows than are held at once: they are gone through twice, first to measure them. Nothing in them gives
// way; the last column is of long texts, and the others of short ones.
import { LocationKey } from '../model/location-key.js';
import type { TextColumn } from '../model/rows.js';
import { ByteText } from './byte-text.js';
import type { Look } from './palette.js';
import { visible } from './text.js';

const PIECE_BYTES = 64 * 1024;
const GAP = '  ';

export interface ShortColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Rows of one kind, with a text for each short column. */
export interface LongRows {
  /** Rows are numbered from 0 to `count - 1`. */
  readonly count: number;
  /** The same in the order of the lines. */
  readonly numbers: () => Iterable<number>;
  readonly short: readonly ((row: number) => string)[];
  readonly long: TextColumn;
}

/**
 * A line for each row of all `parts` below a head, indented by the gap between columns, in pieces with their line ends.
 * Columns that are blank in every row are left out. Short texts are of safe characters of one width.
 */
export function* longTable(
  { short, longTitle }: { readonly short: readonly ShortColumn[]; readonly longTitle: string },
  parts: readonly LongRows[],
  look: Look,
): Generator<string> {
  const widths = widthsOf(short, parts);
  const pad = (cell: string, index: number) => {
    const width = widths[index]!;
    if (width === 0) return '';
    return GAP + (short[index]!.align === 'right' ? cell.padStart(width) : cell.padEnd(width));
  };
  const head = short.map(({ title }, index) => pad(title, index).replace(title, look.palette.faint));
  yield `${head.join('')}${GAP}${look.palette.faint(longTitle)}\n`;
  for (const part of parts) yield* linesOf(part, pad);
}

/** 0 of a column that is blank in every row. */
function widthsOf(columns: readonly ShortColumn[], parts: readonly LongRows[]): readonly number[] {
  const widths = columns.map(() => 0);
  for (const { count, short } of parts) {
    for (let row = 0; row < count; row++) {
      for (let index = 0; index < short.length; index++) {
        widths[index] = Math.max(widths[index]!, short[index]!(row).length);
      }
    }
  }
  return widths.map((width, index) => (width === 0 ? 0 : Math.max(width, columns[index]!.title.length)));
}

function* linesOf(
  { numbers, short, long }: LongRows,
  pad: (cell: string, index: number) => string,
): Generator<string> {
  const [text, key] = [new ByteText(), new LocationKey()];
  for (const row of numbers()) {
    for (let index = 0; index < short.length; index++) text.addText(pad(short[index]!(row), index));
    text.addText(GAP);
    long.write(row, key);
    text.addKey(key, visible);
    text.addText('\n');
    if (text.length >= PIECE_BYTES) yield text.take();
  }
  yield text.take();
}
