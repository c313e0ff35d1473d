// The pieces that a long text is made of: a titled section, a list of labelled values, a picture of shares.
import { shareBar } from './bar.js';
import type { Look } from './palette.js';
import { layOut } from './table.js';
import { formatBytes, formatShare } from './units.js';

/** A section: its title and its lines, a blank line before it; nothing at all where there are no lines. */
export function section(title: string, lines: readonly string[], look: Look): readonly string[] {
  return lines.length === 0 ? [] : ['', look.palette.strong(title), ...lines];
}

/** {@link section} of more lines than are held at once, which come in pieces with their line ends. */
export function* longSection(title: string, pieces: Iterable<string>, look: Look): Generator<string> {
  let head = `\n${look.palette.strong(title)}\n`;
  for (const piece of pieces) {
    yield head + piece;
    head = '';
  }
}

/** `label  value` for each pair with a value, the values below each other. Values are taken as they are. */
export function labelled(
  pairs: readonly (readonly [label: string, value: string | null])[],
  look: Look,
): string[] {
  const shown = pairs.filter(([, value]) => value !== null && value !== '');
  const width = Math.max(0, ...shown.map(([label]) => label.length));
  return shown.map(([label, value]) => `  ${look.palette.faint(label.padEnd(width))}  ${value}`);
}

/** A part of a whole, with a remark beside it. */
export interface Share {
  readonly label: string;
  readonly bytes: bigint;
  readonly remark?: string;
}

const BAR_WIDTH = 16;

/** A line per share: label, size, bar, percentage, remark. */
export function shareLines(shares: readonly Share[], wholeBytes: bigint, look: Look): readonly string[] {
  const columns = [
    { title: '' },
    { title: '', align: 'right' as const },
    { title: '' },
    { title: '', align: 'right' as const },
    { title: '', shrinks: true },
  ];
  const rows = shares.map(({ label, bytes, remark = '' }) => [
    { text: label, paint: look.palette.faint },
    formatBytes(bytes),
    { text: shareBar(bytes, wholeBytes, BAR_WIDTH), paint: look.palette.accent },
    wholeBytes > 0n ? formatShare(bytes, wholeBytes) : '',
    { text: remark, paint: look.palette.faint },
  ]);
  return layOut(columns, rows, look).rows;
}
