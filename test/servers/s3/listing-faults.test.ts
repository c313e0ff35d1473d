import { expect, it } from 'vitest';
import type { S3Options } from '../../../src/storage/s3/open.js';
import { kindOf, listAll } from '../../contract/storage-contract.js';
import { describeS3 } from './available.js';
import { answered, changed, FaultyBucket, isListing, nth } from './faulty-bucket.js';

describeS3('listing S3 behind a bad network', () => {
  const there = new FaultyBucket();
  const resets = { kind: 'reset', afterBytes: 5000 } as const;
  const slowDown = answered(503, 'SlowDown');

  it('is complete though connections are reset in the middle of pages', async () => {
    await there.expectAll(await there.behind(nth(isListing, resets, (n) => n % 3 === 1)));
  });

  it('fails as unavailable where connections keep being reset', async () => {
    const storage = await there.behind(nth(isListing, resets, (n) => n >= 1));
    expect(await kindOf(listAll(storage, there.root))).toBe('unavailable');
  });

  it('waits out bursts of 503 SlowDown', async () => {
    const waits: string[] = [];
    const onRetry: S3Options['onRetry'] = ({ kind }) => void waits.push(kind);
    const bursts = nth(
      () => true,
      slowDown,
      (n) => n % 4 !== 3,
    );
    await there.expectAll(await there.behind(bursts, {}, { onRetry }));
    expect(waits.length).toBeGreaterThan(3);
    expect(new Set(waits)).toEqual(new Set(['throttled']));
  });

  it('waits as long as the store asks for', async () => {
    const waits: number[] = [];
    const once = nth(
      () => true,
      answered(503, 'SlowDown', { 'retry-after': '1' }),
      (n) => n === 0,
    );
    await there.expectAll(await there.behind(once, {}, { onRetry: (_, waitMs) => void waits.push(waitMs) }));
    expect(waits).toEqual([1000]);
  });

  it('gives up as throttled where 503 does not end', async () => {
    const storage = await there.behind(() => slowDown);
    expect(await kindOf(listAll(storage, there.root))).toBe('throttled');
    expect(await kindOf(storage.stat(there.root))).toBe('throttled');
    const [result] = await storage.remove([there.at('x'), there.at('y')]);
    expect(result).toMatchObject({ outcome: 'failed', error: { kind: 'throttled' } });
  });

  it.each([
    ['InternalError', 500, 'none'],
    ['AccessDenied', 403, 'denied'],
  ] as const)('does not end early at %s on page 2', async (code, status, kind) => {
    const onPage2 = nth(isListing, answered(status, code), (n) => n === 1);
    const storage = await there.behind(onPage2, { concurrency: 1 });
    if (kind === 'none') await there.expectAll(storage);
    else expect(await kindOf(listAll(storage, there.root))).toBe(kind);
  });

  it('does not believe an empty answer that is given once', async () => {
    const emptyOnce = () => nth(isListing, changed(emptied), (n) => n === 0);
    await there.expectAll(await there.behind(emptyOnce()));
    const storage = await there.behind(emptyOnce());
    expect(await kindOf(storage.listDirectory(there.root))).toBe('unavailable');
    expect(await storage.listDirectory(there.root)).toHaveLength(3);
  });

  it.each([
    ['a page of HTML', 200, '<html><body>Please log in</body></html>'],
    ['an empty body', 200, ''],
    ['other XML', 200, '<?xml version="1.0"?><Result><Ok>true</Ok></Result>'],
    ['JSON', 200, '{"IsTruncated": false}'],
    ['half an XML document', 200, '<?xml version="1.0"?><ListBucketResult><IsTr'],
    ['404 and HTML', 404, '<html><body>no such page</body></html>'],
  ])('takes %s for no listing and no object', async (_, status, body) => {
    const answer = { status, body: Buffer.from(body) };
    const storage = await there.behind(() => ({ kind: 'answer', answer }));
    expect(await kindOf(listAll(storage, there.root))).toBe('corrupt');
    expect(await kindOf(storage.listDirectory(there.root))).toBe('corrupt');
    expect(await storage.remove([there.at('x'), there.at('y')])).toMatchObject([
      { outcome: 'failed' },
      { outcome: 'failed' },
    ]);
    if (status === 404) expect(await kindOf(storage.stat(there.at('x')))).toBe('denied');
    if (status === 404) expect(await kindOf(storage.read(there.at('x')))).toBe('denied');
  });

  it('takes an answer cut short anywhere for corrupt', async () => {
    for (let cut = 0; cut < 40; cut++) {
      const shortened = changed((body) => body.subarray(0, Math.floor((body.length * cut) / 40)));
      const storage = await there.behind(() => shortened);
      expect(await kindOf(listAll(storage, there.root)), `cut at ${cut}/40`).toBe('corrupt');
    }
  });

  it('is complete on a slow server, and fails as unavailable where it is too slow', async () => {
    await there.expectAll(await there.behind(() => ({ kind: 'delay', ms: 50 })));
    const delay = { kind: 'delay', ms: 2000 } as const;
    const storage = await there.behind(() => delay, { requestTimeoutMs: 100 }, { attempts: 2 });
    expect(await kindOf(listAll(storage, there.root))).toBe('unavailable');
    expect(await kindOf(storage.read(there.root))).toBe('unavailable');
  });

  it('ends at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const delayed = nth(isListing, { kind: 'delay', ms: 60_000 }, (n) => {
      if (n === 1) setImmediate(() => cancel.abort(new Error('enough')));
      return n >= 1;
    });
    const storage = await there.behind(delayed, {}, { signal: cancel.signal });
    await expect(listAll(storage, there.root)).rejects.toThrow('enough');
  });
});

/** A well-formed listing of nothing. */
function emptied(listing: Buffer): string {
  return listing
    .toString()
    .replace(/<(Contents|CommonPrefixes)>.*<\/\1>/s, '')
    .replace('<IsTruncated>true', '<IsTruncated>false')
    .replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/s, '')
    .replace(/<KeyCount>\d+/, '<KeyCount>0');
}
