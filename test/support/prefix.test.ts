import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasPrefix } from '../../src/support/prefix.js';
import { runs, testSeed } from './runs.js';

it('a text has the prefixes that it starts with, and no others', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', 'é'), maxLength: 6 });
  fc.assert(
    fc.property(text, text, (whole, prefix) => {
      expect(hasPrefix(whole, prefix)).toBe(whole.startsWith(prefix));
      expect(hasPrefix(prefix + whole, prefix)).toBe(true);
    }),
    { numRuns: runs({ sample: 300, full: 5000 }), seed: testSeed },
  );
});
