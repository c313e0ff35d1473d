// A real browser for pages: the Chromium or Chrome of this machine, or the one that `npm test -- --browser` fetches. Where
// there is none its tests are skipped with a line that says so, and fail where CI is set.
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
function browserPath(): string | null {
  const named = process.env.CKPT_TEST_BROWSER;
  const directories = (process.env.PATH ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => directories.map((directory) => join(directory, name)));
  return [...(named ? [named] : []), ...found].find((path) => existsSync(path)) ?? null;
}

/** A test that has a browser, which is closed afterwards. */
export function testInBrowser(title: string, run: (browser: Browser) => Promise<void>): void {
  const executablePath = browserPath();
  const missing = `not tested in a browser: ${title} (install Chromium, or: npm test -- --browser)`;
  const isSkipped = executablePath === null && process.env.CI !== 'true';
  if (isSkipped) process.stdout.write(`NOT TESTED: ${missing}\n`);
  test.skipIf(isSkipped)(title, async () => {
    if (executablePath === null) throw new Error(missing);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'], env: environment() });
    try {
      await run(browser);
    } finally {
      await browser.close();
    }
  });
}

/** With the shared libraries that a fetched browser brings along. */
function environment(): NodeJS.ProcessEnv {
  const libraries = process.env.CKPT_TEST_BROWSER_LIBRARIES;
  return libraries ? { ...process.env, LD_LIBRARY_PATH: libraries } : process.env;
}
