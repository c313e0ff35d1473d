// `ckpt inspect` for people: one snapshot from its head down to its operators and files.
import type { CheckpointProperties, SnapshotType } from '../model/metadata.js';
import { type OperatorSelection, selectOperators } from '../model/operator-selection.js';
import type { OperatorReport, SnapshotReport } from '../model/snapshot-report.js';
import type { OperatorStates } from '../model/state-report.js';
import { describeRoot, paintOf } from './condition.js';
import { writtenBy } from './flink-releases.js';
import { fileTable, troubleLines } from './inspect-files.js';
import { operatorTable, stateTable } from './inspect-operators.js';
import type { Look } from './palette.js';
import { labelled, longSection, type Share, section, shareLines } from './section.js';
import { describedStateTable, keyGroupLines, remarkLines } from './states.js';
import { visible } from './text.js';
import { formatAge, formatBytes, formatCount, formatTime, plural } from './units.js';

/** What of a report is to be shown. */
export interface InspectOptions extends OperatorSelection {
  /** What ages are counted to. */
  readonly nowMs: number;
  readonly withFiles: boolean;
  /** What the state files tell of the operators shown; null where they were not looked into. */
  readonly states: readonly OperatorStates[] | null;
}

const KEYED_NAMES = '  States by key have their names in the state files: --states reads them.';

/** The report as text, in pieces: it may list millions of files. */
export function* renderInspect(
  report: SnapshotReport,
  options: InspectOptions,
  look: Look,
): Generator<string> {
  const operators = selectOperators(report.operators, options);
  const lines = [
    title(report, look),
    ...labelled(head(report, options.nowMs), look),
    ...section('State', stateLines(report, look), look),
    ...section(`Files: ${filesTitle(report)}`, shareLines(scopes(report), report.fileBytes, look), look),
    ...section(
      operatorsTitle(operators.length, report),
      operatorTable(operators, report.fullBytes, look),
      look,
    ),
    ...stateSections(operators, options.states, look),
    ...section('What is wrong', troubleLines(report, look), look),
  ];
  yield lines.map((line) => `${line}\n`).join('');
  if (options.withFiles) yield* longSection('All files', fileTable(report, look), look);
}

function stateSections(
  operators: readonly OperatorReport[],
  states: InspectOptions['states'],
  look: Look,
): readonly string[] {
  if (states === null) {
    const hasKeyed = operators.some(({ keyedBytes }) => keyedBytes > 0n);
    const hint = hasKeyed ? [look.palette.faint(KEYED_NAMES)] : [];
    return section('Named states', [...stateTable(operators, look), ...hint], look);
  }
  return [
    ...section('States', describedStateTable(operators, states, look), look),
    ...section('Key groups', keyGroupLines(operators, states), look),
    ...section('Not told', remarkLines(operators, states, look), look),
  ];
}

function title(report: SnapshotReport, look: Look): string {
  const { palette } = look;
  const name = visible(report.path.slice(report.path.lastIndexOf('/') + 1));
  const paint = paintOf(report.condition, palette);
  const condition = report.restorable || report.condition !== 'complete' ? report.condition : 'not verified';
  return `${palette.strong(name)}  ${report.kind} ${formatCount(report.checkpointId)}, ${paint(condition)}`;
}

function head(report: SnapshotReport, nowMs: number): (readonly [string, string | null])[] {
  const { time, properties } = report;
  const age = time === null ? null : `${formatTime(time)} (${formatAge(nowMs - Date.parse(time))} old)`;
  const format = `version ${report.formatVersion}, which ${writtenBy(report.formatVersion, report.dialect)} writes`;
  return [
    ['location', visible(report.path)],
    ['chosen', chosenFrom(report)],
    ['job', report.job],
    ['time', age],
    ['format', `${format}; ${formatBytes(report.metadataBytes)} of metadata`],
    ['type', properties === null ? null : describeType(properties.snapshotType)],
    ['properties', properties === null ? null : describeProperties(properties)],
    ['master hooks', report.masterStates.map((state) => visible(state.name)).join(', ')],
  ];
}

/** Said where the location given was not the snapshot itself. */
function chosenFrom({ takenFor }: SnapshotReport): string | null {
  if (takenFor === 'snapshot' || takenFor === 'metadata') return null;
  return `the newest snapshot; the location was taken for ${describeRoot(takenFor)}`;
}

function describeType(type: SnapshotType): string {
  if (type.kind === 'checkpoint') return `${visible(type.name)}, files shared ${type.sharing}`;
  const after = type.postCheckpointAction === 'NONE' ? '' : `, then ${type.postCheckpointAction}`;
  return `${visible(type.name)}, format ${type.format}${after}`;
}

function describeProperties(properties: CheckpointProperties): string {
  const occasions = [
    properties.discardSubsumed ? 'it is subsumed' : '',
    properties.discardFinished ? 'the job finishes' : '',
    properties.discardCancelled ? 'the job is cancelled' : '',
    properties.discardFailed ? 'the job fails' : '',
    properties.discardSuspended ? 'the job is suspended' : '',
  ].filter((occasion) => occasion !== '');
  const kept =
    occasions.length === 0 ? 'Flink never discards it' : `Flink discards it when ${occasions.join(' or ')}`;
  return [kept, properties.forced ? 'forced' : '', properties.unclaimed ? 'unclaimed' : '']
    .filter((part) => part !== '')
    .join('; ');
}

function stateLines(report: SnapshotReport, look: Look): readonly string[] {
  const { operators, fullBytes } = report;
  const sum = (part: 'keyedBytes' | 'operatorBytes' | 'coordinatorBytes' | 'inFlightBytes') =>
    operators.reduce((total, operator) => total + operator[part], 0n);
  const parts: Share[] = [
    { label: 'keyed state', bytes: sum('keyedBytes') },
    { label: 'operator state', bytes: sum('operatorBytes') },
    { label: 'coordinators', bytes: sum('coordinatorBytes') },
    { label: 'in flight', bytes: sum('inFlightBytes'), remark: 'of an unaligned checkpoint' },
  ];
  return shareLines(
    [
      { label: 'full', bytes: fullBytes },
      { label: 'added', bytes: report.addedBytes, remark: 'written by this snapshot' },
      ...parts.filter((part) => part.bytes > 0n),
      ...(report.inlineBytes > 0n
        ? [{ label: 'inline', bytes: report.inlineBytes, remark: 'inside the _metadata' }]
        : []),
    ],
    fullBytes,
    look,
  );
}

function filesTitle(report: SnapshotReport): string {
  return `${formatCount(report.fileCount)}, ${formatBytes(report.fileBytes)}`;
}

function scopes(report: SnapshotReport): readonly Share[] {
  return report.filesByScope
    .filter((total) => total.files > 0)
    .map(({ scope, files, bytes }) => ({ label: scope, bytes, remark: plural(files, 'file') }));
}

function operatorsTitle(shown: number, report: SnapshotReport): string {
  const all = report.operators.length;
  return shown === all ? `Operators by size: ${all}` : `Operators by size: ${shown} of ${all}`;
}
