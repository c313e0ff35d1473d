// How long a whole cleanup takes, with its two looks, journal and lock, beside what only removes: `rm -rf` of as many local
// files, or on S3 `s5cmd rm` and `rclone delete`. In turn, each a whole process; ours with its largest memory.
//
//   npm run build && node bench/clean.mjs [--files 100000] [--runs 3] [--directory /dev/shm]
//   … --s3 [--endpoint URL]      on SeaweedFS, or a server that runs; credentials from AWS_*
//
// The tree is a job that has ended: one checkpoint that stays, and files in shared/ that no snapshot needs. On S3, which dates
// objects itself, the clock of the store is told to be a month ahead.
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createJiti } from 'jiti';
import { environment, fill, isThere, report, server, timed } from './s3-server.mjs';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '100000' },
    runs: { type: 'string', default: '3' },
    directory: { type: 'string', default: tmpdir() },
    s3: { type: 'boolean', default: false },
    endpoint: { type: 'string' },
    child: { type: 'string' },
  },
});

const MONTH_MS = 30 * 86_400_000;
const JOB = '0a6d8e2b0094db680d9a9874fabf74e8';
const BUCKET = 'bench-clean';
const self = (...args) => [process.execPath, import.meta.filename, ...args];

if (options.child !== undefined) await clean(options.child);
else if (options.s3) await compareS3();
else await compareLocal();

async function compareLocal() {
  const scratch = mkdtempSync(join(options.directory, 'ckpt-bench-'));
  const rows = [
    { name: 'ckpt clean --apply', command: (tree) => self('--child', tree), memoryMb: [] },
    { name: 'rm -rf', command: (tree) => ['rm', '-rf', tree] },
  ];
  try {
    const files = Number(options.files);
    await measure(rows, (name) => plant(join(scratch, name), files), process.env);
    report(`cleaning of ${files} local files`, rows, options.runs);
    const small = await timed(self('--child', await plant(join(scratch, 'tenth'), files / 10)), process.env);
    process.stdout.write(`memory for a tenth of them: ${JSON.parse(small.last).memoryMb} MB\n`);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

async function compareS3() {
  const there = await server(options);
  const rows = [
    {
      name: 'ckpt clean --apply',
      command: (prefix) => self('--endpoint', there.endpoint, '--child', `s3://${BUCKET}/${prefix}`),
      memoryMb: [],
    },
    { name: 's5cmd rm', command: (prefix) => ['s5cmd', 'rm', `s3://${BUCKET}/${prefix}/*`] },
    { name: 'rclone delete', command: (prefix) => ['rclone', 'delete', `:s3:${BUCKET}/${prefix}`] },
  ].filter(({ command }) => isThere(command('')[0]));
  try {
    await measure(rows, (name) => plantS3(there, name), environment(there));
    report(`cleaning of ${options.files} objects`, rows, options.runs);
  } finally {
    await there.stop();
  }
}

/** Every command in turn, each on a tree of its own. */
async function measure(rows, makeTree, env) {
  for (const row of rows) row.seconds = [];
  for (let run = 0; run < Number(options.runs); run++) {
    for (const row of rows) {
      const tree = await makeTree(`run${run}-${row.name.split(' ')[0]}`);
      const { seconds, last } = await timed(row.command(tree), env);
      row.seconds.push(seconds);
      row.memoryMb?.push(JSON.parse(last).memoryMb);
    }
  }
}

async function plant(directory, files) {
  mkdirSync(join(directory, JOB, 'chk-1'), { recursive: true });
  mkdirSync(join(directory, JOB, 'shared'));
  const old = new Date(Date.now() - MONTH_MS);
  const put = (path, content) => {
    writeFileSync(join(directory, path), content);
    utimesSync(join(directory, path), old, old);
  };
  for (const path of orphans(files)) put(path, '0123456789');
  put(`${JOB}/chk-1/_metadata`, await metadata());
  return directory;
}

async function plantS3(there, prefix) {
  const paths = function* () {
    for (const path of orphans(Number(options.files))) yield `${prefix}/${path}`;
  };
  await fill(there, BUCKET, paths());
  const { S3 } = await import('@aws-sdk/client-s3');
  const { endpoint, credentials } = there;
  const s3 = new S3({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  const Key = `${prefix}/${JOB}/chk-1/_metadata`;
  await s3.putObject({ Bucket: BUCKET, Key, Body: await metadata() });
  return prefix;
}

function* orphans(files) {
  for (let number = 0; number < files; number++)
    yield `${JOB}/shared/00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** A checkpoint without files. */
async function metadata() {
  const { metadataBytes } = await createJiti(import.meta.url).import('../test/survey/documents.ts');
  return metadataBytes({ checkpointId: 1n });
}

/** What `ckpt clean --apply --no-quarantine --job-stopped` does, and what of it is left. */
async function clean(place) {
  const { planCleanup } = await import('../dist/usecases/plan-cleanup.js');
  const { applyPlan } = await import('../dist/usecases/apply-plan.js');
  const { removers } = await import('../dist/storage/open.js');
  const { PLAIN_STORES } = await import('../dist/storage/store-options.js');
  const { parseLocation } = await import('../dist/model/location.js');
  const { systemClock } = await import('../dist/support/clock.js');
  const { systemRandom } = await import('../dist/support/random.js');
  const settings =
    options.endpoint === undefined ? {} : { s3: { endpoint: options.endpoint, pathStyle: true } };
  const stores = { ...PLAIN_STORES, settings };
  const open = removers(stores);
  const openRemover = options.endpoint === undefined ? open : async (at) => aMonthLater(await open(at));
  const offsetMs = options.endpoint === undefined ? 0 : MONTH_MS;
  const clock = { ...systemClock, now: () => systemClock.now() + offsetMs };
  const world = { openReader: openRemover, openRemover, clock, concurrency: 16 };
  const { plan } = await planCleanup(
    {
      locations: [parseLocation(place, process.cwd())],
      sources: { rest: [], haDirectories: [], word: { jobs: [JOB], locations: [] } },
      rewrites: [],
      given: {
        sections: { retention: null, cleanup: null, where: 'ckpt.yaml' },
        flags: { 'max-percent': 100, quarantine: false },
      },
      locate: (text) => parseLocation(text, '/'),
      toolVersion: '0',
    },
    world,
  );
  const { outcome } = await applyPlan(plan, {
    ...world,
    owner: { host: 'here', processId: process.pid, random: systemRandom, hasEnded: () => false },
    signal: new AbortController().signal,
  });
  if (outcome.deleted !== plan.totals.files || outcome.failed.length > 0) throw new Error('files are left');
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ deleted: outcome.deleted, memoryMb })}\n`);
}

function aMonthLater(storage) {
  return Object.assign(Object.create(storage), {
    nowMs: async (at) => (await storage.nowMs(at)) + MONTH_MS,
  });
}
