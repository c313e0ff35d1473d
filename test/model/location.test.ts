import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  baseName,
  canonicalKey,
  child,
  formatLocation,
  isWithin,
  normalizePath,
  parent,
  parseLocation,
  parseUri,
} from '../../src/model/location.js';
import { UsageError } from '../../src/support/errors.js';
import { runs, testSeed } from '../support/runs.js';

const at = (uri: string) => parseUri(uri)!;

describe('a location', () => {
  it.each([
    ['./dir', 'file:///cwd/dir'],
    ['dir/../other', 'file:///cwd/other'],
    ['/abs//dir/', 'file:///abs/dir'],
    ['.', 'file:///cwd'],
    ['/', 'file:///'],
    ['file:/a/b', 'file:///a/b'],
    ['file:///a/b/', 'file:///a/b'],
    ['file://localhost/a', 'file:///a'],
    ['FILE:///a', 'file:///a'],
    ['s3://bucket', 's3://bucket/'],
    ['s3a://bucket/key', 's3a://bucket/key'],
    ['s3://bucket//a///b/', 's3://bucket/a/b'],
    ['hdfs://nn:8020/x', 'hdfs://nn:8020/x'],
    ['hdfs:///x', 'hdfs:///x'],
    ['webhdfs://nn:9870/x', 'webhdfs://nn:9870/x'],
    ['./a:b', 'file:///cwd/a:b'],
    ['a%20b', 'file:///cwd/a%20b'],
    ['s3://b/ü/日本', 's3://b/ü/日本'],
  ])('typed as %s is %s', (typed, expected) => {
    expect(formatLocation(parseLocation(typed, '/cwd'))).toBe(expected);
  });

  it.each(['', 'gs://bucket/x', 'http://host/x', 'oss:/x', 'abc:def'])(
    'of an unknown scheme is never a local path: %j',
    (typed) => {
      expect(() => parseLocation(typed, '/cwd')).toThrow(UsageError);
    },
  );

  it.each(['relative/path', '', 'gs://bucket/x', 'file:relative', 's3:key'])(
    'is not made of %j in a `_metadata`',
    (text) => {
      expect(parseUri(text)).toBeNull();
    },
  );

  it('is the same under all names of its scheme, and another in another bucket or store', () => {
    const keys = ['s3', 's3a', 's3n', 's3p'].map((scheme) => canonicalKey(at(`${scheme}://b/k`)));
    expect(new Set(keys).size).toBe(1);
    const others = ['s3://c/k', 's3://b/K', 'hdfs://b/k', 'file:///b/k', 's3://b/k2'];
    expect(new Set([keys[0], ...others.map((uri) => canonicalKey(at(uri)))]).size).toBe(6);
  });

  it('takes percent signs literally: they are part of a name', () => {
    expect(canonicalKey(at('s3://b/a%20b'))).not.toBe(canonicalKey(at('s3://b/a b')));
  });

  it('is named by its last segment, and lies in its parent', () => {
    expect(baseName(at('s3://b/a/f'))).toBe('f');
    expect(formatLocation(parent(at('s3://b/a/f')))).toBe('s3://b/a');
    expect(formatLocation(parent(at('s3://b/a')))).toBe('s3://b/');
    expect(formatLocation(parent(at('s3://b/')))).toBe('s3://b/');
    expect(formatLocation(child(at('s3://b/'), 'a/../f'))).toBe('s3://b/f');
  });

  it('lies within its ancestors, whole segments only, and in no other store', () => {
    const ancestor = at('s3://b/x');
    const inside = ['s3://b/x', 's3a://b/x/y', 's3://b/x/y/z'];
    const outside = ['s3://b/xy', 's3://b/', 's3://c/x/y', 'hdfs://b/x/y', 's3://b/x/../y'];
    expect(inside.map((uri) => isWithin(at(uri), ancestor))).toEqual([true, true, true]);
    expect(outside.map((uri) => isWithin(at(uri), ancestor))).toEqual([false, false, false, false, false]);
    expect(isWithin(at('s3://b/any'), at('s3://b/'))).toBe(true);
  });
});

describe('a normalized path', () => {
  it.each([
    ['/a//b/./c/../d/', '/a/b/d'],
    ['/..', '/'],
    ['/../../etc', '/etc'],
    ['//', '/'],
    ['', '/'],
    ['/a/...', '/a/...'],
    ['/a/..b', '/a/..b'],
  ])('of %j is %j', (path, expected) => {
    expect(normalizePath(path)).toBe(expected);
  });

  it('is canonical: normalizing again changes nothing, and no dots or empty segments are left', () => {
    const segment = fc.constantFrom('', '.', '..', 'a', '.b', 'c..', '日');
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const path = normalizePath(`/${segments.join('/')}`);
        expect(normalizePath(path)).toBe(path);
        expect(
          path === '/' ||
            path
              .split('/')
              .slice(1)
              .every((part) => !['', '.', '..'].includes(part)),
        ).toBe(true);
      }),
      { numRuns: runs({ sample: 300, full: 20_000 }), seed: testSeed },
    );
  });
});
