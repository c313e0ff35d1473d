// Real Flink, in a Maven module of the project's own (test/peers/flink), started as a process. It needs Java 17 and
// Maven; where they are missing its suites are skipped with a line that says so, and fail where CI is set.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, it } from 'vitest';
import { withLock } from './lock.js';

const MODULE = fileURLToPath(new URL('../flink', import.meta.url));
/** The module, once it is built. */
export const PEER_JAR = join(MODULE, 'target/flink-peer.jar');
const COMMAND_TIMEOUT_MS = 300_000;
const BUILD_TIMEOUT_MS = 480_000;
const HOW_TO_RUN = 'install a JDK of version 17 or later and Maven, then: npx vitest run --project peers';
/** Maven's own patience with a network that does not answer is half an hour. */
const IMPATIENT = [
  '-Dmaven.wagon.http.connectionTimeout=10000',
  '-Dmaven.wagon.rto=30000',
  '-Dmaven.wagon.http.retryHandler.count=1',
  '-Daether.connector.connectTimeout=10000',
  '-Daether.connector.requestTimeout=30000',
];

/** A command of the module and its arguments: `['metadata', directory]`. */
export type FlinkCommand = readonly [string, ...string[]];

/** Real Flink. Both fail with the one-line reason that Flink gives. */
export interface FlinkPeer {
  /** Runs a command, gives it `input` to read and returns the JSON that it prints. */
  run(command: FlinkCommand, input?: string): Promise<unknown>;
  /** Runs commands one after the other in one JVM, which saves most of their time; no two may be `restore`. */
  runAll(commands: readonly FlinkCommand[]): Promise<readonly unknown[]>;
}

/** A suite that real Flink judges. The module is built once before it, if need be. */
export function describeWithFlink(title: string, define: (flink: FlinkPeer) => void): void {
  const missing = missingTools();
  if (missing.length === 0) {
    describe(title, () => {
      beforeAll(build, BUILD_TIMEOUT_MS * 2);
      define(flinkPeer);
    });
    return;
  }
  const line = `not tested against real Flink: ${title} (no ${missing.join(' and ')}; ${HOW_TO_RUN})`;
  if (process.env.CI === 'true') {
    it(title, () => {
      throw new Error(line);
    });
    return;
  }
  process.stderr.write(`${line}\n`);
  describe.skip(title, () => define(flinkPeer));
}

function missingTools(): string[] {
  const wanted = isBuilt() ? ['java'] : ['java', 'mvn'];
  return wanted.filter((tool) => spawnSync(tool, ['-version'], { stdio: 'ignore' }).status !== 0);
}

function isBuilt(): boolean {
  if (!existsSync(PEER_JAR)) return false;
  const builtMs = statSync(PEER_JAR).mtimeMs;
  const sources = readdirSync(join(MODULE, 'src'), { recursive: true, encoding: 'utf8' });
  return [join(MODULE, 'pom.xml'), ...sources.map((path) => join(MODULE, 'src', path))].every(
    (path) => statSync(path).mtimeMs <= builtMs,
  );
}

async function build(): Promise<void> {
  if (isBuilt()) return;
  await withLock(join(MODULE, 'target'), async () => {
    if (isBuilt()) return;
    // Offline first: the second build needs nothing from the network, and must not wait for one.
    const offline = await run('mvn', ['-q', '-B', '-o', 'package']);
    if (offline.status === 0) return;
    const online = await run('mvn', ['-q', '-B', ...IMPATIENT, 'package']);
    if (online.status === 0) return;
    throw new Error(
      `test/peers/flink cannot be built: ${firstLine(online.stdout + online.stderr)} (try: cd test/peers/flink && mvn package)`,
    );
  });
}

const flinkPeer: FlinkPeer = {
  run: async (command, input) => (await runCommands([command], input))[0],
  runAll: (commands) => runCommands(commands),
};

async function runCommands(commands: readonly FlinkCommand[], input = ''): Promise<readonly unknown[]> {
  const words = commands.flatMap((command, i) => (i === 0 ? command : ['then', ...command]));
  const { status, stdout, stderr } = await run('java', ['-jar', PEER_JAR, ...words], input);
  if (status !== 0) throw new Error(`Flink: ${stderr.trim() || `exit status ${status}`}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], input = ''): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const timeout = program === 'mvn' ? BUILD_TIMEOUT_MS : COMMAND_TIMEOUT_MS;
    const child = spawn(program, args, { cwd: MODULE, timeout });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve({
        status,
        stdout,
        stderr: signal === null ? stderr : `${stderr}ended by ${signal} after ${timeout} ms`,
      });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function firstLine(text: string): string {
  return text.split('\n').find((line) => line.includes('ERROR')) ?? text.slice(0, 200);
}
