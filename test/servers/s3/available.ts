// Whether a real S3 server can be had on this machine. Where it cannot, its tests are skipped and say so; in CI that is
// a failure.
import { describe } from 'vitest';
import { installSeaweedFs } from './install.js';

const installation = process.env.CKPT_TEST_S3_ENDPOINT ? {} : installSeaweedFs();

if ('missing' in installation) {
  if (process.env.CI === 'true') throw new Error(`CI must test a real S3 server: ${installation.missing}`);
  process.stderr.write(`\nNOT TESTED: a real S3 server; ${installation.missing}\n`);
}

/** A `describe` that is skipped where there is no server. */
export const describeS3 = describe.skipIf('missing' in installation);
