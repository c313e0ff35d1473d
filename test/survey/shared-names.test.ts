// Names of files that nothing references held against those of files that snapshots do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLocation } from '../../src/model/location.js';
import { LocationKey } from '../../src/model/location-key.js';
import type { KeyPlace } from '../../src/survey/files/records.js';
import { SharedNames } from '../../src/survey/files/shared-names.js';
import { runs, testSeed } from '../support/runs.js';

const UNNUMBERED = 0xffffffff;

/** The key of the file `name`, in a directory with a number or without. */
function keyOf(name: string, directory: number): KeyPlace {
  const text = new LocationKey();
  if (directory === UNNUMBERED) text.setTo(parseLocation(`memory://m/some/where/${name}`, '/'));
  else text.addText(name);
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeUInt32LE(directory);
  bytes.set(text.bytes.subarray(0, text.length), 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { bytes, view, start: 0, end: bytes.length };
}

const names = fc.uniqueArray(fc.stringMatching(/^[0-9a-f]{1,3}é?$/), { maxLength: 60 });
const directory = fc.constantFrom(3, UNNUMBERED);

describe('names that are shared', () => {
  it('are those that both sides bear, in whatever directories', () => {
    fc.assert(
      fc.property(names, names, directory, directory, (unreferenced, referenced, here, there) => {
        const shared = new SharedNames();
        shared.makeRoom(unreferenced.length + referenced.length);
        for (const name of unreferenced) shared.addUnreferenced(keyOf(name, here));
        for (const name of referenced) shared.addReferenced(keyOf(name, there));
        expect(unreferenced.filter((name) => shared.has(keyOf(name, here)))).toEqual(
          unreferenced.filter((name) => referenced.includes(name)),
        );
      }),
      { numRuns: runs({ sample: 100, full: 5000 }), seed: testSeed },
    );
  });
});
