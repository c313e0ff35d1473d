// Plots as SVG. They are 400 units wide, so that their text can be read on a phone; colours are classes of style.ts. Who
// does not see them hears the title, and has the table beside each.
import { assertNever } from '../../support/errors.js';
import { linesDrawing } from './lines-plot.js';
import { element, empty, type Markup, rounded } from './markup.js';
import type { BarsPlot, MatrixPlot, Plot } from './report.js';

export const WIDTH = 400;

/** What is drawn, from the top left corner. */
export interface Drawing {
  readonly height: number;
  readonly parts: readonly Markup[];
}

/** `id` is unique in the page. */
export function plotMarkup(plot: Plot, id: string): Markup {
  const { height, parts } = drawingOf(plot);
  return element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-labelledby': `${id}-title` },
    element('title', { id: `${id}-title` }, plot.title),
    ...parts,
  );
}

function drawingOf(plot: Plot): Drawing {
  switch (plot.kind) {
    case 'lines':
      return linesDrawing(plot);
    case 'bars':
      return barsDrawing(plot);
    case 'matrix':
      return matrixDrawing(plot);
    default:
      return assertNever(plot, 'plot');
  }
}

const BAR_STEP = 30;
const LONGEST_LABEL = 46;

/** A line of text for each bar, and the bar below it. */
function barsDrawing({ bars }: BarsPlot): Drawing {
  const largest = bars.reduce((most, { value }) => Math.max(most, value), 0) || 1;
  const parts = bars.flatMap(({ label, value, text }, index) => {
    const top = index * BAR_STEP;
    const width = value <= 0 ? 0 : Math.max(1, rounded((value / largest) * WIDTH));
    return [
      element('text', { x: 0, y: top + 12 }, shortened(label, LONGEST_LABEL)),
      element('text', { x: WIDTH, y: top + 12, 'text-anchor': 'end' }, text),
      empty('rect', { class: 'track', x: 0, y: top + 17, width: WIDTH, height: 7, rx: 2 }),
      empty('rect', { class: 'bar', x: 0, y: top + 17, width, height: 7, rx: 2 }),
    ];
  });
  return { height: Math.max(1, bars.length) * BAR_STEP, parts };
}

const MATRIX_LABEL = 136;
const MATRIX_HEAD = 18;
const ROW_HEIGHT = 14;

/** A row for each thing, a filled cell where it is; the first of a row is darker. */
function matrixDrawing({ columns, rows }: MatrixPlot): Drawing {
  const step = (WIDTH - MATRIX_LABEL) / Math.max(1, columns.length);
  const left = (column: number) => rounded(MATRIX_LABEL + column * step);
  const heads = columns.map((name, column) =>
    element(
      'text',
      { x: rounded(left(column) + step / 2), y: 11, 'text-anchor': 'middle' },
      shortened(name, 5),
    ),
  );
  const lines = rows.flatMap(({ label, cells }, row) => {
    const top = MATRIX_HEAD + row * ROW_HEIGHT;
    const first = cells.indexOf(true);
    return [
      element('text', { x: 0, y: top + 10 }, label),
      ...cells.map((filled, column) =>
        empty('rect', {
          class: filled ? (column === first ? 'bar' : 'reused') : 'track',
          x: left(column),
          y: top,
          width: rounded(step - 2),
          height: ROW_HEIGHT - 3,
          rx: 2,
        }),
      ),
    ];
  });
  return { height: MATRIX_HEAD + rows.length * ROW_HEIGHT, parts: [...heads, ...lines] };
}

function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
