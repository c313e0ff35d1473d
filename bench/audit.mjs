// How long an audit takes and how much memory: `node bench/audit.mjs local [FILES]` against `find -printf` over the same
// tree, `node bench/audit.mjs inventory [MILLIONS]` for files of which only a list exists. Needs `npm run build`, GNU time.
//
// local: FILES (200,000) in the shared directories of 50 jobs with one checkpoint each; every file is referenced once.
// inventory: an S3 inventory of MILLIONS of files, and checkpoints that reference each of them three times.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { writeMetadata } from '../dist/format/metadata/write.js';

const RUN = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const [mode = 'local', amount] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), 'ckpt-bench-'));
try {
  if (mode === 'local') benchLocal(Number(amount ?? 200_000));
  else benchInventory(Number(amount ?? 1) * 1e6);
} finally {
  rmSync(directory, { recursive: true });
}

function benchLocal(files) {
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
  for (let round = 0; round < 3; round++) {
    console.log(`find  ${timed(find).text}`);
    console.log(`audit ${timed(audit).text}`);
  }
}

/** The snapshots lie on disk, each with a tenth of three times all files; the files themselves are only in the list. */
function benchInventory(files) {
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
  const { text, stdout } = timed([process.execPath, RUN, ...args]);
  const { totals } = JSON.parse(stdout);
  console.log(`${files / 1e6} million files, ${(files * 3) / 1e6} million references: ${text}`);
  console.log(`  ${totals.referenced.files} referenced, ${totals.orphan.files} orphans`);
}

function row(path, bytes) {
  return `"bench","${path.slice(1)}","${bytes}","2026-01-02T03:04:05.000Z"\n`;
}

/** Wall time and peak memory of a command, as GNU time tells them. */
function timed(command) {
  const { stdout, stderr } = spawnSync('/usr/bin/time', ['-f', '%e s, %M KiB', ...command], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  return { stdout, text: stderr.trim().split('\n').at(-1) };
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
  const keyed = {
    kind: 'incremental',
    checkpointId: 1n,
    backendId: uuid(0),
    keyGroups: { first: 0, last: 127 },
    checkpointedSizeBytes: 0n,
    metaStream: { kind: 'bytes', handleName: 'meta', data: new Uint8Array(1) },
    shared,
    private: [],
    stateHandleId: uuid(1),
  };
  const none = [];
  return {
    id: '0'.repeat(32),
    name: 'bench',
    uid: 'bench',
    parallelism: 1,
    maxParallelism: 128,
    fullyFinished: false,
    coordinatorState: null,
    subtasks: [
      {
        index: 0,
        finished: false,
        managedOperatorState: none,
        rawOperatorState: none,
        managedKeyedState: [keyed],
        rawKeyedState: none,
        inputChannelState: none,
        resultSubpartitionState: none,
        legacyState: none,
      },
    ],
  };
}

function jobId(n) {
  return n.toString(16).padStart(32, '0');
}

function uuid(n) {
  const digits = Math.imul(n, 0x9e3779b1) >>> 0;
  return `${digits.toString(16).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}
