// Runs the built command line as a process, as its users do.
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process';
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
export function ckptProcess(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  return runNode([...(surroundings.nodeArgs ?? []), RUN, ...args], surroundings);
}

const KILL_AT_CALL = fileURLToPath(new URL('../support/kill-at-call.mjs', import.meta.url));

/** Starts `ckpt ARGS` and kills it (SIGKILL) just before its n-th call that changes local files; false where it makes fewer. */
export async function ckptKilledAtCall(n: number, args: readonly string[]): Promise<boolean> {
  const { status, stderr } = await ckptProcess(args, {
    nodeArgs: ['--import', KILL_AT_CALL],
    env: { KILL_AT_CALL: `${n}` },
  });
  if (status !== null && status !== 0) throw new Error(stderr);
  return status === null;
}

function runNode(args: readonly string[], surroundings: Surroundings): Promise<Outcome> {
  checkBuilt();
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

function checkBuilt(): void {
  if (!existsSync(BUILT)) throw new Error('these tests run the build: npm run build');
}

/** The environment of this process without what would change the output. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const changes = /^(CKPT_|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !changes.test(name)));
}

/** What an error comes to: its code, what stderr says of it, and the exit status. */
export interface Complaint {
  readonly code: string;
  readonly text: string;
  readonly status: number;
}

/** What a process that stays can be given for each command line. */
type Wishes = Pick<Surroundings, 'env' | 'cwd'>;

/** The same in a process that stays for the next command line, which is much faster. One command runs at a time. */
export function ckpt(args: readonly string[], { env, cwd }: Wishes = {}): Promise<Outcome> {
  const process = stayingProcess();
  process.send({ args, env: { ...cleanEnvironment(), ...env }, cwd });
  return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
}

/** The documents that several command lines print with --json. */
export async function answersOf(
  commandLines: readonly (readonly string[])[],
  surroundings: Wishes = {},
): Promise<readonly unknown[]> {
  const outcomes = await Promise.all(commandLines.map((args) => ckpt([...args, '--json'], surroundings)));
  return outcomes.map(({ stdout, stderr }) => {
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout);
  });
}

/** What is said of each of several command lines that must fail. */
export async function complaintsOf(
  commandLines: readonly (readonly string[])[],
  surroundings: Wishes = {},
): Promise<readonly Complaint[]> {
  const asJson = { ...surroundings, env: { ...surroundings.env, CKPT_JSON: '1' } };
  const outcomes = await Promise.all(commandLines.map((args) => ckpt(args, asJson)));
  return outcomes.map(({ status, stdout, stderr }, index) => {
    if (status === 0) throw new Error(`ckpt ${commandLines[index]!.join(' ')} did not fail`);
    return { code: JSON.parse(stdout).error.code, text: stderr, status: status! };
  });
}

const STAYING = fileURLToPath(new URL('support/staying.mjs', import.meta.url));

/** Whom the next outcomes belong to, in their order. */
const waiting: { resolve(outcome: Outcome): void; reject(error: Error): void }[] = [];
let staying: ChildProcess | null = null;

function stayingProcess(): ChildProcess {
  if (staying !== null) return staying;
  checkBuilt();
  const child = fork(STAYING, { env: cleanEnvironment(), execArgv: [], silent: true });
  staying = child;
  child.on('message', (outcome: Outcome) => waiting.shift()!.resolve(outcome));
  child.on('exit', (status) => {
    staying = null;
    for (const { reject } of waiting.splice(0)) reject(new Error(`the process that stays ended: ${status}`));
  });
  child.unref();
  child.channel?.unref();
  return child;
}
