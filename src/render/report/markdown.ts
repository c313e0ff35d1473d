// A report as Markdown: the tables, and bars as text. For a pull request, a wiki, a mail.
import { shareBar } from '../bar.js';
import { visible } from '../text.js';
import type { Plot, Report, ReportSection, ReportTable } from './report.js';

const BAR_WIDTH = 24;

/** The whole file. */
export function reportMarkdown({ title, subtitle, figures, sections, footer }: Report): string {
  const head = ['figure', 'value', 'remark'];
  const lines = [
    `# ${escaped(title)}`,
    '',
    ...subtitle.map((line) => `- ${escaped(line)}`),
    '',
    ...rowsOf(
      head,
      figures.map(({ label, value, remark }) => [label, value, remark]),
    ),
    ...sections.flatMap(sectionLines),
    '',
    escaped(footer),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function sectionLines({ title, lead, plot, table }: ReportSection): readonly string[] {
  return [
    '',
    `## ${escaped(title)}`,
    '',
    escaped(lead),
    ...(plot === null ? [] : plotLines(plot)),
    ...(table === null ? [] : tableLines(table)),
  ];
}

/** The tables tell all that lines do; bars and a matrix can be drawn with characters. */
function plotLines(plot: Plot): readonly string[] {
  switch (plot.kind) {
    case 'lines':
      return ['', escaped(plot.title)];
    case 'bars': {
      const largest = plot.bars.reduce((most, { value }) => Math.max(most, value), 0);
      const widest = plot.bars.reduce((most, { label }) => Math.max(most, label.length), 0);
      return fenced(
        plot.bars.map(({ label, value, text }) =>
          `${label.padEnd(widest)}  ${shareBar(value, largest, BAR_WIDTH).padEnd(BAR_WIDTH)}  ${text}`.trimEnd(),
        ),
      );
    }
    case 'matrix': {
      const widest = plot.rows.reduce((most, { label }) => Math.max(most, label.length), 0);
      return fenced(
        plot.rows.map(
          ({ label, cells }) =>
            `${label.padEnd(widest)}  ${cells.map((filled) => (filled ? '█' : '·')).join(' ')}`,
        ),
      );
    }
  }
}

function fenced(lines: readonly string[]): readonly string[] {
  return ['', '```text', ...lines.map((line) => visible(line).replaceAll('```', "'''")), '```'];
}

function tableLines({ caption, columns, rows }: ReportTable): readonly string[] {
  const alignments = columns.map(({ numeric }) => (numeric ? '---:' : '---'));
  return [
    '',
    `${escaped(caption)}:`,
    '',
    ...rowsOf(
      columns.map(({ title }) => title),
      rows,
      alignments,
    ),
  ];
}

function rowsOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  alignments: readonly string[] = head.map(() => '---'),
): readonly string[] {
  return [head.map(escaped), alignments, ...rows.map((row) => row.map(escaped))].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
}

/** Names in a store may hold what Markdown or HTML means something by. */
function escaped(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~]/g, (character) => `\\${character}`);
}
