// The web page of a running job in a real browser, in light and in dark.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { testInBrowser } from './browser.js';
import { cleanEnvironment, RUN } from './process.js';

/** A job whose name and failure are markup, with checkpoints every 100 ms. */
const JOB = `
import { generatorSource, Types } from 'ckpt';
let failed = false;
export default function job(env) {
  env.fromSource(generatorSource((index) => index, { recordsPerSecond: 2000 }), '<b>numbers</b>')
    .map((value) => {
      if (value < 600 || failed) return value;
      failed = true;
      throw new Error('<img src=x onerror="document.title=1">');
    })
    .keyBy((value) => 'k' + (value % 10))
    .reduce((a, b) => a + b, Types.LONG)
    .discard();
}
`;

async function withPage(use: (rest: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-page-'));
  writeFileSync(join(directory, 'job.mjs'), JOB);
  const flags = ['--checkpoint-dir', join(directory, 'cp'), '--interval', '100ms', '--rest', '0'];
  const job = spawn(process.execPath, [RUN, 'run', join(directory, 'job.mjs'), ...flags], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    let rest = '';
    for await (const line of createInterface({ input: job.stderr })) {
      rest ||= /http:\/\/\S+/.exec(line)?.[0] ?? '';
      if (/^checkpoint \d/.test(line)) break;
    }
    job.stderr.resume();
    await use(rest);
  } finally {
    job.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

const textOf = (page: Page, selector: string) => page.locator(selector).allTextContents();

testInBrowser(
  'the page shows the graph, the checkpoints and the failures of a job, takes no markup, and says when the job is gone',
  async (browser) => {
    await withPage(async (rest) => {
      const page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 360, height: 740 } });
      const complaints: string[] = [];
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      const elsewhere: string[] = [];
      page.on('request', (request) => request.url().startsWith(rest) || elsewhere.push(request.url()));
      await page.goto(rest);
      await page.locator('#failures li', { hasText: 'onerror' }).waitFor();
      await page.locator('#history tbody tr.COMPLETED').nth(2).waitFor();
      expect(await page.title()).toMatch(/^job /);
      expect(await textOf(page, '#graph text')).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^Source: <b>numbers/),
          expect.stringMatching(/Reduce/),
          'hash',
        ]),
      );
      expect(await page.locator('#tasks tbody tr').count()).toBe(2);
      expect(await textOf(page, '#counts')).toEqual([expect.stringMatching(/^\d+ completed, \d+ failed/)]);
      for (const plot of ['#sizes', '#durations'])
        expect(await page.locator(`${plot} rect.whole`).count()).toBeGreaterThan(1);
      expect(await page.locator('img').count()).toBe(0);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect(width).toBeLessThanOrEqual(360);
      const back = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      const dark = await back();
      await page.emulateMedia({ colorScheme: 'light' });
      expect(await back()).not.toBe(dark);
      expect([complaints, elsewhere]).toEqual([[], []]);
    });
  },
);
