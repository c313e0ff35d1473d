// Java programs of Hadoop: the classpath that Maven resolves from pom.xml, and processes that end with the test run.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const POM = fileURLToPath(new URL('pom.xml', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/ckpt', import.meta.url));
const BUILD_CLASSPATH = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath';

const JAVA_OPTIONS = [
  '-XX:+UseSerialGC',
  '-Xshare:auto',
  '-Djava.net.preferIPv4Stack=true',
  '--add-opens=java.base/java.lang=ALL-UNNAMED',
];

/** Java and Maven are there, or the names of those that are not. */
export function missingTools(): readonly string[] {
  const candidates = [
    ['java', '-version'],
    ['mvn', '-v'],
  ] as const;
  return candidates
    .filter(([command, option]) => spawnSync(command, [option], { stdio: 'ignore' }).status !== 0)
    .map(([command]) => command);
}

/** The jars of pom.xml. The first call on a machine lets Maven download them; later ones read what it answered. */
export function hadoopClasspath(): string {
  const pom = createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 16);
  const known = join(CACHE, `hdfs-classpath-${pom}.txt`);
  if (existsSync(known)) {
    const classpath = readFileSync(known, 'utf8');
    if (classpath.split(':').every((jar) => existsSync(jar))) return classpath;
  }
  mkdirSync(dirname(known), { recursive: true });
  const written = `${known}.${process.pid}`;
  const options = [
    '-q',
    '-B',
    '-ntp',
    '-f',
    POM,
    '-Dmdep.includeScope=runtime',
    `-Dmdep.outputFile=${written}`,
  ];
  const maven = spawnSync('mvn', [...options, BUILD_CLASSPATH], { encoding: 'utf8' });
  if (maven.status !== 0) throw new Error(`Maven cannot resolve ${POM}:\n${maven.stdout}\n${maven.stderr}`);
  renameSync(written, known);
  return readFileSync(known, 'utf8');
}

/** A Java program to start: `arguments` are the class and what follows it. */
export interface JavaProgram {
  readonly name: string;
  readonly classpath: string;
  readonly heapMb: number;
  readonly options?: readonly string[];
  readonly arguments: readonly string[];
}

/** A running daemon; its output goes to `<name>.log`. */
export interface Daemon {
  readonly name: string;
  readonly running: () => boolean;
  /** The end of what it printed, for error messages. */
  readonly lastLines: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it without grace: its data is thrown away. */
  readonly kill: () => Promise<void>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a daemon that is ended with this process at the latest. */
export function startDaemon(program: JavaProgram, logDirectory: string): Daemon {
  const logFile = join(logDirectory, `${program.name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn('java', commandLine(program), { stdio: ['ignore', log, log] });
  running.add(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => running.delete(child));
  return {
    name: program.name,
    running: () => child.exitCode === null && child.signalCode === null,
    lastLines: () => readFileSync(logFile, 'utf8').split('\n').slice(-80).join('\n'),
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Runs a program to its end and returns what it printed; throws where it failed. */
export async function runJava(program: JavaProgram): Promise<string> {
  const child = spawn('java', commandLine(program), { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  running.delete(child);
  if (status === 0) return output.stdout;
  throw new Error(`${program.name} ended with ${status}:\n${output.stdout}\n${output.stderr}`);
}

function commandLine({ classpath, heapMb, options = [], arguments: rest }: JavaProgram): string[] {
  return [...JAVA_OPTIONS, `-Xmx${heapMb}m`, ...options, '-cp', classpath, ...rest];
}
