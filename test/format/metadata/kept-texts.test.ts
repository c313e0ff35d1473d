// The texts of a document: whichever way they are cut out, each is what was written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../src/format/bytes/byte-writer.js';
import { KeptTexts } from '../../../src/format/metadata/kept-texts.js';
import { runs, testSeed } from '../../support/runs.js';

describe('texts that are kept', () => {
  it('are those that were written, ASCII or not, short or long, alone or again', () => {
    const names = fc.array(
      fc.constantFrom('', 'CUR', '000001.sst', '000002.sst', 'MANIFEST-000001', 'größe.sst'),
    );
    const others = fc.array(
      fc.string({ unit: fc.constantFrom('a', '/', '\u0000', 'é', '漢', '\ud83d\ude00'), maxLength: 100 }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(names, others, (named, other) => {
        const { kept, at } = written([...named, ...other]);
        expect(at.map((place) => kept.nameAt(place))).toEqual([...named, ...other]);
        expect(at.map((place) => kept.textAt(place))).toEqual([...named, ...other]);
      }),
      { numRuns: runs({ sample: 50, full: 5000 }), seed: testSeed },
    );
  });

  it('are whole where one runs across the end of a piece', () => {
    const texts = Array.from({ length: 20_000 }, (_, n) => `/shared/${n}`.repeat(1 + (n % 3)));
    const { kept, at } = written(texts);
    expect(at.map((place) => kept.textAt(place))).toEqual(texts);
  });

  it('tell names apart that differ in one place', () => {
    const texts = Array.from({ length: 2000 }, (_, n) => `${String(n).padStart(6, '0')}.sst`);
    const { kept, at } = written([...texts, ...texts]);
    expect(at.map((place) => kept.nameAt(place))).toEqual([...texts, ...texts]);
  });
});

function written(texts: readonly string[]): { kept: KeptTexts; at: readonly number[] } {
  const writer = new ByteWriter();
  const at = texts.map((text) => {
    const start = writer.offset;
    writer.utf(text);
    return start;
  });
  return { kept: new KeptTexts(writer.take()), at };
}
