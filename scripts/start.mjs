// `npm start`: installs, builds and shows the main job: an unbounded job takes checkpoints, fails once and recovers, is
// cancelled, and what it wrote is listed, inspected, audited, planned for cleaning and verified. Everything it writes lies in
// .demo/, which each run begins anew.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkNode, install, must, root } from './steps.mjs';

const demo = join(root, '.demo');
const checkpoints = join(demo, 'checkpoints');
const ckpt = (...args) => must(`ckpt ${args[0]}`, process.execPath, [join(root, 'bin/run.js'), ...args]);

checkNode();
say('Installing what is missing and building (nothing to do the second time).');
await install();
await build();
rmSync(demo, { recursive: true, force: true });
mkdirSync(demo, { recursive: true });

say(
  'An unbounded job counts page views by user and takes a checkpoint every half second. When its third checkpoint is',
  'complete it fails on purpose and restarts from it. After six checkpoints it is cancelled; three are retained.',
);
await ckpt(
  'run',
  'example:page-views',
  '--checkpoint-dir',
  checkpoints,
  '--interval',
  '500ms',
  '--retain',
  '3',
  '--fail-at',
  'checkpoint:3',
  '--stop-after-checkpoints',
  '6',
);

say('What lies there now: one row per snapshot, with what each added to the one before.');
await ckpt('list', checkpoints);

const newest = newestSnapshot();
say('What is in the newest one: operators, where the bytes are, and every state by name.');
await ckpt('inspect', newest);
await ckpt('inspect', newest, '--states');

say('A second job restores that snapshot and goes on where the first one stopped, with another parallelism.');
await ckpt(
  'run',
  'example:page-views',
  '-s',
  newest,
  '-p',
  '2',
  '--checkpoint-dir',
  checkpoints,
  '--interval',
  '500ms',
  '--stop-after-checkpoints',
  '2',
);
await ckpt('list', checkpoints);

say('Every file of both jobs by its class: what a snapshot needs, what none needs, and what could go.');
await ckpt('audit', checkpoints);

say(
  'What could go if one checkpoint of each job were kept. Nothing shows that the jobs have ended, and all of it is young, so',
  'that everything stays: ckpt clean tells why. It deletes nothing without --apply.',
);
await ckpt('clean', checkpoints, '--keep-last', '1');

say('Every state file read to its end; then the newest snapshot of the second job that would restore.');
await ckpt('verify', checkpoints, '--deep');
await ckpt('latest', join(checkpoints, secondJob(newest)));

say(
  'Now try your own: `node bin/run.js --help`, `node bin/run.js run examples/word-count.ts --help`, README.md.',
);

/** The chk-N with the greatest N of the only job. */
function newestSnapshot() {
  const [job] = readdirSync(checkpoints);
  const ids = readdirSync(join(checkpoints, job))
    .filter((name) => name.startsWith('chk-') && existsSync(join(checkpoints, job, name, '_metadata')))
    .map((name) => Number(name.slice(4)));
  return join(checkpoints, job, `chk-${Math.max(...ids)}`);
}

/** The directory of the job that did not write `snapshot`. */
function secondJob(snapshot) {
  return readdirSync(checkpoints).find((job) => !snapshot.startsWith(join(checkpoints, job)));
}

function say(...lines) {
  process.stdout.write(`\n${lines.map((line) => `» ${line}`).join('\n')}\n\n`);
}
