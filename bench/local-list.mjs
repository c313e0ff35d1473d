// How long a listing of a local directory with sizes and times takes, beside `du -a` and `rclone lsf -R`: the same files
// and machine, in turn, each with the start of its program.
//
//   npm run build && node bench/local-list.mjs [--files 200000] [--jobs 40] [--runs 5] [--directory /dev/shm]
//   … --tree DIR      a tree that is there already
//
// With --memory the same for a tenth of the files too: how much more memory the whole takes.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { flinkKeys, isThere, report, timed } from './s3-server.mjs';

const { values: options } = parseArgs({
  options: {
    files: { type: 'string', default: '200000' },
    jobs: { type: 'string', default: '40' },
    runs: { type: 'string', default: '5' },
    directory: { type: 'string', default: tmpdir() },
    tree: { type: 'string' },
    memory: { type: 'boolean', default: false },
    child: { type: 'string' },
  },
});

if (options.child !== undefined) await list(options.child);
else await main();

async function main() {
  const scratch = options.tree === undefined ? mkdtempSync(join(options.directory, 'ckpt-bench-')) : null;
  try {
    const tree = options.tree ?? plant(join(scratch, 'all'), Number(options.files));
    const entries = await compare(tree);
    if (options.memory)
      await compareMemory(tree, entries, plant(join(scratch ?? options.directory, 'tenth'), entries / 10));
  } finally {
    if (scratch !== null) rmSync(scratch, { recursive: true });
  }
}

async function compare(tree) {
  const rows = [
    { name: 'ckpt', command: [process.execPath, import.meta.filename, '--child', tree], memoryMb: [] },
    { name: 'du -a', command: ['du', '-a', tree] },
    { name: 'find -printf', command: ['find', tree, '-printf', '%s %T@ %p\\n'] },
    { name: 'rclone lsf -R', command: ['rclone', 'lsf', '-R', '--format', 'pst', tree] },
  ].filter(({ command: [program] }) => program !== 'rclone' || isThere(program));
  for (const row of rows) row.seconds = [];
  let entries = 0;
  const runs = Number(options.runs);
  // the first run of each warms up
  for (let run = 0; run <= runs; run++) {
    for (const row of rows) {
      const { seconds, last } = await timed(row.command, process.env);
      if (row.name === 'ckpt') entries = JSON.parse(last).entries;
      if (run === 0) continue;
      row.seconds.push(seconds);
      row.memoryMb?.push(JSON.parse(last).memoryMb);
    }
  }
  report(`listing of ${entries} local entries`, rows, runs);
  return entries;
}

async function compareMemory(tree, entries, tenth) {
  const memory = async (of) =>
    JSON.parse((await timed([process.execPath, import.meta.filename, '--child', of], process.env)).last)
      .memoryMb;
  const [small, large] = [await memory(tenth), await memory(tree)];
  process.stdout.write(
    `memory: ${small} MB for a tenth, ${large} MB for ${entries} entries: ${large - small} MB more\n`,
  );
}

/** Makes a tree like Flink's, of files of 10 bytes. */
function plant(directory, files) {
  let made = '';
  for (const key of flinkKeys(files, Number(options.jobs))) {
    const file = join(directory, key);
    if (dirname(file) !== made) {
      made = dirname(file);
      mkdirSync(made, { recursive: true });
    }
    writeFileSync(file, '0123456789');
  }
  return directory;
}

/** What `ckpt` does first of all: everything below the directory listed, with sizes and times. */
async function list(directory) {
  const { localReader } = await import('../dist/storage/local/reader.js');
  const { parseLocation } = await import('../dist/model/location.js');
  let entries = 0;
  let bytes = 0;
  for await (const batch of localReader().list(parseLocation(directory, process.cwd()))) {
    entries += batch.entries.length;
    for (const { sizeBytes } of batch.entries) bytes += sizeBytes;
  }
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ entries, bytes, memoryMb })}\n`);
}
