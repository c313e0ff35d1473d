// How long a listing of HDFS takes, beside `hdfs dfs -ls -R`: the same files, NameNode and machine, in turn, each with
// the start of its program.
//
//   npm run build && node bench/hdfs-list.mjs [--files 30000] [--jobs 40] [--runs 5] [--concurrency 16]
//
// Needs JDK 17 and Maven. Filling takes longer than measuring.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createJiti } from 'jiti';
import { flinkKeys, report, timed } from './s3-server.mjs';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '30000' },
    jobs: { type: 'string', default: '40' },
    runs: { type: 'string', default: '5' },
    concurrency: { type: 'string' },
    child: { type: 'string' },
  },
});

if (options.child !== undefined) await list(options.child);
else await compare();

async function compare() {
  const { startHdfs } = await createJiti(import.meta.url).import('../test/servers/hdfs/cluster.ts');
  const cluster = await startHdfs();
  try {
    await fill(cluster);
    const location = `webhdfs://${cluster.nameNodes[0].httpAddress}/flink`;
    const concurrency = options.concurrency === undefined ? [] : ['--concurrency', options.concurrency];
    const command = [process.execPath, import.meta.filename, '--child', location, ...concurrency];
    const ours = { name: 'ckpt', seconds: [], memoryMb: [] };
    const shell = { name: 'hdfs dfs -ls -R', seconds: [] };
    const runs = Number(options.runs);
    let counted = 0;
    // the first run of each warms up
    for (let run = 0; run <= runs; run++) {
      const { seconds, last } = await timed(command, process.env);
      const { entries, memoryMb } = JSON.parse(last);
      const start = performance.now();
      const lines = (await cluster.hdfs('dfs', '-ls', '-R', '/flink')).trim().split('\n').length;
      if (lines !== entries) throw new Error(`${entries} entries listed, and ${lines} by hdfs dfs`);
      counted = entries;
      if (run === 0) continue;
      shell.seconds.push((performance.now() - start) / 1000);
      ours.seconds.push(seconds);
      ours.memoryMb.push(memoryMb);
    }
    report(`listing of ${counted} entries`, [ours, shell], runs);
  } finally {
    await cluster.stop();
  }
}

/** Puts a tree like Flink's by Hadoop's own shell, many files at a time. */
async function fill(cluster) {
  const directory = mkdtempSync(join(tmpdir(), 'ckpt-bench-hdfs-'));
  try {
    for (const key of flinkKeys(Number(options.files), Number(options.jobs))) {
      const file = join(directory, key);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, 'x'.repeat(100));
    }
    await cluster.hdfs('dfs', '-put', '-t', '16', directory, '/flink');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What `ckpt` does first of all: everything below the location listed, with sizes and times. */
async function list(uri) {
  const { hdfsReader } = await import('../dist/storage/hdfs/open.js');
  const { parseLocation } = await import('../dist/model/location.js');
  const location = parseLocation(uri, '/');
  const concurrency = options.concurrency === undefined ? undefined : Number(options.concurrency);
  let entries = 0;
  for await (const batch of hdfsReader(location, { concurrency }).list(location))
    entries += batch.entries.length;
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ entries, memoryMb })}\n`);
}
