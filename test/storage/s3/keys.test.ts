import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { child, normalizePath, parseLocation } from '../../../src/model/location.js';
import { follows, placeBeside } from '../../../src/storage/s3/key-order.js';
import { batchOf, keyOf, prefixOf } from '../../../src/storage/s3/keys.js';
import { pageOf } from '../../../src/storage/s3/page.js';
import { coveringPrefixes } from '../../../src/storage/s3/prefix-cover.js';
import { StorageError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';

const bucket = parseLocation('s3a://bucket/', '/');
const answer = { $metadata: {}, IsTruncated: false };

describe('keys and paths', () => {
  it('takes the path without its first slash for the key', () => {
    expect(keyOf(child(bucket, 'a/b c+%20'))).toBe('a/b c+%20');
    expect(prefixOf(child(bucket, 'a/b'))).toBe('a/b/');
    expect(prefixOf(bucket)).toBe('');
  });

  it.each([['/'], ['/a\0b'], ['/half \ud800'], [`/${'é'.repeat(513)}`]])(
    'knows that nothing can be at %j',
    (path) => {
      expect(() => keyOf({ ...bucket, path })).toThrow(expect.objectContaining({ kind: 'not-found' }));
    },
  );

  it('gives every key to one entry or one problem, and never to the path of another', () => {
    const key = fc.array(fc.constantFrom('a', 'b', '/', '//', '.', '..', '%2F', ' ', '\n'), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        key.map((parts) => parts.join('')),
        (name) => {
          const object = { key: name, sizeBytes: 1, modifiedMs: null, etag: null };
          const { entries, problems } = batchOf([object], bucket);
          expect(entries.length + problems.length).toBe(1);
          for (const { path, type } of entries) {
            expect(normalizePath(path)).toBe(path);
            expect(type === 'directory' ? `${path}/` : path).toBe(`/${name}`);
          }
        },
      ),
      { numRuns: runs({ sample: 200, full: 20_000 }), seed: testSeed },
    );
  });
});

describe('pages', () => {
  const request = { prefix: 'p/' };
  const page = (output: object) => pageOf({ ...answer, ...output }, request, 's3://bucket/p');

  it('decodes keys as queries are, where the server says that it encoded them', () => {
    const Contents = [{ Key: 'p/a+b%2Bc%25%0A', Size: 1 }];
    expect(page({ Contents, EncodingType: 'url' }).objects[0]?.key).toBe('p/a b+c%\n');
    expect(page({ Contents }).objects[0]?.key).toBe('p/a+b%2Bc%25%0A');
  });

  it('tells times and entity tags as the answer to HEAD does, which has whole seconds and quotes', () => {
    const LastModified = new Date(1_700_000_000_789);
    const Contents = ['abc', '"abc"', undefined].map((ETag) => ({ Key: 'p/a', Size: 1, LastModified, ETag }));
    const told = page({ Contents }).objects.map(({ modifiedMs, etag }) => [modifiedMs, etag]);
    expect(told).toEqual(['"abc"', '"abc"', null].map((etag) => [1_700_000_000_000, etag]));
  });

  it.each([
    ['no word on whether there is more', { IsTruncated: undefined }],
    ['more, and not where', { IsTruncated: true }],
    ['a key without a size', { Contents: [{ Key: 'p/a' }] }],
    ['a size without a key', { Contents: [{ Size: 1 }] }],
    ['a key elsewhere', { Contents: [{ Key: 'q/a', Size: 1 }] }],
    ['a directory elsewhere', { CommonPrefixes: [{ Prefix: 'q/' }] }],
    ['a directory without a name', { CommonPrefixes: [{}] }],
    ['half a percent sign', { EncodingType: 'url', Contents: [{ Key: 'p/%E6', Size: 1 }] }],
  ] as const)('refuses an answer with %s', (_, output) => {
    expect(() => page(output)).toThrow(expect.objectContaining({ kind: 'corrupt' }));
  });

  it('refuses to be sent to the same page again', () => {
    const output = { ...answer, IsTruncated: true, NextContinuationToken: 'again' };
    expect(() => pageOf(output, { ...request, token: 'again' }, 's3://bucket/p')).toThrow(StorageError);
  });
});

describe('the order of keys', () => {
  const name = fc
    .array(fc.constantFrom('a', 'b', '-', '.', '/', '0', 'é', '😀', '\uffee'), { maxLength: 5 })
    .map((x) => x.join(''));
  const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const segments = (a: string, b: string) => bytes(a.replaceAll('/', '\0'), b.replaceAll('/', '\0'));

  it('is after or before only where every order in use agrees', () => {
    fc.assert(
      fc.property(name, name, (a, b) => {
        const directory = `${a.replaceAll('/', '')}x/`;
        const other = b.replaceAll('/', '');
        for (const sibling of [other, `${other}/`]) {
          const place = placeBeside(directory, sibling);
          const sign = place === 'after' ? 1 : -1;
          if (place === 'unclear' || sibling === directory) continue;
          expect(Math.sign(bytes(sibling, directory))).toBe(sign);
          expect(Math.sign(segments(sibling, directory))).toBe(sign);
          expect(sibling < directory ? -1 : 1).toBe(sign);
        }
      }),
      { numRuns: runs({ sample: 500, full: 50_000 }), seed: testSeed },
    );
  });

  it('follows where any order in use says so, and never itself', () => {
    expect(follows('a-b/x', 'a/x')).toBe(true);
    expect(follows('a/x', 'a-b/x')).toBe(true);
    expect(follows('\uffee', '😀')).toBe(true);
    expect(follows('b', 'a')).toBe(false);
    expect(follows('a', 'a')).toBe(false);
  });
});

describe('prefixes in place of names', () => {
  it('begin every name and nothing else', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '1', '😀', '😁'), { minLength: 1, maxLength: 5 });
    const names = fc.uniqueArray(
      text.map((parts) => `${parts.join('')}/`),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(names, fc.integer({ min: 0, max: 20 }), (all, at) => {
        const [others, chosen] = [all.slice(0, at), all.slice(at)];
        const prefixes = coveringPrefixes(chosen, others);
        const covering = (candidate: string) => prefixes.filter((prefix) => candidate.startsWith(prefix));
        expect(chosen.map((candidate) => covering(candidate).length)).toEqual(chosen.map(() => 1));
        expect(others.flatMap(covering)).toEqual([]);
        expect(prefixes.filter((prefix) => /\p{Surrogate}/u.test(prefix))).toEqual([]);
      }),
      { numRuns: runs({ sample: 200, full: 20_000 }), seed: testSeed },
    );
  });

  it('are few', () => {
    const names = ['chk-2/', 'chk-30/', 'chk-31/', 'chk-4/', 'shared/'];
    expect(coveringPrefixes(names, ['chk-1/'])).toEqual(['chk-2/', 'chk-3', 'chk-4/', 'shared/']);
  });
});
