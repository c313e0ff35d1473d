// Bytes over time as lines, with as few marks on the axes as can be read.
import { timeText } from '../../support/time-text.js';
import { formatBytes } from '../units.js';
import { element, empty, type Markup, rounded } from './markup.js';
import type { Drawing } from './plot.js';
import type { LinesPlot, PlotPoint } from './report.js';

const WIDTH = 400;
const TOP = 8;
const LEFT = 62;
const RIGHT = 8;
const PLOT_HEIGHT = 150;
const BOTTOM = TOP + PLOT_HEIGHT;
const KEY_STEP = 16;
/** More are drawn as a line alone. */
const MOST_DOTS = 40;

/** Where points are on the page. */
interface Scale {
  readonly x: (timeMs: number) => number;
  readonly y: (bytes: number) => number;
}

export function linesDrawing({ lines }: LinesPlot): Drawing {
  const points = lines.flatMap((line) => line.points);
  const [first, last] = [least(points, (point) => point.timeMs), most(points, (point) => point.timeMs)];
  const marks = byteMarks(most(points, ({ bytes }) => bytes));
  const highest = marks.at(-1)!;
  const scale: Scale = {
    x: (timeMs) => rounded(LEFT + ((timeMs - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT)),
    y: (bytes) => rounded(BOTTOM - (bytes / highest) * PLOT_HEIGHT),
  };
  const keyTop = BOTTOM + 34;
  return {
    height: keyTop + lines.length * KEY_STEP,
    parts: [
      ...marks.flatMap((bytes) => byteMark(bytes, scale)),
      ...timeMarks(first, last),
      ...lines.flatMap((line, index) => lineParts(line.points, index, scale)),
      ...lines.flatMap(({ name }, index) => keyParts(name, index, keyTop + index * KEY_STEP)),
    ],
  };
}

/** From 0 in round steps to what is not below `highest`: three to six of them. */
export function byteMarks(highest: number): readonly number[] {
  if (highest <= 0) return [0, 1];
  const unit = 1024 ** Math.max(0, Math.floor(Math.log2(highest) / 10));
  const rough = highest / unit / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  const step = Math.max(factor * power * unit, 1);
  return Array.from({ length: Math.ceil(highest / step - 1e-9) + 1 }, (_, index) => index * step);
}

function byteMark(bytes: number, { y }: Scale): readonly Markup[] {
  return [
    empty('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y(bytes), y2: y(bytes) }),
    element('text', { x: LEFT - 6, y: y(bytes) + 4, 'text-anchor': 'end' }, formatBytes(bytes)),
  ];
}

function timeMarks(firstMs: number, lastMs: number): readonly Markup[] {
  const [first, last] = [tickText(firstMs, lastMs - firstMs), tickText(lastMs, lastMs - firstMs)];
  return [
    element('text', { x: LEFT, y: BOTTOM + 16 }, first),
    ...(firstMs === lastMs
      ? []
      : [element('text', { x: WIDTH - RIGHT, y: BOTTOM + 16, 'text-anchor': 'end' }, last)]),
  ];
}

const DAY_MS = 86_400_000;

/** A day where there are many, else minutes or seconds; UTC. */
function tickText(timeMs: number, spanMs: number): string {
  const text = timeText(timeMs);
  if (text === null) return '';
  if (spanMs > 10 * DAY_MS) return text.slice(0, 10);
  return `${text.slice(5, 10)} ${text.slice(11, spanMs < 600_000 ? 19 : 16)}Z`;
}

function lineParts(points: readonly PlotPoint[], index: number, { x, y }: Scale): readonly Markup[] {
  const path = points.map(({ timeMs, bytes }) => `${x(timeMs)},${y(bytes)}`).join(' ');
  const dots = points.length > MOST_DOTS ? [] : points;
  return [
    empty('polyline', { class: `line line-${index}`, points: path }),
    ...dots.map(({ timeMs, bytes }) =>
      empty('circle', { class: `dot dot-${index}`, cx: x(timeMs), cy: y(bytes), r: 2.5 }),
    ),
  ];
}

function keyParts(name: string, index: number, top: number): readonly Markup[] {
  return [
    empty('line', { class: `line line-${index}`, x1: LEFT, x2: LEFT + 28, y1: top + 8, y2: top + 8 }),
    element('text', { x: LEFT + 36, y: top + 12 }, name),
  ];
}

function least<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((lowest, value) => Math.min(lowest, of(value)), Number.POSITIVE_INFINITY);
}

function most<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((highest, value) => Math.max(highest, of(value)), Number.NEGATIVE_INFINITY);
}
