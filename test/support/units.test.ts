import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DURATION_PATTERN,
  formatDuration,
  formatSize,
  parseDuration,
  parseRate,
  parseSize,
  SIZE_PATTERN,
} from '../../src/support/units.js';
import { runs, testSeed } from './runs.js';

const parameters = { seed: testSeed, numRuns: runs({ sample: 300, full: 20_000 }) };
const wholeMs = fc.oneof(
  fc.nat(Number.MAX_SAFE_INTEGER),
  fc.nat(10_000).map((days) => days * 86_400_000),
);
const wholeBytes = fc.oneof(
  fc.nat(Number.MAX_SAFE_INTEGER),
  fc.nat(8000).map((gib) => gib * 2 ** 30),
);

describe('durations', () => {
  it.each([
    ['7d', 604_800_000],
    ['1w', 604_800_000],
    ['36h', 129_600_000],
    ['1d12h', 129_600_000],
    ['10m', 600_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['0s', 0],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '7',
    'd',
    '-1d',
    '1.5h',
    '7 d',
    ' 7d',
    '12h1d',
    '1d1d',
    '7days',
    '1M',
    '1y',
    '9007199254740992ms',
    '99999999999999999999d',
    '1e3s',
    '٧d',
  ])('refuses %j and says how to write one', (text) => {
    expect(() => parseDuration(text)).toThrow(
      expect.objectContaining({ code: 'usage', next: expect.stringContaining('7d') }),
    );
  });

  it('are read as they were written', () => {
    fc.assert(
      fc.property(wholeMs, (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
        expect(formatDuration(ms)).toMatch(DURATION_PATTERN);
      }),
      parameters,
    );
  });

  it('are written in the largest unit that is exact', () => {
    expect([604_800_000, 129_600_000, 90_000, 1500, 0].map(formatDuration)).toEqual([
      '7d',
      '36h',
      '90s',
      '1500ms',
      '0ms',
    ]);
  });
});

describe('sizes', () => {
  it.each([
    ['500GiB', 500 * 2 ** 30],
    ['500gib', 500 * 2 ** 30],
    ['500 GB', 500e9],
    ['1.5TiB', 1.5 * 2 ** 40],
    ['0.1KiB', 102],
    ['1kB', 1000],
    ['42B', 42],
    ['0b', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    '',
    '5',
    '5G',
    'GiB',
    '-5GiB',
    '5 EiB',
    '5  GiB',
    '1,5GiB',
    '9999PiB',
    '1e3B',
    'Infinity B',
    '5iB',
  ])('refuses %j and says how to write one', (text) => {
    expect(() => parseSize(text)).toThrow(
      expect.objectContaining({ code: 'usage', next: expect.stringContaining('500GiB') }),
    );
  });

  it('are read as they were written', () => {
    fc.assert(
      fc.property(wholeBytes, (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
        expect(formatSize(bytes)).toMatch(SIZE_PATTERN);
      }),
      parameters,
    );
  });
});

describe('rates', () => {
  it.each([
    ['200MB/s', 200e6],
    ['60KiB/m', 1024],
    ['1.8GB/h', 500_000],
    ['86400B/d', 1],
    ['0B/s', 0],
  ])('%s is %d bytes a second', (text, bytesPerSecond) => {
    expect(parseRate(text)).toBe(bytesPerSecond);
  });

  it.each(['200MB', '200/s', 'MB/s', '1MB/w', '1MB/s/s', '-1MB/s', '99999PiB/s'])('refuses %j', (text) => {
    expect(() => parseRate(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
