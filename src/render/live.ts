// The live view of `ckpt run`: what the tasks do, and the newest checkpoints, redrawn while the job runs.
import type { CheckpointView, JobView, VertexView } from '../model/job-progress.js';
import { shareBar } from './bar.js';
import type { Look, Palette } from './palette.js';
import { formatMs } from './run.js';
import { type Cell, table } from './table.js';
import { shorten, visible } from './text.js';
import { formatBytes, formatCount, formatShare, plural } from './units.js';

const BAR_WIDTH = 20;

/** Lines that fit the width. */
export function renderLive(view: JobView, look: Look): readonly string[] {
  const { palette } = look;
  const restarts = view.restarts === 0 ? '' : `, ${plural(view.restarts, 'restart')}`;
  const head = shorten(
    `${visible(view.name)} ${view.state} for ${formatMs(view.forMs)}${restarts}`,
    look.width - 1,
  );
  return [
    palette.strong(head),
    ...linesOf(tasksTable(view.vertices, look)),
    ...(view.checkpoints.length === 0 ? [] : linesOf(checkpointsTable(view.checkpoints, look))),
  ];
}

function tasksTable(vertices: readonly VertexView[], look: Look): string {
  return table(
    [
      { title: 'TASK', shrinks: true },
      { title: 'SUBTASKS', align: 'right', drops: 1 },
      { title: 'IN/S', align: 'right' },
      { title: 'OUT/S', align: 'right' },
      { title: 'BUSY', align: 'right' },
      { title: 'HELD UP', align: 'right' },
    ],
    vertices.map((vertex) => taskRow(vertex, look.palette)),
    narrower(look),
  );
}

function taskRow(vertex: VertexView, palette: Palette): Cell[] {
  const { name, parallelism, recordsInPerSecond, recordsOutPerSecond, busy, backPressured } = vertex;
  return [
    name,
    `${parallelism}`,
    formatCount(Math.round(recordsInPerSecond)),
    formatCount(Math.round(recordsOutPerSecond)),
    formatShare(busy, 1),
    { text: formatShare(backPressured, 1), paint: backPressured > 0.5 ? palette.warning : (text) => text },
  ];
}

function checkpointsTable(checkpoints: readonly CheckpointView[], look: Look): string {
  const longestMs = Math.max(1, ...checkpoints.map(({ durationMs }) => durationMs));
  return table(
    [
      { title: 'SNAPSHOT' },
      { title: 'STATE', align: 'right' },
      { title: 'ADDED', align: 'right', drops: 2 },
      { title: 'ALIGNED', align: 'right', drops: 1 },
      { title: 'TOOK', align: 'right' },
      { title: '', drops: 3 },
    ],
    checkpoints.map((checkpoint) => checkpointRow(checkpoint, longestMs, look.palette)),
    narrower(look),
  );
}

function checkpointRow(checkpoint: CheckpointView, longestMs: number, palette: Palette): Cell[] {
  const { id, kind, outcome, stateBytes, addedBytes, alignmentMs, durationMs } = checkpoint;
  const paint = { completed: palette.good, failed: palette.bad, 'in-progress': palette.faint }[outcome];
  return [
    { text: `${kind} ${id}${outcome === 'completed' ? '' : ` ${outcome}`}`, paint },
    formatBytes(stateBytes),
    formatBytes(addedBytes),
    formatMs(alignmentMs),
    formatMs(durationMs),
    shareBar(durationMs, longestMs, BAR_WIDTH),
  ];
}

function linesOf(text: string): readonly string[] {
  return text.trimEnd().split('\n');
}

/** A line as wide as the terminal makes some of them wrap. */
function narrower({ palette, width }: Look): Look {
  return { palette, width: width - 1 };
}
