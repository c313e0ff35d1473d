import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testInBrowser } from './browser.js';
import { type GrowingTree, JOB, plantGrowingTree } from './growing-tree.js';
import { ckpt, complaintsOf } from './process.js';

let tree: GrowingTree;
let page: string;
beforeAll(async () => {
  tree = plantGrowingTree(4);
  page = join(tree.directory, 'report.html');
  const { status, stdout } = await ckpt(['report', join(tree.directory, JOB), '-o', page, '--quota', '10MB']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
afterAll(() => tree.remove());

describe('ckpt report', () => {
  test('writes a page, Markdown by the name of the file, or a document', async () => {
    expect(readFileSync(page, 'utf8')).toMatch(/^<!DOCTYPE html>/);
    const markdown = join(tree.directory, 'report.md');
    const both = await ckpt(['report', join(tree.directory, JOB), '-o', markdown, '--json']);
    expect(readFileSync(markdown, 'utf8')).toContain('## Growth of');
    expect(JSON.parse(both.stdout)).toMatchObject({
      schema: 'ckpt/report',
      schemaVersion: 1,
      causes: [{ cause: 'upload-lost-or-deletion-failed', files: 1, bytes: 50_000 }],
      sharing: [{ job: JOB, checkpoints: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }], fileCount: 4 }],
    });
  });

  test('refuses what it cannot write', async () => {
    const at = join(tree.directory, JOB);
    const complaints = await complaintsOf([
      ['report'],
      ['report', at, '--format', 'pdf'],
      ['report', at, '-o', 's3://bucket/report.html'],
      ['report', at, '--quota', '0B'],
      ['report', at, '--bandwidth', 'fast'],
      ['report', join(at, 'nowhere')],
      ['report', at, '-o', join(at, 'nowhere', 'report.html')],
    ]);
    expect(complaints.map(({ status }) => status)).toEqual([2, 2, 2, 2, 2, 2, 2]);
  });
});

describe('the page in a browser', () => {
  testInBrowser(
    'is read without network and script, on a phone and a desk, by day and night',
    async (browser) => {
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [320, 390, 1280]) await checkPage(browser, { colorScheme, width });
    },
  );

  testInBrowser('runs nothing even where somebody put a script into it', async (browser) => {
    const spoilt = join(tree.directory, 'spoilt.html');
    writeFileSync(
      spoilt,
      readFileSync(page, 'utf8').replace('</body>', '<script>document.title="x"</script></body>'),
    );
    const opened = await browser.newPage();
    await opened.goto(pathToFileURL(spoilt).href);
    expect(await opened.title()).not.toBe('x');
  });
});

async function checkPage(
  browser: Browser,
  { colorScheme, width }: { readonly colorScheme: 'light' | 'dark'; readonly width: number },
): Promise<void> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
  const opened = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  opened.on('request', (request) => requests.push(request.url()));
  opened.on('console', (message) => complaints.push(message.text()));
  opened.on('pageerror', (error) => complaints.push(error.message));
  await opened.goto(pathToFileURL(page).href);
  const seen = await opened.evaluate(LOOK);
  expect({ requests, complaints }).toEqual({ requests: [pathToFileURL(page).href], complaints: [] });
  expect(seen).toMatchObject({ wider: 0, spilling: [], unnamed: [], headings: ['H1', 'H2'] });
  expect(seen.plots).toBeGreaterThan(5);
  expect(seen.smallestText).toBeGreaterThan(width < 360 ? 6.5 : 8.5);
  expect(seen.background).toBe(colorScheme === 'light' ? 'rgb(246, 248, 250)' : 'rgb(16, 21, 28)');
  await context.close();
}

/** In the page: is anything wider than the screen, do texts of plots leave them, has each plot a name and a table? */
const LOOK = `(() => {
  const root = document.documentElement;
  const plots = [...document.querySelectorAll('svg')];
  const texts = plots.flatMap((svg) => [...svg.querySelectorAll('text')].map((text) => ({ svg, text })));
  return {
    wider: Math.max(0, root.scrollWidth - root.clientWidth),
    plots: plots.length,
    spilling: texts
      .filter(({ svg, text }) => {
        const [outer, inner] = [svg.getBoundingClientRect(), text.getBoundingClientRect()];
        return inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.bottom > outer.bottom + 2;
      })
      .map(({ text }) => text.textContent),
    unnamed: plots
      .filter((svg) => !document.getElementById(svg.getAttribute('aria-labelledby'))?.textContent ||
        svg.closest('section').querySelector('table caption') === null)
      .map((svg) => svg.outerHTML.slice(0, 80)),
    smallestText: Math.min(...texts.map(({ text, svg }) =>
      parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)),
    headings: [...new Set([...document.querySelectorAll('h1, h2, h3')].map(({ tagName }) => tagName))],
    background: getComputedStyle(document.body).backgroundColor,
  };
})()` as unknown as () => {
  readonly wider: number;
  readonly plots: number;
  readonly spilling: readonly string[];
  readonly unnamed: readonly string[];
  readonly smallestText: number;
  readonly headings: readonly string[];
  readonly background: string;
};
