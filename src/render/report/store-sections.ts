// Sections about the store as a whole: operators, what the bytes are for, orphans by cause, file sizes, problems.
import { type MeasuredCapacity, PORTIONS } from '../../model/measured-capacity.js';
import { CAUSE_WORDS } from '../audit-words.js';
import { formatGrowth } from '../growth.js';
import { PORTION_WORDS } from '../measured-files.js';
import { formatBytes, formatCount, formatShare, plural, UNKNOWN } from '../units.js';
import { jobName } from './job-sections.js';
import type { ReportSection } from './report.js';

const MOST_OPERATORS = 15;

/** The largest operators in the newest snapshots of all jobs. */
export function operatorSection({ jobs }: MeasuredCapacity): readonly ReportSection[] {
  const operators = jobs
    .flatMap((job) => job.history.operators.map((operator) => ({ job, ...operator })))
    .filter(({ fullBytes }) => fullBytes > 0)
    .sort((a, b) => b.fullBytes - a.fullBytes);
  if (operators.length === 0) return [];
  const shown = operators.slice(0, MOST_OPERATORS);
  const left = operators.length - shown.length;
  return [
    {
      id: 'operators',
      title: 'Size by operator',
      lead: `In the newest snapshot of each job.${left > 0 ? ` ${plural(left, 'operator')} more are smaller.` : ''}`,
      plot: {
        kind: 'bars',
        title: `State of ${plural(shown.length, 'operator')}, the largest first`,
        bars: shown.map(({ id, name, fullBytes }) => ({
          label: name ?? id,
          value: fullBytes,
          text: formatBytes(fullBytes),
        })),
      },
      table: {
        caption: 'Operators',
        columns: [
          { title: 'operator' },
          { title: 'job' },
          { title: 'full', numeric: true },
          { title: 'added', numeric: true },
          { title: 'growth', numeric: true },
        ],
        rows: shown.map(({ id, name, job, fullBytes, addedBytes, growth }) => [
          name ?? id,
          jobName(job),
          formatBytes(fullBytes),
          formatBytes(addedBytes),
          growth === null ? UNKNOWN : formatGrowth(growth.bytesPerMs),
        ]),
      },
    },
  ];
}

/** Each byte in the store once. */
export function portionSection({ stored: { portions, total } }: MeasuredCapacity): readonly ReportSection[] {
  const there = PORTIONS.filter((name) => portions[name] > 0).sort((a, b) => portions[b] - portions[a]);
  if (there.length === 0) return [];
  return [
    {
      id: 'portions',
      title: 'What the bytes are',
      lead: 'Each byte counts once.',
      plot: {
        kind: 'bars',
        title: `Kinds of bytes in the store, the most first: ${there[0]} ${formatShare(portions[there[0]!], total.bytes)}`,
        bars: there.map((name) => ({
          label: name,
          value: portions[name],
          text: formatBytes(portions[name]),
        })),
      },
      table: {
        caption: 'Kinds of bytes',
        columns: [
          { title: 'kind' },
          { title: 'what it is' },
          { title: 'bytes', numeric: true },
          { title: 'share', numeric: true },
        ],
        rows: there.map((name) => [
          name,
          PORTION_WORDS[name],
          formatBytes(portions[name]),
          formatShare(portions[name], total.bytes),
        ]),
      },
    },
  ];
}

/** What no snapshot needs, by how it came to be. */
export function causeSection({ causes }: MeasuredCapacity): readonly ReportSection[] {
  if (causes.length === 0) return [];
  const named = causes.map(({ of, files, bytes }) => ({
    label: of === null ? 'cannot be told' : CAUSE_WORDS[of],
    files,
    bytes,
  }));
  return [
    {
      id: 'orphans',
      title: 'What no snapshot needs, by cause',
      lead: 'Uploads of a checkpoint that is under way are among it. ckpt audit says which of it may go, and ckpt clean removes it.',
      plot: {
        kind: 'bars',
        title: `Orphans by cause, the most first: ${named[0]!.label} ${formatBytes(named[0]!.bytes)}`,
        bars: named.map(({ label, bytes }) => ({ label, value: bytes, text: formatBytes(bytes) })),
      },
      table: {
        caption: 'Causes',
        columns: [{ title: 'cause' }, { title: 'files', numeric: true }, { title: 'bytes', numeric: true }],
        rows: named.map(({ label, files, bytes }) => [label, formatCount(files), formatBytes(bytes)]),
      },
    },
  ];
}

/** How large the files are: many small ones cost requests. */
export function sizeSection({ stored: { sizes, total } }: MeasuredCapacity): readonly ReportSection[] {
  if (total.files === 0) return [];
  const last = sizes.findLastIndex(({ files }) => files > 0);
  const ranges = sizes.slice(0, last + 1).map(({ belowBytes, files, bytes }, index) => ({
    label:
      belowBytes === null
        ? `${formatBytes(sizes[index - 1]?.belowBytes ?? 0)} and more`
        : `below ${formatBytes(belowBytes)}`,
    files,
    bytes,
  }));
  return [
    {
      id: 'sizes',
      title: 'Files by size',
      lead: 'A store charges for requests: many small files cost more than few large ones of the same bytes.',
      plot: {
        kind: 'bars',
        title: `Files in ${plural(ranges.length, 'range')} of sizes`,
        bars: ranges.map(({ label, files }) => ({ label, value: files, text: formatCount(files) })),
      },
      table: {
        caption: 'Ranges of sizes',
        columns: [
          { title: 'size' },
          { title: 'files', numeric: true },
          { title: 'share', numeric: true },
          { title: 'bytes', numeric: true },
        ],
        rows: ranges.map(({ label, files, bytes }) => [
          label,
          formatCount(files),
          formatShare(files, total.files),
          formatBytes(bytes),
        ]),
      },
    },
  ];
}

/** What could not be looked at. */
export function problemSection({ problems }: MeasuredCapacity): readonly ReportSection[] {
  if (problems.length === 0) return [];
  return [
    {
      id: 'problems',
      title: 'What could not be looked at',
      lead: 'The numbers above lack it.',
      plot: null,
      table: {
        caption: 'Problems',
        columns: [{ title: 'where' }, { title: 'what' }, { title: 'what to do' }],
        rows: problems.map(({ where, message, next }) => [where ?? UNKNOWN, message, next ?? '']),
      },
    },
  ];
}
