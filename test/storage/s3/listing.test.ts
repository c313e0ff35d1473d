import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listPrefix } from '../../../src/storage/s3/listing.js';
import { StorageError } from '../../../src/support/errors.js';
import { runs, testSeed } from '../../support/runs.js';
import { type BucketOptions, type Order, simulatedBucket } from './simulated-bucket.js';

async function listed(options: BucketOptions, prefix: string, concurrency: number) {
  const { fetchPage, requests } = simulatedBucket(options);
  const keys: string[] = [];
  for await (const objects of listPrefix(prefix, { fetchPage, concurrency }))
    keys.push(...objects.map(({ key }) => key));
  return { keys, requests };
}

function below(keys: readonly string[], prefix: string): readonly string[] {
  return [...new Set(keys)].filter((key) => key.startsWith(prefix)).sort();
}

const hexName = fc
  .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 8, maxLength: 8 })
  .map((digits) => `${digits.join('')}-4`);
const awkward = fc.constantFrom(
  ...[
    'a',
    'a-b',
    'a!',
    'a0',
    'A',
    '-',
    '0',
    '9',
    '9~',
    ':',
    '`',
    'f',
    'f~x',
    'g',
    'chk-1',
    'chk-10',
    'chk-2',
  ],
  ...['shared', '~', 'é', '😀', '\uffee', '.', '_metadata', 'deadbeef', 'deadbeef😀', 'deadbeef\uffee'],
);
const segment = fc.oneof({ weight: 2, arbitrary: hexName }, { weight: 3, arbitrary: awkward });
const key = fc
  .tuple(
    fc.constantFrom('r/', 'r/job/', 'r/job/shared/', 'r/job/chk-3/', ''),
    fc.array(segment, { minLength: 1, maxLength: 3 }),
  )
  .map(([directory, segments]) => directory + segments.join('/'));
const bucket = fc.record({
  keys: fc.array(key, { minLength: 1, maxLength: 120 }),
  pageKeys: fc.integer({ min: 1, max: 9 }),
  ignoresStartAfter: fc.boolean(),
});

describe('listing a prefix in parallel', () => {
  it.each<Order>(['bytes', 'segments', 'utf16'])(
    'delivers every key once, whatever its name (order: %s)',
    async (order) => {
      await fc.assert(
        fc.asyncProperty(
          bucket,
          fc.constantFrom('', 'r/', 'r/job/shared/'),
          fc.integer({ min: 1, max: 9 }),
          async (options, prefix, concurrency) => {
            const { keys } = await listed({ ...options, order }, prefix, concurrency);
            expect(keys.sort()).toEqual(below(options.keys, prefix));
          },
        ),
        { numRuns: runs({ sample: 60, full: 50_000 }), seed: testSeed },
      );
    },
    300_000,
  );

  it('delivers every key once in one stream, where there is no order at all', async () => {
    await fc.assert(
      fc.asyncProperty(bucket, async (options) => {
        const { keys } = await listed({ ...options, order: 'none' }, 'r/', 1);
        expect(keys.sort()).toEqual(below(options.keys, 'r/'));
      }),
      { numRuns: runs({ sample: 50, full: 2_000 }), seed: testSeed },
    );
  });

  it('fails where keys turn out to be in no order after the stream was split', async () => {
    const keys = Array.from({ length: 60 }, (_, i) => `a/d${i % 5}/${String(i).padStart(2, '0')}`);
    const options: BucketOptions = {
      keys,
      order: 'bytes',
      pageKeys: 4,
      tamper: (page, { token }) =>
        token === undefined ? page : { ...page, objects: page.objects.toReversed() },
    };
    const failing = listed(options, 'a/', 4);
    await expect(failing).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('needs little more requests than pages for job directories with shared files', async () => {
    const keys = Array.from({ length: 20 }, (_, job) =>
      Array.from({ length: 500 }, (_, i) => {
        const hex = ((i * 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
        return i % 5 === 0
          ? `r/${job.toString(16).repeat(16)}/chk-${100 + (i % 9)}/${hex}-4`
          : `r/${job.toString(16).repeat(16)}/shared/${hex}-4`;
      }),
    ).flat();
    const { keys: got, requests } = await listed({ keys, order: 'bytes', pageKeys: 100 }, 'r/', 8);
    expect(got).toHaveLength(10_000);
    expect(requests.length).toBeLessThan(200);
    const sequential = await listed({ keys, order: 'bytes', pageKeys: 100 }, 'r/', 1);
    expect(sequential.requests).toHaveLength(100);
  });

  it('believes an empty answer only when it is given twice', async () => {
    const keys = Array.from({ length: 50 }, (_, i) => `r/k${i}`);
    const emptyOnce: BucketOptions = {
      keys,
      order: 'bytes',
      pageKeys: 10,
      tamper: (page, _, number) => (number % 2 === 0 ? { objects: [], prefixes: [], nextToken: null } : page),
    };
    expect((await listed(emptyOnce, 'r/', 1)).keys).toHaveLength(50);
    const { requests } = await listed({ keys, order: 'bytes', pageKeys: 10 }, 'nothing/', 4);
    expect(requests).toHaveLength(2);
  });

  it('does not give away what it is in when a listing of directories comes back empty', async () => {
    const keys = Array.from({ length: 80 }, (_, i) => `r/d${i % 8}/k${i}`);
    const tamper: BucketOptions['tamper'] = (page, { delimiter }) =>
      delimiter === undefined ? page : { objects: [], prefixes: [], nextToken: null };
    const { keys: got } = await listed({ keys, order: 'bytes', pageKeys: 5, tamper }, 'r/', 4);
    expect(got.sort()).toEqual(below(keys, 'r/'));
  });

  it('passes on the failure of any page', async () => {
    const keys = Array.from({ length: 200 }, (_, i) => `r/d${i % 8}/k${i}`);
    const denied = new StorageError('denied', 'no');
    for (let failing = 0; failing < 30; failing++) {
      const tamper: BucketOptions['tamper'] = (page, _, number) => {
        if (number === failing) throw denied;
        return page;
      };
      await expect(listed({ keys, order: 'bytes', pageKeys: 7, tamper }, 'r/', 4)).rejects.toBe(denied);
    }
  });
});
