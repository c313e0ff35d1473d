import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answersOf, ckptProcess } from '../../cli/process.js';
import { startFaultProxy } from '../../support/fault-proxy.js';
import { fixtureCase, fixtureRows } from '../../support/fixtures.js';
import { metadataBytes } from '../../survey/documents.js';
import { commandLineOn, filesBelow, type Place } from '../command-line.js';
import { startAgingProxy } from './aging-proxy.js';
import { describeS3 } from './available.js';
import { adminClient, environmentOf, newBucket } from './bucket.js';
import { type S3Server, startS3 } from './server.js';

describeS3('the command line on S3', () => {
  let server: S3Server;
  let place: Place;
  beforeAll(async () => {
    server = await startS3();
    const bucket = (await newBucket(server)).authority;
    place = { uri: `s3://${bucket}/flink`, env: environmentOf(server), load: loaderOf(server, bucket) };
  });
  afterAll(() => server?.stop());
  commandLineOn(() => place);

  it('gives up old uploads that were never completed, and no others', async () => {
    const s3 = adminClient(server);
    const Bucket = (await newBucket(server)).authority;
    const job = 'a'.repeat(32);
    const name = '00000000-0000-4000-8000-000000000001';
    const metadata = metadataBytes({ checkpointId: 1n, streams: [] });
    await s3.putObject({ Bucket, Key: `flink/${job}/chk-1/_metadata`, Body: metadata });
    for (const Key of [`flink/${job}/shared/${name}`, 'flink/of-somebody-else'])
      await s3.createMultipartUpload({ Bucket, Key });
    const proxy = await startAgingProxy(server.endpoint);
    const env = { ...place.env, CKPT_S3_ENDPOINT: proxy.endpoint };
    const clean = ['clean', `s3://${Bucket}/flink`, '--job-stopped', job, '--no-quarantine'];
    const [planned, done, again] = await answersOf([clean, [...clean, '--apply', '--yes'], clean], { env });
    await proxy.stop();
    expect(planned).toMatchObject({ totals: { files: 0, uploads: 1 }, noop: false });
    expect(done).toMatchObject({ deleted: 0, uploads: 1, failed: [] });
    expect(again).toMatchObject({ noop: true });
    const { Uploads } = await s3.listMultipartUploads({ Bucket });
    expect(Uploads?.map(({ Key }) => Key)).toEqual(['flink/of-somebody-else']);
  }, 60_000);

  it('takes no file of a bucket for an orphan that snapshots need by the name of another bucket', async () => {
    const fixture = fixtureCase('restore-claim');
    const names = [(await newBucket(server)).authority, (await newBucket(server)).authority];
    for (const name of names) await loaderOf(server, name)(fixture.treeDirectory, 'twice');
    const roots = names.map((name) => `s3://${name}/flink/twice`);
    const proxy = await startAgingProxy(server.endpoint);
    const env = { ...place.env, CKPT_S3_ENDPOINT: proxy.endpoint };
    const [stopped, rewrite] = [
      roots.flatMap((root) => ['--stopped', root]),
      ['--rewrite', `${fixture.baseUri}=${roots[0]}`],
    ];
    const clean = ['clean', ...roots, ...rewrite, ...stopped, '--no-quarantine', '--apply', '--yes'];
    const [audited, done] = await answersOf([['audit', ...roots, ...rewrite, ...stopped], clean], { env });
    await proxy.stop();
    const orphans = fixtureRows(fixture, 'orphans.txt').map(([path = '']) => path);
    expect(audited).toMatchObject({
      deletable: { files: orphans.length * 2 },
      heldBack: [{ reason: 'name-referenced-elsewhere', files: expect.any(Number) }],
      problems: [{ code: 'names-met-twice' }],
    });
    expect(done).toMatchObject({ deleted: orphans.length * 2, failed: [], skipped: [] });
    const left = filesBelow(fixture.treeDirectory).filter((path) => !orphans.includes(path));
    for (const Bucket of names) {
      const { Contents = [] } = await adminClient(server).listObjectsV2({ Bucket });
      const keys = Contents.map(({ Key = '' }) => Key).filter((key) => !key.includes('/.ckpt-journal/'));
      expect(keys.sort()).toEqual(left.map((path) => `flink/twice/${path}`).sort());
    }
  }, 60_000);

  it.each([
    ['404 and HTML', { status: 404, body: Buffer.from('<html>Not Found</html>') }],
    ['an empty body', { status: 200 }],
    ['403', { status: 403 }],
  ])('ends with 6, and shows no list, where all that is answered is %s', async (_, answer) => {
    const proxy = await startFaultProxy(server.endpoint, () => ({ kind: 'answer', answer }));
    const env = { ...place.env, CKPT_S3_ENDPOINT: proxy.endpoint };
    const { status, stdout } = await ckptProcess(['list', `${place.uri}/corpus`, '--json'], { env });
    await proxy.stop();
    expect(status).toBe(6);
    expect(Object.keys(JSON.parse(stdout))).toEqual(['error']);
  });
});

function loaderOf(server: S3Server, Bucket: string): Place['load'] {
  return async (directory, name) => {
    const s3 = adminClient(server);
    const waiting = filesBelow(directory).values();
    const put = async (): Promise<void> => {
      for (const path of waiting)
        await s3.putObject({
          Bucket,
          Key: `flink/${name}/${path}`,
          Body: readFileSync(join(directory, path)),
        });
    };
    await Promise.all(Array.from({ length: 32 }, put));
  };
}
