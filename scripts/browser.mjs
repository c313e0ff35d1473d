// A browser for the tests of pages where the machine has none: the Chromium of the npm package @sparticuz/chromium
// (MIT; Linux on x64), installed and unpacked below node_modules/.cache, apart from the project's own dependencies.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { must, npm, root } from './steps.mjs';

const PACKAGE = '@sparticuz/chromium@153.0.0';
const home = join(root, 'node_modules/.cache/ckpt-browser', PACKAGE.replaceAll(/\W+/g, '-'));
const unpacked = join(home, 'unpacked');

/** Installs it unless that has been done; gives the environment in which test/cli/browser.ts finds it. */
export async function fetchBrowser() {
  const executable = join(unpacked, 'chromium');
  if (!existsSync(executable)) {
    mkdirSync(unpacked, { recursive: true });
    const quiet = ['--no-audit', '--no-fund', '--no-save', '--no-package-lock', '--loglevel=error'];
    await must('installing a browser', ...npm('install', '--prefix', home, ...quiet, PACKAGE));
    await must('unpacking the browser', process.execPath, ['--input-type=module', '--eval', UNPACK], {
      cwd: home,
      // The package unpacks into the directory for temporary files, with libraries only where it believes to be on Lambda.
      env: { ...process.env, TMPDIR: unpacked, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return { CKPT_TEST_BROWSER: executable, CKPT_TEST_BROWSER_LIBRARIES: join(unpacked, 'al2023/lib') };
}

const UNPACK = `import chromium from '@sparticuz/chromium'; await chromium.executablePath();`;
