// A report as one page that needs nothing else: no network, no script. Its policy forbids both.
import { type Content, element, empty, type Markup } from './markup.js';
import { plotMarkup } from './plot.js';
import type { Figure, Report, ReportSection, ReportTable } from './report.js';
import { styleSheet } from './style.js';

const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/** So that a page can be compared line by line. */
const LINE_END: Markup = { markup: '\n' };

/** The whole file. */
export function reportHtml(report: Report): string {
  const page = element('html', { lang: 'en' }, headOf(report), LINE_END, bodyOf(report));
  return `<!DOCTYPE html>\n${page.markup}\n`;
}

function headOf({ title }: Report): Markup {
  return element(
    'head',
    {},
    empty('meta', { charset: 'utf-8' }),
    empty('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
    empty('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('title', {}, title),
    element('style', {}, { markup: styleSheet() }),
  );
}

function bodyOf({ title, subtitle, figures, sections, footer }: Report): Markup {
  return element(
    'body',
    {},
    element(
      'header',
      {},
      element('h1', {}, title),
      subtitle.map((line) => element('p', {}, line)),
    ),
    element(
      'main',
      {},
      element('dl', { class: 'figures' }, figures.map(figureMarkup)),
      LINE_END,
      sections.map(sectionMarkup),
    ),
    element('footer', {}, element('p', {}, footer)),
  );
}

function figureMarkup({ label, value, remark }: Figure): Markup {
  return element(
    'div',
    {},
    element('dt', {}, label),
    element('dd', { class: 'value' }, value),
    element('dd', { class: 'remark' }, remark),
  );
}

function sectionMarkup({ id, title, lead, plot, table }: ReportSection): Content {
  const parts = [
    plot === null ? [] : [element('figure', {}, plotMarkup(plot, id), element('figcaption', {}, plot.title))],
    table === null ? [] : [tableMarkup(table, `${id}-table`)],
  ].flat();
  return [
    element(
      'section',
      { 'aria-labelledby': `${id}-heading` },
      element('h2', { id: `${id}-heading` }, title),
      element('p', {}, lead),
      element('div', { class: parts.length === 2 ? 'both' : 'one' }, parts),
    ),
    LINE_END,
  ];
}

/** Reachable by the keyboard: on a phone it is wider than the screen, and scrolls. */
function tableMarkup({ caption, columns, rows }: ReportTable, id: string): Markup {
  const kind = (column: number) => (columns[column]?.numeric ? { class: 'number' } : {});
  return element(
    'div',
    { class: 'scroll', role: 'region', tabindex: 0, 'aria-labelledby': id },
    element(
      'table',
      {},
      element('caption', { id }, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          columns.map(({ title }, column) => element('th', { scope: 'col', ...kind(column) }, title)),
        ),
      ),
      element(
        'tbody',
        {},
        rows.map((row) => [
          element(
            'tr',
            {},
            row.map((cell, column) => element('td', kind(column), cell)),
          ),
          LINE_END,
        ]),
      ),
    ),
  );
}
