// `ckpt why` for people: the answer in a sentence, then who needs the file, or what shows that nobody does.
import type { Liveness } from '../model/evidence.js';
import type { PinningReference, WhyReport } from '../model/why-report.js';
import { assertNever } from '../support/errors.js';
import { CAUSE_WORDS, REASON_WORDS } from './audit-words.js';
import { nameOf } from './operator-name.js';
import type { Look } from './palette.js';
import { labelled, section } from './section.js';
import { type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, formatCount, formatTime, plural } from './units.js';

const MOST_SHOWN = 50;

export function renderWhy(report: WhyReport, look: Look): string {
  const lines = [
    visible(report.path),
    ...labelled(facts(report), look),
    '',
    sentence(report, look),
    ...section('needed by', referenceLines(report.references, look), look),
    ...section('directory kept by', report.keptDirectories.map(keptLine), look),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** The document below its `schema` and `schemaVersion`. */
export function whyDocument(report: WhyReport) {
  const { path, references, file, keptDirectories, job, liveness, problems } = report;
  return {
    path,
    class: report.class,
    references,
    ...(file === null
      ? {}
      : {
          bytes: file.bytes,
          modified: file.modified,
          snapshots: file.snapshots,
          cause: file.cause,
          deletable: file.deletable,
          reason: file.reason,
        }),
    keptDirectories,
    job,
    liveness,
    problems,
  };
}

function facts({ file, job, liveness, ...report }: WhyReport): [string, string | null][] {
  return [
    ['class', report.class],
    ['size', file && formatBytes(file.bytes)],
    ['modified', file?.modified ? formatTime(file.modified) : null],
    ['job', job === null ? null : `${job} (${livenessWords(liveness)})`],
    ['cause', file?.cause ? CAUSE_WORDS[file.cause] : null],
  ];
}

function livenessWords(liveness: Liveness): string {
  switch (liveness.kind) {
    case 'running':
      return `runs, says ${visible(liveness.source)}`;
    case 'ended':
      return `has ended, says ${visible(liveness.source)}`;
    case 'unknown':
      return 'nothing shows whether it runs';
    default:
      return assertNever(liveness, 'liveness');
  }
}

function sentence(report: WhyReport, { palette }: Look): string {
  const { file, references } = report;
  const snapshots = new Set(references.map(({ snapshot }) => snapshot)).size;
  const needed = `${plural(snapshots, 'snapshot')} ${snapshots === 1 ? 'needs' : 'need'}`;
  if (report.class === 'missing') return palette.bad(`${needed} it, and it is not there`);
  if (report.class === 'directory')
    return snapshots === 0
      ? 'no snapshot needs anything in this directory'
      : palette.good(`${needed} files in it`);
  if (snapshots > 0) return palette.good(`${needed} it`);
  if (report.class === 'metadata') return 'it makes its directory a snapshot, and nothing else refers to it';
  const nobody = `none of the ${plural(report.snapshotsRead, 'snapshot')} read needs it`;
  if (file === null || file.deletable) return palette.good(`${nobody}; it may go`);
  return palette.warning(`${nobody}; it must stay: ${file.reason === null ? '' : REASON_WORDS[file.reason]}`);
}

const COLUMNS: readonly Column[] = [
  { title: 'SNAPSHOT' },
  { title: 'OPERATOR', shrinks: true },
  { title: 'SUBTASK', align: 'right' },
  { title: 'STATE' },
  { title: 'SCOPE' },
  { title: 'HANDLES', align: 'right' },
];

function referenceLines(references: readonly PinningReference[], look: Look): readonly string[] {
  if (references.length === 0) return [];
  const shown = references.slice(0, MOST_SHOWN);
  const cells = shown.map((reference) => [
    reference.snapshot,
    nameOf({ id: reference.operator, name: reference.operatorName, uid: reference.uid }),
    reference.subtask === null ? 'coordinator' : String(reference.subtask),
    reference.role === 'state' ? reference.slot : `${reference.slot}, ${reference.role}`,
    reference.scope,
    formatCount(reference.handles),
  ]);
  const { head, rows } = layOut(COLUMNS, cells, look);
  const more = references.length - shown.length;
  return [head, ...rows, ...(more > 0 ? [`  and ${formatCount(more)} more; see --json`] : [])];
}

function keptLine({ snapshot, directory }: WhyReport['keptDirectories'][number]): string {
  return `  ${visible(snapshot)} keeps ${visible(directory)}`;
}
