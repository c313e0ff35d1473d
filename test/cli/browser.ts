// A real browser for pages: the Chromium or Chrome of this machine. Where there is none its tests are skipped with a line
// that says so, in CI too: no package registry of npm has a browser for it.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { test } from 'vitest';

const NAMES = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
];

/** The path of a browser; CKPT_TEST_BROWSER names one that is elsewhere. */
export function browserPath(): string | null {
  const named = process.env.CKPT_TEST_BROWSER;
  const directories = (process.env.PATH ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => directories.map((directory) => join(directory, name)));
  return [...(named ? [named] : []), ...found].find((path) => existsSync(path)) ?? null;
}

/** A test that has a browser, which is closed afterwards. */
export function testInBrowser(title: string, run: (browser: Browser) => Promise<void>): void {
  const executablePath = browserPath();
  if (executablePath === null)
    process.stdout.write(
      `NOT TESTED: not tested in a browser: ${title} (install Chromium or Chrome, or name one with CKPT_TEST_BROWSER)\n`,
    );
  test.skipIf(executablePath === null)(title, async () => {
    const browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    try {
      await run(browser);
    } finally {
      await browser.close();
    }
  });
}
