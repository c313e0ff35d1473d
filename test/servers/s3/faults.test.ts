import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { child, type Location } from '../../../src/model/location.js';
import type { S3Configuration } from '../../../src/storage/s3/configuration.js';
import type { S3Options } from '../../../src/storage/s3/open.js';
import { kindOf, listAll } from '../../contract/storage-contract.js';
import {
  type Answer,
  type Exchange,
  type Fault,
  type FaultProxy,
  startFaultProxy,
} from '../../support/fault-proxy.js';
import { describeS3 } from './available.js';
import { adminClient, configurationOf, newBucket, openAt } from './bucket.js';
import { type S3Server, startS3 } from './server.js';

/** More than two pages of 1000. */
const KEYS = Array.from(
  { length: 2100 },
  (_, i) => `${i % 3}a/shared/${((i * 2654435761) >>> 0).toString(16)}-${i}`,
);

describeS3('S3 behind a bad network', () => {
  let server: S3Server;
  let bucket: Location;
  let root: Location;
  let proxy: FaultProxy | undefined;

  beforeAll(async () => {
    server = await startS3();
    bucket = await newBucket(server);
    root = child(bucket, 'root');
    const s3 = adminClient(server);
    for (let start = 0; start < KEYS.length; start += 50) {
      const some = KEYS.slice(start, start + 50);
      await Promise.all(
        some.map((key) =>
          s3.putObject({ Bucket: bucket.authority, Key: `root/${key}`, Body: Buffer.from(key) }),
        ),
      );
    }
  });
  afterEach(async () => {
    await proxy?.stop();
    proxy = undefined;
  });
  afterAll(() => server?.stop());

  async function behind(
    fault: (exchange: Exchange) => Fault | null,
    configuration: Partial<S3Configuration> = {},
    more: Partial<S3Options> = {},
  ) {
    proxy = await startFaultProxy(server.endpoint, fault);
    return openAt(configurationOf(server, { ...configuration, endpoint: proxy.endpoint }), more);
  }

  async function expectAll(storage: Awaited<ReturnType<typeof behind>>): Promise<void> {
    const { entries, problems } = await listAll(storage, root);
    expect(problems).toEqual([]);
    expect(entries.map(({ path }) => path)).toEqual(KEYS.map((key) => child(root, key).path).sort());
  }

  const listings = ({ target }: Exchange): boolean => target.includes('list-type=2');
  const nth = (wanted: (exchange: Exchange) => boolean, fault: Fault, at: (n: number) => boolean) => {
    let seen = 0;
    return (exchange: Exchange): Fault | null => (wanted(exchange) && at(seen++) ? fault : null);
  };

  it('lists completely though connections are reset in the middle of pages', async () => {
    await expectAll(await behind(nth(listings, { kind: 'reset', afterBytes: 5000 }, (n) => n % 3 === 1)));
  });

  it('fails as unavailable where connections keep being reset', async () => {
    const storage = await behind(nth(listings, { kind: 'reset', afterBytes: 5000 }, (n) => n >= 1));
    expect(await kindOf(listAll(storage, root))).toBe('unavailable');
  });

  it('waits out bursts of 503 SlowDown, and gives up as throttled', async () => {
    const waits: string[] = [];
    const onRetry: S3Options['onRetry'] = ({ kind }) => void waits.push(kind);
    await expectAll(
      await behind(
        nth(
          () => true,
          slowDown(),
          (n) => n % 4 !== 3,
        ),
        {},
        { onRetry },
      ),
    );
    expect(waits.length).toBeGreaterThan(3);
    expect(new Set(waits)).toEqual(new Set(['throttled']));
    await proxy?.stop();
    const storage = await behind(() => slowDown());
    expect(await kindOf(listAll(storage, root))).toBe('throttled');
    expect(await kindOf(storage.stat(root))).toBe('throttled');
    const [result] = await storage.remove([child(root, 'x'), child(root, 'y')]);
    expect(result).toMatchObject({ outcome: 'failed', error: { kind: 'throttled' } });
  });

  it('waits as long as the store asks for', async () => {
    const waits: number[] = [];
    const burst = nth(
      () => true,
      slowDown({ 'retry-after': '1' }),
      (n) => n === 0,
    );
    await expectAll(await behind(burst, {}, { onRetry: (_, waitMs) => void waits.push(waitMs) }));
    expect(waits).toEqual([1000]);
  });

  it.each([
    ['InternalError', 500, 'none'],
    ['AccessDenied', 403, 'denied'],
  ] as const)('does not end a listing early at %s on page 2', async (code, status, kind) => {
    const storage = await behind(
      nth(listings, answered(status, code), (n) => n === 1),
      { concurrency: 1 },
    );
    if (kind === 'none') await expectAll(storage);
    else expect(await kindOf(listAll(storage, root))).toBe(kind);
  });

  it('does not believe an empty listing that is given once', async () => {
    const empty: Fault = { kind: 'change', change: emptied };
    await expectAll(await behind(nth(listings, empty, (n) => n === 0)));
    await proxy?.stop();
    const storage = await behind(nth(listings, empty, (n) => n === 0));
    expect(await kindOf(storage.listDirectory(root))).toBe('unavailable');
    expect(await storage.listDirectory(root)).toHaveLength(3);
  });

  it.each([
    ['a page of HTML', { status: 200, body: Buffer.from('<html><body>Please log in</body></html>') }],
    ['an empty body', { status: 200, body: Buffer.alloc(0) }],
    ['other XML', { status: 200, body: Buffer.from('<?xml version="1.0"?><Result><Ok>true</Ok></Result>') }],
    ['JSON', { status: 200, body: Buffer.from('{"IsTruncated": false}') }],
    [
      'half an XML document',
      { status: 200, body: Buffer.from('<?xml version="1.0"?><ListBucketResult><IsTr') },
    ],
    ['404 and HTML', { status: 404, body: Buffer.from('<html><body>no such page</body></html>') }],
  ])('takes %s for no listing and no object', async (_, answer) => {
    const storage = await behind(() => ({ kind: 'answer', answer }));
    expect(await kindOf(listAll(storage, root))).toBe('corrupt');
    expect(await kindOf(storage.listDirectory(root))).toBe('corrupt');
    expect((await storage.remove([child(root, 'x'), child(root, 'y')]))[1]).toMatchObject({
      outcome: 'failed',
    });
    if (answer.status === 404) expect(await kindOf(storage.stat(child(root, 'x')))).toBe('denied');
    if (answer.status === 404) expect(await kindOf(storage.read(child(root, 'x')))).toBe('denied');
  });

  it('takes a listing cut short anywhere for corrupt', async () => {
    const page = await wholeListing();
    for (let cut = 0; cut < 40; cut++) {
      const body = page.subarray(0, Math.floor((page.length * cut) / 40));
      const storage = await behind(() => ({ kind: 'answer', answer: { status: 200, body } }));
      expect(await kindOf(listAll(storage, root)), `cut at ${body.length}`).toBe('corrupt');
      await proxy?.stop();
    }
  });

  async function wholeListing(): Promise<Buffer> {
    let body: Buffer = Buffer.alloc(0);
    const keep = (answer: Answer): Answer => {
      body = answer.body;
      return answer;
    };
    const storage = await behind(() => ({ kind: 'change', change: keep }), { concurrency: 1 });
    await listAll(storage, root);
    await proxy?.stop();
    return body;
  }

  it('tells the one key of a thousand that may not be removed', async () => {
    const keys = KEYS.slice(0, 1000);
    const refused = `root/${keys[500]}`;
    const storage = await behind(({ method, target }) =>
      method === 'POST' && target.includes('delete')
        ? { kind: 'change', change: (answer) => denied(answer, refused) }
        : null,
    );
    const results = await storage.remove(keys.map((key) => child(root, key)));
    expect(results.filter(({ outcome }) => outcome === 'removed')).toHaveLength(999);
    expect(results[500]).toMatchObject({ outcome: 'failed', error: { kind: 'denied' } });
    await restore(keys);
  });

  it('counts a key that the answer does not mention as failed', async () => {
    const forget = (answer: Answer): Answer => ({
      ...answer,
      body: Buffer.from(answer.body.toString().replace(/<Deleted>.*?<\/Deleted>/s, '')),
    });
    const storage = await behind(({ method }) =>
      method === 'POST' ? { kind: 'change', change: unsized(forget) } : null,
    );
    const results = await storage.remove(KEYS.slice(0, 3).map((key) => child(root, key)));
    expect(results.filter(({ outcome }) => outcome === 'failed')).toMatchObject([
      { error: { kind: 'corrupt' } },
    ]);
    await restore(KEYS.slice(0, 3));
  });

  async function restore(keys: readonly string[]): Promise<void> {
    const s3 = adminClient(server);
    for (const key of keys)
      await s3.putObject({ Bucket: bucket.authority, Key: `root/${key}`, Body: Buffer.from(key) });
  }

  it('lists through a slow server, and fails as unavailable where it is too slow', async () => {
    await expectAll(await behind(() => ({ kind: 'delay', ms: 50 })));
    await proxy?.stop();
    const storage = await behind(
      () => ({ kind: 'delay', ms: 2000 }),
      { requestTimeoutMs: 100 },
      { attempts: 2 },
    );
    expect(await kindOf(listAll(storage, root))).toBe('unavailable');
    expect(await kindOf(storage.read(child(root, KEYS[0]!)))).toBe('unavailable');
  });

  it('never hands out a body that was cut short', async () => {
    const file = child(root, 'large');
    const content = Buffer.alloc(300_000, 'x');
    const storage = await behind(
      nth(
        ({ method }) => method === 'GET',
        { kind: 'reset', afterBytes: 1000 },
        (n) => n === 0,
      ),
    );
    await storage.put(file, content);
    expect(Buffer.from(await storage.read(file)).equals(content)).toBe(true);
    await proxy?.stop();
    const cut = await behind(() => ({ kind: 'reset', afterBytes: 1000 }));
    expect(await kindOf(cut.read(file))).toBe('unavailable');
    expect(await kindOf(cut.readRange(file, 10, 200_000))).toBe('unavailable');
    await proxy?.stop();
    const other = (answer: Answer): Answer => ({ ...answer, body: answer.body.subarray(0, 1000) });
    const short = await behind(() => ({ kind: 'change', change: unsized(other) }));
    expect(await kindOf(short.readRange(file, 10, 200_000))).toBe('corrupt');
    await storage.remove([file]).catch(() => undefined);
    await adminClient(server).deleteObject({ Bucket: bucket.authority, Key: 'root/large' });
  });

  it('tells the clock of the store, not ours', async () => {
    const late = (answer: Answer): Answer => ({
      ...answer,
      headers: { ...answer.headers, date: new Date(Date.now() + 600_000).toUTCString() },
    });
    const storage = await behind(() => ({ kind: 'change', change: late }));
    const aheadMs = (await storage.storeClockMs(bucket)) - Date.now();
    expect(aheadMs).toBeGreaterThan(590_000);
    expect(aheadMs).toBeLessThan(610_000);
    await expectAll(storage);
  });

  it.each([
    ['ExpiredToken', 400],
    ['RequestTimeTooSkewed', 403],
    ['SignatureDoesNotMatch', 403],
  ])('stops at credentials that fail in the middle: %s', async (code, status) => {
    const storage = await behind(
      nth(
        () => true,
        answered(status, code),
        (n) => n >= 2,
      ),
      { concurrency: 2 },
    );
    expect(await kindOf(listAll(storage, root))).toBe('denied');
    const error = await storage.read(child(root, KEYS[0]!)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'denied', next: expect.stringMatching(/credentials|clock|secret/) });
    const results = await storage.remove([child(root, KEYS[0]!), child(root, KEYS[1]!)]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
  });

  it('does not claim a put twice whose answer was lost', async () => {
    const storage = await behind(
      nth(
        ({ method }) => method === 'PUT',
        { kind: 'reset', afterBytes: 0 },
        (n) => n === 0,
      ),
    );
    await storage.putIfAbsent(child(bucket, 'lock'), Buffer.from('mine'));
    expect(await kindOf(storage.putIfAbsent(child(bucket, 'lock'), Buffer.from('yours')))).toBe(
      'already-exists',
    );
  });

  it('ends at once when it is cancelled', async () => {
    const cancel = new AbortController();
    const storage = await behind(
      nth(listings, { kind: 'delay', ms: 60_000 }, (n) => {
        if (n === 1) setImmediate(() => cancel.abort(new Error('enough')));
        return n >= 1;
      }),
      {},
      { signal: cancel.signal },
    );
    await expect(listAll(storage, root)).rejects.toThrow('enough');
  });

  it('takes a bucket that is not there, and a port that is closed, for no absence of files', async () => {
    const storage = await openAt(configurationOf(server));
    const nowhere: Location = { ...root, authority: 'no-such-bucket' };
    for (const ask of [
      () => listAll(storage, nowhere),
      () => storage.listDirectory(nowhere),
      () => storage.stat(nowhere),
      () => storage.read(nowhere),
      () => storage.readRange(nowhere, 0, 4),
      () => storage.removalLeaves(nowhere),
    ])
      expect(await kindOf(ask())).toBe('denied');
    const closed = await openAt(configurationOf(server, { endpoint: 'http://127.0.0.1:1' }), { attempts: 2 });
    expect(await kindOf(listAll(closed, root))).toBe('unavailable');
    expect(await kindOf(closed.stat(root))).toBe('unavailable');
  });

  it('tells wrong credentials and missing permissions', async () => {
    const wrongId = { accessKeyId: 'nobody', secretAccessKey: 'x' };
    const wrongSecret = { ...server.admin, secretAccessKey: 'x' };
    for (const credentials of [wrongId, wrongSecret]) {
      const storage = await openAt(configurationOf(server, { credentials }));
      expect(await kindOf(listAll(storage, root))).toBe('denied');
      expect(await kindOf(storage.stat(child(root, KEYS[0]!)))).toBe('denied');
    }
    const reading = await openAt(configurationOf(server, { credentials: server.reader }));
    await expectAll(reading);
    expect(await kindOf(reading.put(child(root, 'new'), Buffer.from('x')))).toBe('denied');
    const removed = await reading.remove([child(root, KEYS[0]!), child(root, KEYS[1]!)]);
    expect(removed).toMatchObject([{ error: { kind: 'denied' } }, { error: { kind: 'denied' } }]);
    await expectAll(reading);
  });
});

function answered(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Fault {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>made to fail</Message></Error>`;
  return {
    kind: 'answer',
    answer: { status, headers: { 'content-type': 'application/xml', ...headers }, body: Buffer.from(body) },
  };
}

function slowDown(headers: Readonly<Record<string, string>> = {}): Fault {
  return answered(503, 'SlowDown', headers);
}

/** A well-formed listing of nothing. */
function emptied(answer: Answer): Answer {
  const text = answer.body.toString();
  const body = text
    .replace(/<(Contents|CommonPrefixes)>.*<\/\1>/s, '')
    .replace(/<IsTruncated>true/, '<IsTruncated>false')
    .replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/s, '')
    .replace(/<KeyCount>\d+/, '<KeyCount>0');
  return unsized(() => ({ ...answer, body: Buffer.from(body) }))(answer);
}

/** The answer with one key refused; the length is that of the new body. */
function denied(answer: Answer, key: string): Answer {
  const row = new RegExp(`<Deleted>(?:(?!</Deleted>).)*<Key>${key}</Key>.*?</Deleted>`, 's');
  const error = `<Error><Key>${key}</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`;
  return unsized(() => ({ ...answer, body: Buffer.from(answer.body.toString().replace(row, error)) }))(
    answer,
  );
}

/** A change of the body, after which the length is announced anew. */
function unsized(change: (answer: Answer) => Answer): (answer: Answer) => Answer {
  return (answer) => {
    const { 'content-length': _, ...headers } = answer.headers;
    const { body } = change(answer);
    return { ...answer, headers: { ...headers, 'content-length': String(body.length) }, body };
  };
}
