import { describe, expect, test } from 'vitest';
import { capacityReport } from '../../../src/render/report/capacity-report.js';
import { reportHtml } from '../../../src/render/report/html.js';
import { byteMarks } from '../../../src/render/report/lines-plot.js';
import { reportMarkdown } from '../../../src/render/report/markdown.js';
import { type Colors, DARK, LIGHT } from '../../../src/render/report/style.js';
import { contrast } from './contrast.js';
import { MEASURED, NOTHING } from './samples.js';

const by = { toolVersion: '1.2.3' };
const report = capacityReport(MEASURED, by);
const html = reportHtml(report);

describe('a report', () => {
  test('looks as it did', async () => {
    await expect(html).toMatchFileSnapshot('report.golden.html');
    await expect(reportMarkdown(report)).toMatchFileSnapshot('report.golden.md');
  });

  test('has a table beside each plot, and a title in each', () => {
    const sections = report.sections.filter(({ plot }) => plot !== null);
    expect(sections.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['growth-1', 'operators', 'sharing-1', 'orphans', 'forecast']),
    );
    for (const { table, plot } of sections) {
      expect(table?.rows.length).toBeGreaterThan(0);
      expect(plot?.title).not.toBe('');
    }
    expect(new Set(report.sections.map(({ id }) => id)).size).toBe(report.sections.length);
  });

  test('says that there is nothing where nothing is', () => {
    const empty = capacityReport(NOTHING, by);
    expect(empty.sections).toEqual([]);
    expect(empty.figures.map(({ value }) => value)).toContain('none');
    expect(reportHtml(empty)).toContain('0 files');
  });
});

describe('the page', () => {
  test('is well-formed: every element is closed, in the right order', () => {
    expect(unclosed(html.replace('<!DOCTYPE html>', ''))).toEqual([]);
  });

  test('lets no name become markup, and asks for nothing from elsewhere', () => {
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain('\\n');
    expect(html).not.toMatch(/(?:src|href)=|url\(|@import/);
    expect(html).toContain('default-src &#39;none&#39;');
    const outsideOfFences = reportMarkdown(report)
      .split('```')
      .filter((_, part) => part % 2 === 0);
    expect(outsideOfFences.join('')).not.toContain('<script');
  });

  test.each([
    ['light', LIGHT],
    ['dark', DARK],
  ])('can be read in %s', (_, colors: Colors) => {
    for (const back of [colors.page, colors.panel])
      for (const text of [colors.text, colors.faint]) expect(contrast(text, back)).toBeGreaterThan(4.5);
    for (const mark of [colors.bar, colors.reused, ...colors.lines])
      expect(contrast(mark, colors.panel)).toBeGreaterThan(3);
  });
});

describe('marks of an axis', () => {
  test.each([
    [0, [0, 1]],
    [3, [0, 1, 2, 3]],
    [1000, [0, 500, 1000]],
    [90 * 1024 ** 2, [0, 50, 100].map((mib) => mib * 1024 ** 2)],
  ])('of %d are round', (highest, marks) => {
    expect(byteMarks(highest)).toEqual(marks);
  });

  test('reach above the highest, and are few', () => {
    for (let highest = 1; highest < 1e18; highest *= 1.7) {
      const marks = byteMarks(highest);
      expect(marks.at(-1)).toBeGreaterThanOrEqual(highest * (1 - 1e-9));
      expect(marks.length).toBeLessThanOrEqual(6);
    }
  });
});

/** Elements left open, and ends without a beginning. */
function unclosed(markup: string): readonly string[] {
  const open: string[] = [];
  for (const [, close, name, self] of markup.matchAll(/<(\/?)([a-z0-9]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (self === '/') continue;
    if (close === '') open.push(name!);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}
