// For the S3 benchmarks: a real server with a tree like Flink's on it, and the tools that users would use beside ours.
//
//   <root>/<job id>/chk-<n>/_metadata, chk-<n>/<uuid>      a fifth of the files, 20 to a directory
//   <root>/<job id>/shared/<uuid>                          the others
import { spawn, spawnSync } from 'node:child_process';
import { createJiti } from 'jiti';

const load = createJiti(import.meta.url);

/** Starts a server of the tests; with --endpoint URL and AWS_* set, takes one that runs. `directory` is for its data. */
export async function server({ endpoint, directory }) {
  if (endpoint !== undefined) return { endpoint, credentials: undefined, stop: async () => {} };
  const { startS3 } = await load.import('../test/servers/s3/server.ts');
  const started = await startS3(directory === undefined ? {} : { directory });
  return { endpoint: started.endpoint, credentials: started.admin, stop: started.stop };
}

/** Environment of every client of a server. */
export function environment({ endpoint, credentials }) {
  const keys =
    credentials === undefined
      ? {}
      : { AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey };
  return {
    ...process.env,
    ...keys,
    AWS_REGION: 'us-east-1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    S3_ENDPOINT_URL: endpoint,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_S3_PROVIDER: 'Other',
    RCLONE_S3_ENV_AUTH: 'true',
    RCLONE_S3_ENDPOINT: endpoint,
  };
}

/** Names of `files` files of `jobs` jobs, the same for the same numbers. */
export function* flinkKeys(files, jobs) {
  let state = 12345;
  const hex = (length) => {
    let text = '';
    while (text.length < length) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      text += state.toString(16).padStart(8, '0');
    }
    return text.slice(0, length);
  };
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  for (let job = 0; job < jobs; job++) {
    const id = hex(32);
    const count = Math.floor((files * (job + 1)) / jobs) - Math.floor((files * job) / jobs);
    for (let i = 0; i < count; i++) {
      const isOwn = i < count / 5;
      const directory = isOwn ? `chk-${1000 + Math.floor(i / 20)}` : 'shared';
      yield `${id}/${directory}/${isOwn && i % 20 === 0 ? '_metadata' : uuid()}`;
    }
  }
}

/** Puts objects of 100 bytes, many at a time. */
export async function fill({ endpoint, credentials }, bucket, keys) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  const { S3 } = await import('@aws-sdk/client-s3');
  const s3 = new S3({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials, maxAttempts: 5 });
  await s3.createBucket({ Bucket: bucket }).catch(() => {});
  const Body = Buffer.alloc(100, 'x');
  const work = async () => {
    for (const Key of keys) await s3.putObject({ Bucket: bucket, Key, Body });
  };
  await Promise.all(Array.from({ length: 48 }, work));
}

/** Whether a program can be started. */
export function isThere(program) {
  return spawnSync(program, ['version'], { stdio: 'ignore' }).error === undefined;
}

/** Runs a program to its end: seconds of wall time, and lines or what it printed. */
export async function timed([program, ...args], env) {
  const start = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = 0;
  let last = '';
  child.stdout.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 10) lines++;
    last = chunk.toString().trim();
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`);
  return { seconds: (performance.now() - start) / 1000, lines, last };
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A table of best and median times, and their ratio to the first row. */
export function report(title, rows, runs) {
  const [first] = rows;
  process.stdout.write(`\n${title}; ${runs} runs in turn, each a whole process\n`);
  for (const { name, seconds, memoryMb } of rows) {
    const times = `best ${Math.min(...seconds).toFixed(2)} s  median ${median(seconds).toFixed(2)} s`;
    const ratio = (median(seconds) / median(first.seconds)).toFixed(2);
    const memory = memoryMb === undefined ? '' : `  ${Math.max(...memoryMb)} MB`;
    process.stdout.write(`${name.padEnd(28)} ${times}  ${ratio} times ours${memory}\n`);
  }
}
