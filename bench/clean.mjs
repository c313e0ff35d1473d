// How long deleting takes, with the second look at everything, journal, lock and verification, beside what only removes:
// `rm -rf` of as many local files, or on S3 `s5cmd rm` and `rclone delete`. In turn, each a whole process on a tree of its
// own; ours with its largest memory.
//
//   npm run build && node bench/clean.mjs [--files 100000] [--runs 3] [--directory /dev/shm]
//   … --s3 [--endpoint URL]      on SeaweedFS, or a server that runs; credentials from AWS_*
//
// Locally what is timed is `ckpt apply` of a plan that is ready, as it is against what `rm -rf` knows: what goes. Beside it the
// plan itself, `ckpt apply` where files are put aside instead, and memory for a tenth of the files and four times as many.
// On S3 plan and apply are one process, for the clock of the store is told to be a month ahead: it dates objects itself.
//
// The tree is a job that has ended: one checkpoint that stays, and files in shared/ that no snapshot needs.
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
  const files = Number(options.files);
  const rows = [
    {
      name: 'apply --no-quarantine',
      prepare: (tree) => plan(tree, '--no-quarantine'),
      command: apply,
      memoryMb: [],
    },
    { name: 'rm -rf', command: (tree) => ['rm', '-rf', tree] },
    { name: 'apply, put aside', prepare: (tree) => plan(tree), command: apply, memoryMb: [] },
    { name: 'plan', command: (tree) => plan(tree, '--no-quarantine'), memoryMb: [] },
  ];
  try {
    await measure(rows, (name, count = files) => plant(join(scratch, name), count), process.env);
    report(`${files} local files`, rows, options.runs);
    for (const count of [files / 10, files * 4]) {
      const { memoryMb } = await measureOne(
        rows[0],
        await plant(join(scratch, `${count}`), count),
        process.env,
      );
      process.stdout.write(`memory of apply for ${count} of them: ${memoryMb} MB\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function plan(tree, ...flags) {
  return ckpt('plan', tree, '--job-stopped', JOB, '--max-percent', '100', '-o', planOf(tree), '-q', ...flags);
}

function apply(tree) {
  return ckpt('apply', planOf(tree), '-q');
}

function planOf(tree) {
  return `${tree}.json`;
}

/** The tool, with its peak memory as the last line of its output. */
function ckpt(...args) {
  const tell = `data:text/javascript,process.on('exit',()=>console.log(Math.round(process.resourceUsage().maxRSS/1024)))`;
  return [process.execPath, '--import', tell, join(import.meta.dirname, '../bin/run.js'), ...args];
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
    report(`plan and removal of ${options.files} objects`, rows, options.runs);
  } finally {
    await there.stop();
  }
}

/** Every command in turn, each on a tree of its own. */
async function measure(rows, makeTree, env) {
  for (const row of rows) row.seconds = [];
  for (let run = 0; run < Number(options.runs); run++) {
    for (const [number, row] of rows.entries()) {
      const { seconds, memoryMb } = await measureOne(row, await makeTree(`run${run}-${number}`), env);
      process.stderr.write(`${row.name}: ${seconds.toFixed(2)} s\n`);
      row.seconds.push(seconds);
      row.memoryMb?.push(memoryMb);
    }
  }
}

async function measureOne({ prepare, command }, tree, env) {
  if (prepare !== undefined) await timed(prepare(tree), env);
  const { seconds, last } = await timed(command(tree), env);
  return { seconds, memoryMb: Number(last.split('\n').at(-1)) };
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
  process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
}

function aMonthLater(storage) {
  return Object.assign(Object.create(storage), {
    nowMs: async (at) => (await storage.nowMs(at)) + MONTH_MS,
  });
}
