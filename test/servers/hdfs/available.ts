// Whether a real HDFS can be had on this machine. Where it cannot, its tests are skipped and say so; in CI that is a
// failure.
import { describe } from 'vitest';
import { missingTools } from './java.js';

const missing = missingTools();

if (missing.length > 0) {
  const what = `real HDFS, for want of ${missing.join(' and ')} (JDK 17, Maven 3)`;
  if (process.env.CI === 'true') throw new Error(`CI must test ${what}`);
  process.stderr.write(`\nNOT TESTED: ${what}\n`);
}

/** A `describe` that is skipped where Java or Maven is missing. */
export const describeHdfs = describe.skipIf(missing.length > 0);
