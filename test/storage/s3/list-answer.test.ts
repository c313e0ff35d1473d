import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitAnswer } from '../../../src/storage/s3/list-answer.js';
import { runs, testSeed } from '../../support/runs.js';

const entry = (key: string, more = '') =>
  `<Contents><Key>${key}</Key><LastModified>2026-11-21T12:58:19.000Z</LastModified><ETag>&quot;aed5&quot;</ETag><Size>100</Size>${more}</Contents>`;
const listing = (...inside: readonly string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="x"><Name>b</Name><IsTruncated>false</IsTruncated>${inside.join('')}<KeyCount>2</KeyCount></ListBucketResult>`;
const object = (Key: string) => ({
  Key,
  Size: 100,
  LastModified: new Date('2026-11-21T12:58:19Z'),
  ETag: '"aed5"',
});

describe('taking the objects out of a listing', () => {
  it('takes every object, and leaves the document around them', () => {
    const prefixes = '<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>';
    const xml = listing(
      entry('a', '<StorageClass>STANDARD</StorageClass>'),
      ' \n',
      entry(' b+%2F '),
      prefixes,
    );
    expect(splitAnswer(xml)).toEqual({ contents: [object('a'), object(' b+%2F ')], rest: listing(prefixes) });
  });

  it('reads properties in any order and with white space between them', () => {
    const pretty =
      '<Contents>\n  <Size>100</Size>\n  <ETag>&#34;aed5&#34;</ETag>\n  <LastModified>2026-11-21T12:58:19Z</LastModified>\n  <Key>k</Key>\n</Contents>\n';
    expect(splitAnswer(listing(pretty))?.contents).toEqual([object('k')]);
  });

  it.each([
    ['no object', listing()],
    ['a key with a reference', listing(entry('a&amp;b'))],
    ['an empty key', listing(entry(''))],
    ['a key twice', listing(entry('a', '<Key>b</Key>'))],
    ['a size that is none', listing(entry('a').replace('>100<', '>1e2<'))],
    ['no size', listing(entry('a').replace('<Size>100</Size>', ''))],
    ['a time that is none', listing(entry('a').replace('2026-11-21', 'yesterday'))],
    ['properties of properties', listing(entry('a', '<Owner><ID>x</ID></Owner>'))],
    ['an attribute', listing(entry('a').replace('<Key>', '<Key type="x">'))],
    ['text beside the properties', listing(entry('a', 'text'))],
    ['objects in two places', listing(entry('a'), '<Other/>', entry('b'))],
    ['a comment', listing(`<!-- ${entry('hidden')} -->`, entry('a'))],
    ['character data', listing(`<![CDATA[${entry('hidden')}]]>`)],
  ])('leaves a document with %s to the SDK', (_, xml) => {
    expect(splitAnswer(xml)).toBeNull();
  });

  it('takes from a document that is cut anywhere no more than was whole in it, and leaves it cut', () => {
    const xml = listing(entry('a'), entry('b'));
    for (let length = 0; length < xml.length; length++) {
      const answer = splitAnswer(xml.slice(0, length));
      if (answer !== null) expect(answer.rest.endsWith('</ListBucketResult>')).toBe(false);
    }
  });

  it('takes what was put in, whatever the keys', () => {
    const key = fc.string({ minLength: 1, unit: 'grapheme' }).map((text) => encodeURIComponent(text));
    fc.assert(
      fc.property(fc.array(key, { minLength: 1 }), (keys) => {
        expect(splitAnswer(listing(...keys.map((name) => entry(name))))).toEqual({
          contents: keys.map(object),
          rest: listing(),
        });
      }),
      { numRuns: runs({ sample: 100, full: 10_000 }), seed: testSeed },
    );
  });
});
