// What became of a copy, for people and as a document.
import type { CopyReport } from '../model/copy-report.js';
import { visible } from './text.js';
import { formatBytes, formatCount, plural } from './units.js';

/** The fields are public: they are added to, never renamed. */
export function copyDocument({ isDryRun, ...report }: CopyReport) {
  return { ...report, dryRun: isDryRun };
}

/** A few lines. */
export function renderCopy(report: CopyReport): string {
  const { source, path, files, bytes, filesCopied, bytesCopied, isDryRun } = report;
  const all = `${plural(files, 'file')}, ${formatBytes(bytes)}`;
  const lines = [
    isDryRun
      ? `would copy ${visible(source)}\n        to ${visible(path)}: ${all}`
      : `copied ${visible(source)}\n    to ${visible(path)}: ${all}`,
  ];
  if (filesCopied < files)
    lines.push(
      `${formatCount(files - filesCopied)} of them, ${formatBytes(bytes - bytesCopied)}, were there already`,
    );
  if (report.formatVersion !== report.sourceFormatVersion)
    lines.push(
      `its _metadata is of version ${report.formatVersion}, which Flink 1.11 and later read; it was ${report.sourceFormatVersion}`,
    );
  if (report.verified) lines.push('verified: every file is there, and the copy depends on nothing else');
  if (!report.movable)
    lines.push('it names files by its own path: to move it later, use ckpt copy again and no other tool');
  return `${lines.join('\n')}\n`;
}
