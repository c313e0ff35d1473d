// How long an audit takes and how much memory. Needs `npm run build` and GNU time.
//
//   node bench/audit.mjs local [FILES]          beside `find -printf` over the same tree, the tool's start included
//   node bench/audit.mjs inventory [MILLIONS…]  files of which only a list exists; with several numbers the growth from the
//                                               first to the last, beside that of a map from paths to sizes
//
// local: FILES (200,000) in the shared directories of 50 jobs with one checkpoint each; every file is referenced once.
// inventory: an S3 inventory of MILLIONS of files, and 30 checkpoints that reference each of them three times.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { writeMetadata } from '../dist/format/metadata/write.js';

const RUN = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const SUBTASKS = 128;
const [mode = 'local', ...amounts] = process.argv.slice(2);
if (mode === 'map') holdMap(Number(amounts[0]) * 1e6);
else if (mode === 'local') inDirectory((directory) => benchLocal(directory, Number(amounts[0] ?? 200_000)));
else benchInventories(amounts.length > 0 ? amounts.map(Number) : [1]);

function inDirectory(use) {
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-bench-'));
  try {
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function benchLocal(directory, files) {
  const jobs = 50;
  for (let job = 0; job < jobs; job++) {
    const home = join(directory, jobId(job));
    mkdirSync(join(home, 'chk-7'), { recursive: true });
    mkdirSync(join(home, 'shared'));
    const names = Array.from({ length: files / jobs }, (_, n) => uuid(job * (files / jobs) + n));
    for (const name of names) writeFileSync(join(home, 'shared', name), '');
    writeFileSync(
      join(home, 'chk-7', '_metadata'),
      metadata(
        7,
        names.map((name) => `file:${home}/shared/${name}`),
      ),
    );
  }
  const find = ['find', directory, '-printf', '%s %T@ %p\\n'];
  const audit = [process.execPath, RUN, 'audit', directory, '--json'];
  const ratios = [];
  for (let round = 0; round < 5; round++) {
    const [found, audited] = [timed(find), timed(audit)];
    console.log(`find ${found.text}; audit ${audited.text}`);
    ratios.push(audited.seconds / found.seconds);
  }
  ratios.sort((a, b) => a - b);
  console.log(`${files} files: audit takes ${ratios[2].toFixed(2)} times as long as find (median of 5)`);
}

function benchInventories(millions) {
  const runs = millions.map((many) => inDirectory((directory) => benchInventory(directory, many * 1e6)));
  if (runs.length < 2) return;
  const self = fileURLToPath(import.meta.url);
  const map = (many) => timed([process.execPath, '--max-old-space-size=16384', self, 'map', `${many}`]).kib;
  const growth = runs.at(-1).kib - runs[0].kib;
  const ofMap = map(millions.at(-1)) - map(millions[0]);
  console.log(
    `from ${millions[0]} to ${millions.at(-1)} million files: ${mib(growth)} more; a map ${mib(ofMap)}`,
  );
}

/** What a cleaner would hold that keeps paths with their sizes. */
function holdMap(files) {
  const sizes = new Map();
  for (let n = 0; n < files; n++) sizes.set(`/bucket/${jobId(0)}/shared/${uuid(n)}`, n);
  console.log(sizes.size);
}

/** The snapshots lie on disk, each with a tenth of three times all files; the files themselves are only in the list. */
function benchInventory(directory, files) {
  const snapshots = 30;
  const share = (files * 3) / snapshots;
  const home = join(directory, jobId(0));
  const path = (n) => `${home}/shared/${uuid(n % files)}`;
  const rows = [];
  for (let id = 1; id <= snapshots; id++) {
    mkdirSync(join(home, `chk-${id}`), { recursive: true });
    const bytes = metadata(
      id,
      Array.from({ length: share }, (_, n) => `file:${path(id * share + n)}`),
    );
    writeFileSync(join(home, `chk-${id}`, '_metadata'), bytes);
    rows.push(row(`${home}/chk-${id}/_metadata`, bytes.length));
  }
  const data = openSync(join(directory, 'data.csv.gz'), 'w');
  writeSync(data, gzipSync(rows.join(''), { level: 1 }));
  for (let n = 0; n < files; n += 100_000) {
    const part = Array.from({ length: Math.min(100_000, files - n) }, (_, at) => row(path(n + at), 0));
    writeSync(data, gzipSync(part.join(''), { level: 1 }));
  }
  closeSync(data);
  const manifest = {
    sourceBucket: 'bench',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size, LastModifiedDate',
    files: [{ key: 'data.csv.gz' }],
  };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify(manifest));
  const args = ['audit', home, '--inventory', join(directory, 'manifest.json'), '--json'];
  const run = timed([process.execPath, RUN, ...args]);
  const { totals } = JSON.parse(run.stdout);
  console.log(`${files / 1e6} million files, ${(files * 3) / 1e6} million references: ${run.text}`);
  console.log(`  ${totals.referenced.files} referenced, ${totals.orphan.files} orphans`);
  return run;
}

function row(path, bytes) {
  return `"bench","${path.slice(1)}","${bytes}","2026-01-02T03:04:05.000Z"\n`;
}

/** Wall and CPU time and peak memory of a command, as GNU time tells them. */
function timed(command) {
  const { stdout, stderr } = spawnSync('/usr/bin/time', ['-f', '%e %U %S %M', ...command], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const [seconds, user, system, kib] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  const text = `${seconds} s (${(user + system).toFixed(1)} s of CPU), ${mib(kib)}`;
  return { stdout, seconds, kib, text };
}

function mib(kib) {
  return `${Math.round(kib / 1024)} MiB`;
}

function metadata(id, paths) {
  const handle = (path) => ({ localPath: '000001.sst', stream: { kind: 'file', path, sizeBytes: 0n } });
  return writeMetadata(
    {
      formatVersion: 6,
      dialect: 'current',
      checkpointId: BigInt(id),
      masterStates: [],
      operators: [operator(paths.map(handle))],
      properties: null,
    },
    6,
  );
}

function operator(shared) {
  const share = Math.ceil(shared.length / SUBTASKS);
  const keyed = (subtask) => ({
    kind: 'incremental',
    checkpointId: 1n,
    backendId: uuid(0),
    keyGroups: { first: subtask, last: subtask },
    checkpointedSizeBytes: 0n,
    metaStream: { kind: 'bytes', handleName: 'meta', data: new Uint8Array(1) },
    shared: shared.slice(subtask * share, (subtask + 1) * share),
    private: [],
    stateHandleId: uuid(1),
  });
  const none = [];
  return {
    id: '0'.repeat(32),
    name: 'bench',
    uid: 'bench',
    parallelism: SUBTASKS,
    maxParallelism: SUBTASKS,
    fullyFinished: false,
    coordinatorState: null,
    subtasks: Array.from({ length: SUBTASKS }, (_, index) => ({
      index,
      finished: false,
      managedOperatorState: none,
      rawOperatorState: none,
      managedKeyedState: [keyed(index)],
      rawKeyedState: none,
      inputChannelState: none,
      resultSubpartitionState: none,
      legacyState: none,
    })),
  };
}

function jobId(n) {
  return n.toString(16).padStart(32, '0');
}

function uuid(n) {
  const digits = Math.imul(n, 0x9e3779b1) >>> 0;
  return `${digits.toString(16).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}
