// What the bytes of a store are for, and how large its files are.
import { PORTIONS, type Portion, type StoredFiles } from '../model/measured-capacity.js';
import { shareBar } from './bar.js';
import type { Look } from './palette.js';
import { shareLines } from './section.js';
import { layOut } from './table.js';
import { formatBytes, formatCount, formatShare } from './units.js';

/** What each kind of bytes is, in a few words. */
export const PORTION_WORDS: Readonly<Record<Portion, string>> = {
  exclusive: 'state of one checkpoint alone',
  shared: 'state that incremental checkpoints share',
  merged: 'in use in merged files',
  amplified: 'in merged files, and no longer in use',
  'task-owned': 'owned by tasks',
  changelog: 'changelog of state',
  savepoint: 'state of savepoints',
  elsewhere: 'needed, outside of the places of state',
  inline: 'state inside _metadata',
  metadata: '_metadata itself',
  orphaned: 'no snapshot needs it; see ckpt audit',
  trash: 'put aside by ckpt',
  foreign: 'not written by Flink',
};

/** A bar for each kind of bytes that there is. */
export function portionLines({ portions, total }: StoredFiles, look: Look): readonly string[] {
  const shares = PORTIONS.filter((name) => portions[name] > 0).map((name) => ({
    label: `  ${name}`,
    bytes: BigInt(portions[name]),
    remark: PORTION_WORDS[name],
  }));
  return shareLines(shares, BigInt(total.bytes), look);
}

const BAR_WIDTH = 16;
const SIZE_COLUMNS = [
  { title: '' },
  { title: 'FILES', align: 'right' },
  { title: '' },
  { title: '', align: 'right' },
  { title: 'BYTES', align: 'right' },
] as const;

/** A bar for each range of sizes, as long as its share of the files. */
export function sizeLines({ sizes, total }: StoredFiles, look: Look): readonly string[] {
  const last = sizes.findLastIndex(({ files }) => files > 0);
  const cells = sizes
    .slice(0, last + 1)
    .map(({ belowBytes, files, bytes }, index) => [
      belowBytes === null
        ? `  ${formatBytes(sizes[index - 1]?.belowBytes ?? 0)} and more`
        : `  below ${formatBytes(belowBytes)}`,
      formatCount(files),
      { text: shareBar(files, total.files, BAR_WIDTH), paint: look.palette.accent },
      files > 0 ? formatShare(files, total.files) : '',
      formatBytes(bytes),
    ]);
  const { head, rows } = layOut(SIZE_COLUMNS, cells, look);
  return cells.length === 0 ? [] : [head, ...rows];
}
