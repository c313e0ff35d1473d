// `ckpt diff` for people: two snapshots, what grew, and what became of the files.
import type { DiffSide, OperatorGrowth, SnapshotDiff, StateGrowth } from '../model/snapshot-diff.js';
import type { FileRow } from '../model/snapshot-report.js';
import { shareBar } from './bar.js';
import { byChange, magnitude } from './changes.js';
import { nameOf } from './operator-name.js';
import type { Look } from './palette.js';
import { labelled, longSection, section, shareLines } from './section.js';
import { type Cell, type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, formatCount, formatTime, plural } from './units.js';

const BAR_WIDTH = 12;

/** What of a diff is to be shown. */
export interface DiffOptions {
  /** List the files that were added and that are gone. */
  readonly withFiles: boolean;
  /** Only the N operators that changed most. */
  readonly top: number | undefined;
}

/** The diff as text, in pieces: it may list millions of files. */
export function* renderDiff(
  diff: SnapshotDiff,
  { withFiles, top }: DiffOptions,
  look: Look,
): Generator<string> {
  const operators = byChange(diff.operators).slice(0, top);
  const of = operators.length === diff.operators.length ? '' : ` of ${diff.operators.length}`;
  const lines = [
    `${look.palette.strong(signedBytes(diff.growth.fullBytes))}  from checkpoint ${formatCount(diff.a.checkpointId)} to ${formatCount(diff.b.checkpointId)}`,
    ...labelled(
      [
        ['a', sideText(diff.a)],
        ['b', sideText(diff.b)],
      ],
      look,
    ),
    ...section('Growth', growthTable(diff, look), look),
    ...section(`Operators by change: ${operators.length}${of}`, operatorTable(operators, look), look),
    ...section('Named states', stateTable(operators, look), look),
    ...section(`Files of b: ${filesTitle(diff)}`, fileLines(diff, look), look),
  ];
  yield lines.map((line) => `${line}\n`).join('');
  if (withFiles) yield* longSection('Files added and gone', listed(diff, look), look);
}

function sideText({ path, formatVersion, time }: DiffSide): string {
  const when = time === null ? '' : `, ${formatTime(time)}`;
  return `${visible(path)} (version ${formatVersion}${when})`;
}

const GROWTH_COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'A', align: 'right' },
  { title: 'B', align: 'right' },
  { title: 'GROWTH', align: 'right' },
];

function growthTable({ a, b, growth }: SnapshotDiff, look: Look): readonly string[] {
  const bytes = (
    label: string,
    field: 'fullBytes' | 'fileBytes' | 'inlineBytes' | 'metadataBytes',
  ): Cell[] => [
    { text: label, paint: look.palette.faint },
    formatBytes(a[field]),
    formatBytes(b[field]),
    change(growth[field], look),
  ];
  const { head, rows } = layOut(
    GROWTH_COLUMNS,
    [
      bytes('state', 'fullBytes'),
      bytes('in files', 'fileBytes'),
      bytes('inline', 'inlineBytes'),
      bytes('_metadata', 'metadataBytes'),
      [
        { text: 'files', paint: look.palette.faint },
        formatCount(a.files),
        formatCount(b.files),
        { text: `${growth.files > 0 ? '+' : ''}${growth.files}`, paint: look.palette.strong },
      ],
    ],
    look,
  );
  return [head, ...rows];
}

const OPERATOR_COLUMNS: readonly Column[] = [
  { title: 'GROWTH', align: 'right' },
  { title: 'CHANGE', drops: 2 },
  { title: 'A', align: 'right' },
  { title: 'B', align: 'right' },
  { title: 'NAME', shrinks: true },
  { title: 'UID', shrinks: true },
  { title: 'ID', shrinks: true, drops: 1 },
];

function operatorTable(operators: readonly OperatorGrowth[], look: Look): readonly string[] {
  if (operators.length === 0) return [];
  const most = magnitude(operators[0]?.growthBytes ?? 0n);
  const { head, rows } = layOut(
    OPERATOR_COLUMNS,
    operators.map(({ id, name, uid, bytesA, bytesB, growthBytes }) => [
      change(growthBytes, look),
      {
        text: shareBar(magnitude(growthBytes), most, BAR_WIDTH),
        paint: growthBytes < 0n ? look.palette.good : look.palette.warning,
      },
      bytesA === null ? 'new' : formatBytes(bytesA),
      bytesB === null ? 'gone' : formatBytes(bytesB),
      { text: name ?? '', paint: look.palette.strong },
      uid ?? '',
      { text: id, paint: look.palette.faint },
    ]),
    look,
  );
  return [head, ...rows];
}

const STATE_COLUMNS: readonly Column[] = [
  { title: 'GROWTH', align: 'right' },
  { title: 'A', align: 'right' },
  { title: 'B', align: 'right' },
  { title: 'STATE', shrinks: true },
  { title: 'KIND' },
  { title: 'OPERATOR', shrinks: true },
];

function stateTable(operators: readonly OperatorGrowth[], look: Look): readonly string[] {
  const cells = operators.flatMap((operator) =>
    operator.states.map((state): Cell[] => [
      state.growthBytes === null ? '–' : change(state.growthBytes, look),
      sizeText(state, 'bytesA', 'new'),
      sizeText(state, 'bytesB', 'gone'),
      { text: state.name, paint: look.palette.strong },
      state.kind,
      { text: nameOf(operator), paint: look.palette.faint },
    ]),
  );
  if (cells.length === 0) return [];
  const { head, rows } = layOut(STATE_COLUMNS, cells, look);
  return [head, ...rows];
}

function sizeText(state: StateGrowth, side: 'bytesA' | 'bytesB', absent: string): string {
  return state[side] === null && state.growthBytes !== null ? absent : formatBytes(state[side]);
}

function filesTitle({ b }: SnapshotDiff): string {
  return `${formatCount(b.files)}, ${formatBytes(b.fileBytes)}`;
}

function fileLines(
  { b, kept, appendedBytes, added, gone, reuploaded }: SnapshotDiff,
  look: Look,
): readonly string[] {
  const appended = appendedBytes > 0n ? `, ${formatBytes(appendedBytes)} of it appended` : '';
  return shareLines(
    [
      { label: 'kept', bytes: kept.bytes, remark: `${plural(kept.files, 'file')}${appended}` },
      { label: 'added', bytes: added.bytes, remark: plural(added.files, 'file') },
      ...(reuploaded.files > 0
        ? [
            {
              label: 're-uploaded',
              bytes: reuploaded.bytes,
              remark: `${plural(reuploaded.files, 'file')} of those added: a had them under another path`,
            },
          ]
        : []),
      { label: 'gone', bytes: gone.bytes, remark: `${plural(gone.files, 'file')} of a` },
    ],
    b.fileBytes,
    look,
  );
}

function* listed({ addedFiles, goneFiles }: SnapshotDiff, look: Look): Generator<string> {
  for (const file of addedFiles) yield listedLine(look.palette.good('+'), file);
  for (const file of goneFiles) yield listedLine(look.palette.bad('-'), file);
}

function listedLine(mark: string, { path, bytes }: FileRow): string {
  return `  ${mark} ${visible(path)} (${formatBytes(bytes)})\n`;
}

function change(bytes: bigint | number, look: Look): Cell {
  return { text: signedBytes(bytes), paint: look.palette.strong };
}

function signedBytes(bytes: bigint | number): string {
  if (bytes === 0 || bytes === 0n) return '0 B';
  return bytes > 0 ? `+${formatBytes(bytes)}` : `-${formatBytes(-bytes)}`;
}
