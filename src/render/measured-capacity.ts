// `ckpt capacity LOCATION` for people: jobs with their sizes over time, what the bytes are for, and what comes of it.
import type { JobCapacity, MeasuredCapacity } from '../model/measured-capacity.js';
import { sparkline } from './bar.js';
import { describeRoot } from './condition.js';
import { formatGrowth, formatSpread, NO_HISTORY } from './growth.js';
import { portionLines, sizeLines } from './measured-files.js';
import { costLines, outlookLines } from './measured-outlook.js';
import { remedyLines } from './measured-remedies.js';
import { stateLines } from './measured-states.js';
import type { Look, Palette } from './palette.js';
import { section } from './section.js';
import { type Cell, type Column, layOut } from './table.js';
import { visible } from './text.js';
import { formatBytes, formatCount, formatSpan, plural, UNKNOWN } from './units.js';

/** The measurement as text. */
export function renderMeasuredCapacity(capacity: MeasuredCapacity, look: Look): string {
  const { roots, jobs, stored, cost } = capacity;
  const lines = [
    ...roots.map(({ path, takenFor }) => `${visible(path)}  ${look.palette.faint(describeRoot(takenFor))}`),
    ...section('jobs', jobLines(jobs, look), look),
    ...section('operators', operatorLines(jobs, look), look),
    ...section('states', stateLines(capacity, look), look),
    ...section('what the bytes are', portionLines(stored, look), look),
    ...section('files by size', sizeLines(stored, look), look),
    ...section('outlook', outlookLines(capacity, look), look),
    ...(cost === null
      ? []
      : section(`thirty days, at prices of ${cost.prices.asOf}`, costLines(cost, look), look)),
    ...section('what would make it less', remedyLines(capacity, look), look),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const SPARK_WIDTH = 24;
const MOST_JOBS = 40;
const MOST_OPERATORS = 10;

const JOB_COLUMNS: readonly Column[] = [
  { title: 'JOB', shrinks: true },
  { title: 'CHECKPOINTS', align: 'right', drops: 3 },
  { title: 'EVERY', align: 'right' },
  { title: 'FULL', align: 'right' },
  { title: 'WRITES', align: 'right' },
  { title: 'GROWTH', align: 'right' },
  { title: 'SPREAD', align: 'right', drops: 1 },
  { title: 'STORED', align: 'right' },
  { title: 'SIZE OVER TIME', drops: 2 },
];

function jobLines(jobs: readonly JobCapacity[], look: Look): readonly string[] {
  const cells = jobs
    .slice(0, MOST_JOBS)
    .map((job) => (isJob(job) ? jobCells(job, look.palette) : restCells(job)));
  const { head, rows } = layOut(JOB_COLUMNS, cells, look);
  return jobs.length === 0
    ? ['  nothing is there']
    : [head, ...rows, ...moreLines(jobs.length, MOST_JOBS, 'job')];
}

function isJob({ job, directory }: JobCapacity): boolean {
  return job !== null || directory !== null;
}

function jobCells({ job, directory, history, stored }: JobCapacity, palette: Palette): readonly Cell[] {
  const { checkpoints, growth, intervalMs, newest, writtenBytes, idle } = history;
  const trend = growth === null ? NO_HISTORY : `${formatGrowth(growth.bytesPerMs)}${idle ? ', idle' : ''}`;
  const sizes = checkpoints.map((checkpoint) => checkpoint.sizes.fullBytes);
  return [
    job ?? directory ?? '',
    formatCount(checkpoints.length),
    intervalMs === null ? UNKNOWN : formatSpan(intervalMs),
    formatBytes(newest?.sizes?.fullBytes ?? null),
    formatBytes(writtenBytes?.middle ?? null),
    { text: trend, paint: growth === null || idle ? palette.faint : palette.strong },
    growth === null ? '' : formatSpread(growth),
    formatBytes(stored.total.bytes),
    { text: sizes.length < 2 ? '' : sparkline(sizes, SPARK_WIDTH), paint: palette.accent },
  ];
}

/** Savepoints, and files of others. */
function restCells({ stored }: JobCapacity): readonly Cell[] {
  return ['in no job', '', '', '', '', '', '', formatBytes(stored.total.bytes), ''];
}

const OPERATOR_COLUMNS: readonly Column[] = [
  { title: 'OPERATOR', shrinks: true },
  { title: 'JOB', shrinks: true, drops: 1 },
  { title: 'FULL', align: 'right' },
  { title: 'ADDED', align: 'right' },
  { title: 'GROWTH', align: 'right' },
];

/** The largest operators in the newest snapshots of all jobs. */
function operatorLines(jobs: readonly JobCapacity[], look: Look): readonly string[] {
  const operators = jobs
    .filter(isJob)
    .flatMap(({ job, history }) => history.operators.map((operator) => ({ job, ...operator })))
    .filter(({ fullBytes }) => fullBytes > 0)
    .sort((a, b) => b.fullBytes - a.fullBytes);
  const cells = operators
    .slice(0, MOST_OPERATORS)
    .map(({ id, name, job, fullBytes, addedBytes, growth }) => [
      name ?? id,
      { text: job ?? '', paint: look.palette.faint },
      formatBytes(fullBytes),
      formatBytes(addedBytes),
      growth === null ? UNKNOWN : formatGrowth(growth.bytesPerMs),
    ]);
  const { head, rows } = layOut(OPERATOR_COLUMNS, cells, look);
  return cells.length === 0
    ? []
    : [head, ...rows, ...moreLines(operators.length, MOST_OPERATORS, 'operator')];
}

function moreLines(count: number, shown: number, noun: string): readonly string[] {
  return count > shown ? [`  and ${plural(count - shown, noun)} more; see --json`] : [];
}
