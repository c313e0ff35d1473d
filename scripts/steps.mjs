// What `npm start` and `npm test` share: both work on a fresh clone, with Node alone and nothing before them.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a program in the project's folder with its output shown; resolves with its exit status. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

/** Runs a program that must succeed; ends this process with its status otherwise. */
export async function must(what, command, args, options) {
  const status = await run(command, args, options);
  if (status === 0) return;
  process.stderr.write(`\n${what} failed (exit status ${status}): ${command} ${args.join(' ')}\n`);
  process.exit(status);
}

/** The npm that runs this script, so that no shell and no PATH look-up decides. */
export function npm(...args) {
  const cli = process.env.npm_execpath;
  return cli === undefined ? ['npm', args] : [process.execPath, [cli, ...args]];
}

/** Refuses a Node that is too old, with the reason. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(`ckpt needs Node 20.19 or newer; this is ${process.versions.node}\n`);
  process.exit(2);
}

/** Installs the dependencies where they are missing or older than the lock file. */
export async function install() {
  const installed = join(root, 'node_modules/.package-lock.json');
  const locked = statSync(join(root, 'package-lock.json')).mtimeMs;
  if (existsSync(installed) && statSync(installed).mtimeMs >= locked) return;
  await must('installing', ...npm('ci', '--no-audit', '--no-fund'));
}

/** Compiles where a source is newer than what was compiled from it. */
export async function build() {
  const built = join(root, 'oclif.manifest.json');
  const sources = ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
  const newest = Math.max(...sources.map((name) => newestMs(join(root, name))));
  if (existsSync(built) && existsSync(join(root, 'dist')) && statSync(built).mtimeMs >= newest) return;
  // The builder of the manifest would look for newer versions of itself.
  const env = { ...process.env, OCLIF_SKIP_NEW_VERSION_CHECK: 'true' };
  await must('building', ...npm('run', '--silent', 'build'), { env });
}

function newestMs(path) {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  return readdirSync(path).reduce(
    (newest, name) => Math.max(newest, newestMs(join(path, name))),
    status.mtimeMs,
  );
}
