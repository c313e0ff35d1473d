// `npm start`: installs, builds and shows the main job: an unbounded job takes checkpoints, fails once and recovers, is
// cancelled, and what it wrote is listed, inspected, audited, verified and cleaned. Each command line is shown as it can be
// typed here. Everything it writes lies in .demo/, which each run begins anew.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkNode, install, must, root } from './steps.mjs';

/** As command lines have it, which run in the project's folder. */
const checkpoints = '.demo/checkpoints';

checkNode();
say('Installing what is missing and building (nothing to do the second time).');
await install();
await build();
rmSync(join(root, '.demo'), { recursive: true, force: true });
mkdirSync(join(root, '.demo'));

say(
  'An unbounded job counts page views by user and takes a checkpoint every half second. When its third checkpoint is',
  'complete it fails on purpose and restarts from it. After six checkpoints it is cancelled; three are retained.',
);
await ckpt(
  `run example:page-views --checkpoint-dir ${checkpoints} --interval 500ms --retain 3 --fail-at checkpoint:3 --stop-after-checkpoints 6`,
);

say('What lies there now: one row per snapshot, with what each added to the one before.');
await ckpt(`list ${checkpoints}`);

const [firstJob] = jobs();
const newest = newestSnapshot(firstJob);
say('What is in the newest one: operators, where the bytes are, and every state by name.');
await ckpt(`inspect ${newest}`);
await ckpt(`inspect ${newest} --states`);

say('A second job restores that snapshot and goes on where the first one stopped, with another parallelism.');
await ckpt(
  `run example:page-views -s ${newest} -p 2 --checkpoint-dir ${checkpoints} --interval 500ms --stop-after-checkpoints 2`,
);
await ckpt(`list ${checkpoints}`);

say('Every file of both jobs by its class: what a snapshot needs, what none needs, and what could go.');
await ckpt(`audit ${checkpoints}`);

say('Every state file read to its end; then the newest snapshot of the second job that would restore.');
await ckpt(`verify ${checkpoints} --deep`);
const secondJob = jobs().find((job) => job !== firstJob);
await ckpt(`latest ${checkpoints}/${secondJob}`);

say(
  'What could go if one checkpoint of each job were kept. All of it is young, and nothing shows that the jobs have ended: all',
  'of it stays, and ckpt clean tells why. It deletes nothing without --apply.',
);
await ckpt(`clean ${checkpoints} --keep-last 1`);

say(
  'An hour is the least, so now all files are dated two hours back. With the word that the first job has ended its older',
  'checkpoints go: to the trash, from where they come back. They are more than half of its files: --max-percent allows that.',
);
datedBack(join(root, checkpoints));
const clean = `clean ${checkpoints} --keep-last 1 --job-stopped ${firstJob}`;
await ckpt(clean);
await ckpt(`${clean} --apply --yes --max-percent 80`);
await ckpt(`trash list ${checkpoints}`);

say('Now try your own; README.md goes on from here.');
process.stdout.write(`  node bin/run.js --help
  node bin/run.js run example:counter
  node bin/run.js run example:word-count README.md .demo/words
  node bin/run.js capacity ${checkpoints}
`);

/** Shows a command line and runs it. No word of it has a space. */
async function ckpt(line) {
  process.stdout.write(`\n$ node bin/run.js ${line}\n`);
  await must(`ckpt ${line.split(' ')[0]}`, process.execPath, ['bin/run.js', ...line.split(' ')]);
}

/** Ids of the jobs that took checkpoints. */
function jobs() {
  return readdirSync(join(root, checkpoints)).filter((name) => /^[0-9a-f]{32}$/.test(name));
}

/** The chk-N with the greatest N of a job. */
function newestSnapshot(job) {
  const ids = readdirSync(join(root, checkpoints, job))
    .filter((name) => name.startsWith('chk-') && existsSync(join(root, checkpoints, job, name, '_metadata')))
    .map((name) => Number(name.slice(4)));
  return `${checkpoints}/${job}/chk-${Math.max(...ids)}`;
}

/** Makes all files below `directory` two hours older. */
function datedBack(directory) {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name);
    const { mtimeMs } = statSync(path);
    utimesSync(path, Date.now() / 1000, mtimeMs / 1000 - 2 * 3600);
  }
}

function say(...lines) {
  process.stdout.write(`\n${lines.map((line) => `» ${line}`).join('\n')}\n`);
}
