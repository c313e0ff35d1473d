import { expect, it } from 'vitest';
import { child, type Location } from '../../../src/model/location.js';
import { kindOf, listAll } from '../../contract/storage-contract.js';
import type { Answer, Exchange } from '../../support/fault-proxy.js';
import { describeS3 } from './available.js';
import { configurationOf, openAt } from './bucket.js';
import { answered, changed, FaultyBucket, KEYS, nth } from './faulty-bucket.js';

describeS3('objects of S3 behind a bad network', () => {
  const there = new FaultyBucket();
  const isDelete = ({ method }: Exchange): boolean => method === 'POST';

  it('tells the one key of a thousand that may not be removed', async () => {
    const keys = KEYS.slice(0, 1000);
    const refused = changed((body) => denied(body.toString(), `root/${keys[500]}`));
    const storage = await there.behind((exchange) => (isDelete(exchange) ? refused : null));
    const results = await storage.remove(keys.map((key) => there.at(key)));
    expect(results.filter(({ outcome }) => outcome === 'removed')).toHaveLength(999);
    expect(results[500]).toMatchObject({ outcome: 'failed', error: { kind: 'denied' } });
    await there.fill(keys);
  });

  it('counts a key that the answer does not mention as failed', async () => {
    const forgetful = changed((body) => body.toString().replace(/<Deleted>.*?<\/Deleted>/s, ''));
    const storage = await there.behind((exchange) => (isDelete(exchange) ? forgetful : null));
    const results = await storage.remove(KEYS.slice(0, 3).map((key) => there.at(key)));
    expect(results.filter(({ outcome }) => outcome === 'failed')).toMatchObject([
      { error: { kind: 'corrupt' } },
    ]);
    await there.fill(KEYS.slice(0, 3));
  });

  it('never hands out a body that was cut short', async () => {
    const file = there.at('large');
    const content = Buffer.alloc(300_000, 'x');
    const isGet = ({ method }: Exchange): boolean => method === 'GET';
    const cut = { kind: 'reset', afterBytes: 1000 } as const;
    const once = await there.behind(nth(isGet, cut, (n) => n === 0));
    await once.put(file, content);
    expect(Buffer.from(await once.read(file)).equals(content)).toBe(true);
    const always = await there.behind((exchange) => (isGet(exchange) ? cut : null));
    expect(await kindOf(always.read(file))).toBe('unavailable');
    expect(await kindOf(always.readRange(file, 10, 200_000))).toBe('unavailable');
    const short = await there.behind((exchange) =>
      isGet(exchange) ? changed((body) => body.subarray(9)) : null,
    );
    expect(await kindOf(short.readRange(file, 10, 200_000))).toBe('corrupt');
    await short.remove([file]);
  });

  it('tells the clock of the store, not ours', async () => {
    const late = (answer: Answer): Answer => ({
      ...answer,
      headers: { ...answer.headers, date: new Date(Date.now() + 600_000).toUTCString() },
    });
    const storage = await there.behind(() => ({ kind: 'change', change: late }));
    const aheadMs = (await storage.nowMs(there.bucket)) - Date.now();
    expect(aheadMs).toBeGreaterThan(500_000);
    expect(aheadMs).toBeLessThan(700_000);
    await there.expectAll(storage);
  });

  it.each([
    ['ExpiredToken', 400],
    ['RequestTimeTooSkewed', 403],
    ['SignatureDoesNotMatch', 403],
  ])('stops at credentials that fail in the middle: %s', async (code, status) => {
    const failing = nth(
      () => true,
      answered(status, code),
      (n) => n >= 2,
    );
    const storage = await there.behind(failing, { concurrency: 2 });
    expect(await kindOf(listAll(storage, there.root))).toBe('denied');
    const error = await storage.read(there.at(KEYS[0]!)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'denied', next: expect.stringMatching(/credentials|clock|secret/) });
    const results = await storage.remove([there.at(KEYS[0]!), there.at(KEYS[1]!)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  });

  it('does not take its own put for that of another where the answer was lost', async () => {
    const lost = nth(
      ({ method }) => method === 'PUT',
      { kind: 'reset', afterBytes: 0 },
      (n) => n === 0,
    );
    const storage = await there.behind(lost);
    const lock = child(there.bucket, 'lock');
    await storage.putIfAbsent(lock, Buffer.from('mine'));
    expect(await kindOf(storage.putIfAbsent(lock, Buffer.from('yours')))).toBe('already-exists');
  });

  it('takes a bucket that is not there for no absence of files', async () => {
    const storage = await openAt(configurationOf(there.server));
    const nowhere: Location = { ...there.root, authority: 'no-such-bucket' };
    const questions = [
      () => listAll(storage, nowhere),
      () => storage.listDirectory(nowhere),
      () => storage.stat(nowhere),
      () => storage.read(nowhere),
      () => storage.readRange(nowhere, 0, 4),
      () => storage.removalLeaves(nowhere),
    ];
    for (const ask of questions) expect(await kindOf(ask())).toBe('denied');
  });

  it('takes a closed port for no absence of files', async () => {
    const closed = configurationOf(there.server, { endpoint: 'http://127.0.0.1:1' });
    const storage = await openAt(closed, { attempts: 2 });
    expect(await kindOf(listAll(storage, there.root))).toBe('unavailable');
    expect(await kindOf(storage.stat(there.root))).toBe('unavailable');
  });

  it('tells wrong credentials', async () => {
    const wrongId = { accessKeyId: 'nobody', secretAccessKey: 'x' };
    const wrongSecret = { ...there.server.admin, secretAccessKey: 'x' };
    for (const credentials of [wrongId, wrongSecret]) {
      const storage = await openAt(configurationOf(there.server, { credentials }));
      const file = there.at(KEYS[0]!);
      const asks = [() => listAll(storage, there.root), () => storage.stat(file), () => storage.nowMs(file)];
      for (const ask of asks)
        await expect(ask()).rejects.toMatchObject({
          kind: 'denied',
          next: expect.stringMatching(/^check the/),
        });
    }
  });

  it('tells missing permissions, key by key', async () => {
    const reading = await openAt(configurationOf(there.server, { credentials: there.server.reader }));
    await there.expectAll(reading);
    expect(await kindOf(reading.put(there.at('new'), Buffer.from('x')))).toBe('denied');
    const removed = await reading.remove([there.at(KEYS[0]!), there.at(KEYS[1]!)]);
    expect(removed).toMatchObject([{ error: { kind: 'denied' } }, { error: { kind: 'denied' } }]);
    await there.expectAll(reading);
  });
});

/** The answer to a removal with one key refused. */
function denied(answer: string, key: string): string {
  const row = new RegExp(`<Deleted>(?:(?!</Deleted>).)*<Key>${key}</Key>.*?</Deleted>`, 's');
  const error = `<Error><Key>${key}</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`;
  return answer.replace(row, error);
}
