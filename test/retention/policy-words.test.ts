import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { budgetWords } from '../../src/capacity/budget-words.js';
import { parseLocation } from '../../src/model/location.js';
import { DEFAULT_CLEANUP, KEEP_EVERYTHING } from '../../src/model/policy.js';
import {
  cleanupPolicy,
  cleanupWords,
  retentionPolicy,
  retentionWords,
} from '../../src/retention/policy-words.js';
import { formatDuration, formatSize } from '../../src/support/units.js';
import { placeIn } from '../../src/support/words.js';
import { runs, testSeed } from '../support/runs.js';
import { at, DAY_MS, rules } from './samples.js';

const context = { placeOf: placeIn('retention'), locate: (text: string) => parseLocation(text, '/srv') };
const { wholeJobs: _, ...NO_RULE } = KEEP_EVERYTHING;

describe('the words of retention', () => {
  it('mean no rule where there are none, or the section is empty', () => {
    expect(retentionPolicy({}, context)).toEqual(NO_RULE);
    expect(retentionPolicy(null, context)).toEqual(NO_RULE);
  });

  it('mean what the flags of the same names mean', () => {
    expect(
      retentionPolicy(
        {
          'keep-last': 3,
          'keep-within': '7d',
          'keep-hourly': 24,
          'keep-daily': 7,
          'keep-weekly': 5,
          'keep-monthly': 12,
          'max-bytes': '500GiB',
          pin: ['s3://bucket/job/chk-7', './chk-8'],
          savepoints: true,
        },
        context,
      ),
    ).toEqual({
      keepLast: 3,
      keepWithinMs: 7 * DAY_MS,
      keepHourly: 24,
      keepDaily: 7,
      keepWeekly: 5,
      keepMonthly: 12,
      maxBytes: 500 * 2 ** 30,
      pins: [at('s3://bucket/job/chk-7'), at('file:///srv/chk-8')],
      savepoints: 'judge',
    });
  });

  it('are read back from any policy', () => {
    fc.assert(
      fc.property(rules, ({ wholeJobs, ...policy }) => {
        const words = {
          'keep-last': policy.keepLast,
          'keep-within': policy.keepWithinMs && formatDuration(policy.keepWithinMs),
          'keep-hourly': policy.keepHourly,
          'keep-daily': policy.keepDaily,
          'keep-weekly': policy.keepWeekly,
          'keep-monthly': policy.keepMonthly,
          'max-bytes': policy.maxBytes && formatSize(policy.maxBytes),
        };
        const given = Object.fromEntries(Object.entries(words).filter(([, word]) => word !== null));
        expect(retentionPolicy({ ...given, savepoints: policy.savepoints === 'judge' }, context)).toEqual({
          ...policy,
          pins: [],
        });
      }),
      { seed: testSeed, numRuns: runs({ sample: 50, full: 2000 }) },
    );
  });

  it.each([
    [{ 'keep-lst': 3 }, 'retention.keep-lst'],
    [{ keepLast: 3 }, 'retention.keepLast'],
    [{ 'keep-last': 0 }, 'retention.keep-last'],
    [{ 'keep-last': -1 }, 'retention.keep-last'],
    [{ 'keep-last': 1.5 }, 'retention.keep-last'],
    [{ 'keep-last': '3' }, 'retention.keep-last'],
    [{ 'keep-within': 7 }, 'retention.keep-within'],
    [{ 'keep-within': '7 days' }, 'retention.keep-within'],
    [{ 'keep-within': '0d' }, 'retention.keep-within'],
    [{ 'keep-within': '99999999999w' }, 'retention.keep-within'],
    [{ 'max-bytes': '0B' }, 'retention.max-bytes'],
    [{ 'max-bytes': 500 }, 'retention.max-bytes'],
    [{ pin: 's3://bucket/chk-7' }, 'retention.pin'],
    [{ savepoints: 'yes' }, 'retention.savepoints'],
    [[], 'retention'],
    ['keep-last 3', 'retention'],
  ])('refuse %j, with its place', (words, where) => {
    expect(() => retentionPolicy(words, context)).toThrow(
      expect.objectContaining({ code: 'usage', where, next: expect.any(String) }),
    );
  });
});

it('are named where one is not known', () => {
  expect(() => retentionPolicy({ 'keep-lst': 3 }, context)).toThrow(
    expect.objectContaining({
      message: 'retention.keep-lst: there is no such word',
      next: expect.stringMatching(/^the words there are keep-last, keep-within/),
    }),
  );
});

const IN_CLEANUP = { placeOf: placeIn('cleanup'), locate: (text: string) => parseLocation(text, '/here') };

describe('the words of cleanup', () => {
  it('name a place for copies, from here', () => {
    expect(cleanupPolicy({ quarantine: 'aside' }, IN_CLEANUP)).toMatchObject({
      quarantine: true,
      copiesTo: parseLocation('/here/aside', '/'),
    });
  });

  it('have the defaults of the flags', () => {
    expect(cleanupPolicy({}, IN_CLEANUP)).toEqual(DEFAULT_CLEANUP);
  });

  it('are taken as they stand', () => {
    const words = {
      orphans: false,
      'min-age': '36h',
      'unknown-jobs': true,
      'no-write-ahead-sinks': true,
      quarantine: false,
      'max-delete': 1000,
      'max-bytes-deleted': '1TB',
      'max-percent': 12.5,
    };
    expect(cleanupPolicy(words, IN_CLEANUP)).toEqual({
      orphans: false,
      minAgeMs: 1.5 * DAY_MS,
      unknownJobs: true,
      noWriteAheadSinks: true,
      quarantine: false,
      copiesTo: null,
      maxDelete: 1000,
      maxBytesDeleted: 1e12,
      maxPercent: 12.5,
    });
  });

  it.each([
    { 'max-percent': 0 },
    { 'max-percent': 101 },
    { 'min-age': '' },
    { 'max-delete': 0 },
    { retention: {} },
  ])('refuse %j', (words) => {
    expect(() => cleanupPolicy(words, IN_CLEANUP)).toThrow(
      expect.objectContaining({ code: 'usage', where: `cleanup.${Object.keys(words)[0]}` }),
    );
  });
});

it('are described for editors by docs/policy.schema.json, which is up to date', async () => {
  const schema = z.toJSONSchema(
    z.object({ retention: retentionWords, cleanup: cleanupWords, budgets: budgetWords }).partial(),
    {
      io: 'input',
    },
  );
  const file = fileURLToPath(new URL('../../docs/policy.schema.json', import.meta.url));
  await expect(`${JSON.stringify({ title: 'Policy of ckpt', ...schema }, null, 2)}\n`).toMatchFileSnapshot(
    file,
  );
});
