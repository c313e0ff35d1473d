// Runs the built command line as a process, as its users do.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const RUN = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const BUILT = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  /** Added to an environment without any CKPT_ variable or colour setting. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Flags of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** The user and group to run as, where it is not that of the tests. */
  readonly uid?: number;
  readonly gid?: number;
}

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

/** Somebody whom permissions bind: root, whom they do not, becomes nobody. */
export const BOUND_BY_PERMISSIONS: Surroundings = isRoot
  ? { uid: NOBODY, gid: NOBODY, env: { HOME: '/' } }
  : {};

/** Whether that somebody can run the tool at all, which he cannot in a clone below a closed directory of root's. */
export function canRunBoundByPermissions(): boolean {
  const { uid, gid } = BOUND_BY_PERMISSIONS;
  return spawnSync(process.execPath, [RUN, '--version'], { uid, gid }).status === 0;
}

/** Starts `ckpt ARGS` and collects what it says. stdin is closed, no stream is a terminal. */
export function ckpt(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  return runNode([...(surroundings.nodeArgs ?? []), RUN, ...args], surroundings);
}

const KILL_AT_CALL = fileURLToPath(new URL('../support/kill-at-call.mjs', import.meta.url));

/** Starts `ckpt ARGS` and kills it (SIGKILL) just before its n-th call that changes local files; false where it makes fewer. */
export async function ckptKilledAtCall(n: number, args: readonly string[]): Promise<boolean> {
  const { status, stderr } = await ckpt(args, {
    nodeArgs: ['--import', KILL_AT_CALL],
    env: { KILL_AT_CALL: `${n}` },
  });
  if (status !== null && status !== 0) throw new Error(stderr);
  return status === null;
}

function runNode(args: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  if (!existsSync(BUILT)) throw new Error('these tests run the build: npm run build');
  const child = spawn(process.execPath, args, {
    cwd: surroundings.cwd,
    env: { ...cleanEnvironment(), ...surroundings.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    uid: surroundings.uid,
    gid: surroundings.gid,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** The environment of this process without what would change the output. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const changes = /^(CKPT_|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !changes.test(name)));
}

/** What an error comes to: the text of stderr, and the exit status. */
export interface Complaint {
  readonly code: string;
  readonly text: string;
  readonly status: number;
}

const ANSWER = fileURLToPath(new URL('support/answer.mjs', import.meta.url));

/** The documents that several command lines print with --json; they run in one process. */
export async function answersOf(
  commandLines: readonly (readonly string[])[],
  surroundings: Surroundings = {},
): Promise<readonly unknown[]> {
  const { status, stdout, stderr } = await runNode([ANSWER, JSON.stringify(commandLines)], surroundings);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const COMPLAIN = fileURLToPath(new URL('support/complain.mjs', import.meta.url));

/** What is said of each of several command lines that must fail; they run in one process. */
export async function complaintsOf(
  commandLines: readonly (readonly string[])[],
  surroundings: Surroundings = {},
): Promise<readonly Complaint[]> {
  const { status, stdout, stderr } = await runNode([COMPLAIN, JSON.stringify(commandLines)], surroundings);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
