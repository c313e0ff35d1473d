// What would make checkpoints take less, in words.
import type { MeasuredCapacity } from '../model/measured-capacity.js';
import type { Remedy, RemedyKind } from '../model/remedy.js';
import type { Look } from './palette.js';
import { visible } from './text.js';
import { formatBytes, formatCount } from './units.js';

const MOST_REMEDIES = 12;

export const REMEDY_WORDS: Readonly<Record<RemedyKind, string>> = {
  'clean-up': 'clean up what no snapshot needs',
  'empty-trash': 'empty the trash',
  'retain-fewer': 'retain fewer checkpoints',
  'longer-interval': 'take them half as often',
  incremental: 'take them incrementally',
  compression: 'compress them',
  ttl: 'let state expire',
  'file-merging': 'merge small files',
  'less-amplification': 'keep merged files tighter',
};

/** Three lines for each: what, how, and on what the estimate stands. */
export function remedyLines({ remedies }: Pick<MeasuredCapacity, 'remedies'>, look: Look): readonly string[] {
  const { accent, faint, strong } = look.palette;
  return remedies.slice(0, MOST_REMEDIES).flatMap((remedy) => {
    const of = remedy.job === null ? '' : faint(` of ${remedy.job}`);
    return [
      `  ${strong(REMEDY_WORDS[remedy.kind])}${of}: ${accent(savingText(remedy))}`,
      `    ${visible(remedy.how)}`,
      `    ${faint(visible(remedy.basis))}`,
    ];
  });
}

/** `1.2 GiB`, `300 MiB of writes a day`, `1,200 files`. */
export function savingText({ savesBytes, savesBytesPerDay, savesFiles }: Remedy): string {
  const parts = [
    savesBytes !== null && savesBytes >= 1 ? formatBytes(savesBytes) : '',
    savesBytesPerDay !== null && savesBytesPerDay >= 1
      ? `${formatBytes(savesBytesPerDay)} of writes a day`
      : '',
    savesFiles !== null && savesFiles >= 1 ? `${formatCount(Math.round(savesFiles))} files` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
