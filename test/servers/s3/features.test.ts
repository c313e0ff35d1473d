import { afterAll, beforeAll, expect, it } from 'vitest';
import { child, type Location } from '../../../src/model/location.js';
import { StorageError } from '../../../src/support/errors.js';
import { kindOf, listAll, text } from '../../contract/storage-contract.js';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { describeS3 } from './available.js';
import { adminClient, configurationOf, newBucket, openAt } from './bucket.js';
import { type S3Server, startS3 } from './server.js';

describeS3('S3 beyond the common interface', () => {
  let server: S3Server;
  let bucket: Location;
  let storage: Awaited<ReturnType<typeof openAt>>;

  beforeAll(async () => {
    server = await startS3();
    bucket = await newBucket(server);
    storage = await openAt(configurationOf(server));
  });
  afterAll(() => server?.stop());

  const putKeys = async (keys: readonly string[]): Promise<void> => {
    const s3 = adminClient(server);
    for (const Key of keys)
      await s3.putObject({ Bucket: bucket.authority, Key, Body: Buffer.from(Key.endsWith('/') ? '' : Key) });
  };

  it('tells size, time and ETag of a file the same by list and stat', async () => {
    await putKeys(['same/f']);
    const [listed] = (await listAll(storage, child(bucket, 'same'))).entries;
    const head = await storage.stat(child(bucket, 'same/f'));
    expect({ ...listed, modifiedMs: 0 }).toEqual({ ...head, modifiedMs: 0 });
    expect(Math.abs(listed!.modifiedMs! - head.modifiedMs!)).toBeLessThan(1000);
    expect(head.etag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(Math.abs((await storage.nowMs(bucket)) - head.modifiedMs!)).toBeLessThan(60_000);
  });

  it('takes keys that end in a slash for directories', async () => {
    await putKeys(['marked/', 'marked/inner/', 'marked/file']);
    const root = child(bucket, 'marked');
    const { entries, problems } = await listAll(storage, root);
    expect(problems).toEqual([]);
    expect(entries.map(({ path, type, sizeBytes }) => [path, type, sizeBytes])).toEqual([
      ['/marked/file', 'file', 'marked/file'.length],
      ['/marked/inner', 'directory', 0],
    ]);
    expect((await storage.listDirectory(root)).map(({ path, type }) => [path, type])).toEqual([
      ['/marked/file', 'file'],
      ['/marked/inner', 'directory'],
    ]);
    expect(await kindOf(storage.removeEmptyDirectory(root))).toBe('conflict');
    await storage.remove([child(root, 'file')]);
    await storage.removeEmptyDirectory(child(root, 'inner'));
    await storage.removeEmptyDirectory(root);
    expect(await kindOf(listAll(storage, root))).toBe('not-found');
  });

  it('keeps a file apart from the directory of the same name', async () => {
    await putKeys(['twin', 'twin/below', 'twin-b']);
    expect((await listAll(storage, child(bucket, 'twin'))).entries.map(({ path }) => path)).toEqual([
      '/twin/below',
    ]);
    expect((await storage.stat(child(bucket, 'twin'))).sizeBytes).toBe(4);
  });

  it('reports keys that no path can name, and mistakes them for no other', async () => {
    const answer = (keys: readonly string[]) =>
      `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType>${keys
        .map((key) => `<Contents><Key>${encodeURIComponent(key)}</Key><Size>1</Size></Contents>`)
        .join('')}</ListBucketResult>`;
    const keys = ['odd//x', 'odd/./x', 'odd/../x', 'odd/x/..', 'odd/x', 'odd/a b+c%20', 'odd/\u0001'];
    const body = Buffer.from(answer(keys));
    const proxy = await startFaultProxy(server.endpoint, () => ({
      kind: 'answer',
      answer: { status: 200, body },
    }));
    const behind = await openAt(configurationOf(server, { endpoint: proxy.endpoint }));
    const { entries, problems } = await listAll(behind, child(bucket, 'odd'));
    await proxy.stop();
    expect(entries.map(({ path }) => path)).toEqual(['/odd/\u0001', '/odd/a b+c%20', '/odd/x']);
    expect(problems.map(({ path }) => path)).toEqual(['/odd//x', '/odd/./x', '/odd/../x', '/odd/x/..']);
    expect(problems.every(({ error }) => error instanceof StorageError)).toBe(true);
  });

  it('copies within the store', async () => {
    await storage.put(child(bucket, 'from/ü a+b%'), text('content'));
    await storage.copy(child(bucket, 'from/ü a+b%'), child(bucket, 'to/copy'));
    expect(Buffer.from(await storage.read(child(bucket, 'to/copy'))).toString()).toBe('content');
    expect(await kindOf(storage.copy(child(bucket, 'from/nothing'), child(bucket, 'to/x')))).toBe(
      'not-found',
    );
  });

  it('removes by the thousand, each key once, in the order given', async () => {
    const locations = Array.from({ length: 1203 }, (_, i) => child(bucket, `bulk/${i}`));
    await Promise.all(locations.slice(0, 60).map((location) => storage.put(location, text('x'))));
    const results = await storage.remove(locations);
    expect(results.map(({ location }) => location.path)).toEqual(locations.map(({ path }) => path));
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['removed']));
    expect(await kindOf(listAll(storage, child(bucket, 'bulk')))).toBe('not-found');
  });

  it('finds open uploads, and gives them up', async () => {
    const s3 = adminClient(server);
    for (let i = 0; i < 3; i++)
      await s3.createMultipartUpload({ Bucket: bucket.authority, Key: `up/job/part${i}` });
    const { uploads, complete } = await storage.listUploads(child(bucket, 'up'));
    expect(complete).toBe(true);
    expect(uploads.map(({ path }) => path).sort()).toEqual([0, 1, 2].map((i) => `/up/job/part${i}`));
    expect(uploads.every(({ initiatedMs }) => initiatedMs !== null)).toBe(true);
    for (const upload of uploads) await storage.abortUpload(bucket, upload);
    await storage.abortUpload(bucket, uploads[0]!);
    expect((await storage.listUploads(child(bucket, 'up'))).uploads).toEqual([]);
  });

  it('says that a delete in a bucket with versions leaves a marker', async () => {
    expect(await storage.removalLeaves(bucket)).toBe('nothing');
    const versioned = await newBucket(server);
    const s3 = adminClient(server);
    const versioning = (Status: 'Enabled' | 'Suspended') =>
      s3.putBucketVersioning({ Bucket: versioned.authority, VersioningConfiguration: { Status } });
    await versioning('Enabled');
    expect(await storage.removalLeaves(versioned)).toBe('marker');
    await storage.put(child(versioned, 'f'), text('x'));
    expect(await storage.remove([child(versioned, 'f')])).toMatchObject([{ outcome: 'removed' }]);
    expect(await kindOf(storage.read(child(versioned, 'f')))).toBe('not-found');
    const { DeleteMarkers, Versions } = await s3.listObjectVersions({ Bucket: versioned.authority });
    expect([DeleteMarkers?.length, Versions?.length]).toEqual([1, 1]);
    await versioning('Suspended');
    expect(await storage.removalLeaves(versioned)).toBe('unknown');
  });

  it('hides objects that a lock or a legal hold protects, which stay under their versions', async () => {
    const locked = await newBucket(server, { locked: true });
    const s3 = adminClient(server);
    const put = (Key: string, more: object) =>
      s3.putObject({ Bucket: locked.authority, Key, Body: Buffer.from('x'), ...more });
    const ObjectLockRetainUntilDate = new Date(Date.now() + 60_000);
    await put('retained', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate });
    await put('held', { ObjectLockLegalHoldStatus: 'ON' });
    expect(await storage.removalLeaves(locked)).toBe('marker');
    const results = await storage.remove([child(locked, 'retained'), child(locked, 'held')]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['removed', 'removed']);
    const after = await s3.listObjectVersions({ Bucket: locked.authority });
    expect([after.DeleteMarkers?.length, after.Versions?.length]).toEqual([2, 2]);
  });

  it('finds out that the server keeps conditions, and leaves no probe behind', async () => {
    expect(await storage.keepsConditions(child(bucket, 'probed'))).toBe(true);
    expect(await kindOf(listAll(storage, child(bucket, 'probed')))).toBe('not-found');
    const proxy = await startFaultProxy(server.endpoint, ({ headers }) =>
      headers['if-none-match'] === undefined ? null : { kind: 'answer', answer: { status: 200 } },
    );
    const behind = await openAt(configurationOf(server, { endpoint: proxy.endpoint }));
    expect(await behind.keepsConditions(child(bucket, 'probed'))).toBe(false);
    await proxy.stop();
  });

  it('looks ahead of a put where conditions are known to be ignored', async () => {
    const unconditional = await openAt(configurationOf(server, { conditionalPut: false }));
    await unconditional.putIfAbsent(child(bucket, 'looked'), text('first'));
    expect(await kindOf(unconditional.putIfAbsent(child(bucket, 'looked'), text('second')))).toBe(
      'already-exists',
    );
    expect(unconditional.capabilities.conditionalPut).toBe(false);
  });

  it('asks to pay for requests where it is told to', async () => {
    await putKeys(['paid/f']);
    const proxy = await startFaultProxy(server.endpoint, () => null);
    const paying = await openAt(configurationOf(server, { endpoint: proxy.endpoint, requesterPays: true }));
    await listAll(paying, child(bucket, 'paid'));
    await paying.read(child(bucket, 'paid/f'));
    await paying.stat(child(bucket, 'paid/f'));
    await paying.remove([child(bucket, 'paid/f'), child(bucket, 'paid/g')]);
    await proxy.stop();
    expect(proxy.exchanges.map(({ headers }) => headers['x-amz-request-payer'])).toEqual(
      proxy.exchanges.map(() => 'requester'),
    );
  });
});
