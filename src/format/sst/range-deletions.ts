// Which writes a set of range deletions hides. Ranges overlap freely; here they become pieces that do not, each with
// the newest deletion over it, so that keys in ascending order are looked up in one pass.
// Source: RocksDB FragmentedRangeTombstoneList.
import type { RangeDeletion } from './table.js';

/** Tells for keys that never descend the sequence number of the newest range deletion over them; -1 without one. */
export function newestDeletionOver(deletions: readonly RangeDeletion[]): (key: Buffer) => number {
  const pieces = piecesOf(deletions);
  let at = 0;
  return (key) => {
    while (at < pieces.length && Buffer.compare(pieces[at]!.end, key) <= 0) at++;
    const piece = pieces[at];
    return piece !== undefined && Buffer.compare(piece.start, key) <= 0 ? piece.sequence : -1;
  };
}

/** Paints the spans between all borders, the newest deletion first; what is painted is skipped from then on. */
function piecesOf(deletions: readonly RangeDeletion[]): readonly RangeDeletion[] {
  const borders = distinct(deletions.flatMap(({ start, end }) => [start, end]));
  const sequences = borders.map(() => -1);
  const unpainted = borders.map((_, index) => index);
  for (const { start, end, sequence } of [...deletions].sort((a, b) => b.sequence - a.sequence)) {
    const last = indexOf(borders, end);
    let index = nextUnpainted(unpainted, indexOf(borders, start));
    while (index < last) {
      sequences[index] = sequence;
      unpainted[index] = index + 1;
      index = nextUnpainted(unpainted, index);
    }
  }
  return sequences.flatMap((sequence, index) =>
    sequence < 0 ? [] : [{ start: borders[index]!, end: borders[index + 1]!, sequence }],
  );
}

function distinct(keys: readonly Buffer[]): readonly Buffer[] {
  return [...keys]
    .sort(Buffer.compare)
    .filter((key, index, sorted) => index === 0 || !key.equals(sorted[index - 1]!));
}

/** Position of a key that is there. */
function indexOf(sorted: readonly Buffer[], key: Buffer): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare(sorted[middle]!, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Follows the links and shortens them on the way, so that no span is walked over twice. */
function nextUnpainted(unpainted: number[], from: number): number {
  let index = from;
  while (unpainted[index]! !== index) {
    unpainted[index] = unpainted[unpainted[index]!]!;
    index = unpainted[index]!;
  }
  return index;
}
