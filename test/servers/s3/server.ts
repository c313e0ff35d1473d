// A real S3 server on 127.0.0.1: SeaweedFS with all its daemons in one process. Data lives in a temporary directory and
// dies with it. NOTES.md beside this file tells what it does otherwise than Amazon.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onFreePorts } from '../ports.js';
import { installSeaweedFs } from './install.js';

/** Who may what on the server. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface S3Server {
  readonly endpoint: string;
  /** May do everything. */
  readonly admin: Identity;
  /** May read and list, and nothing else. */
  readonly reader: Identity;
  readonly pid: number;
  /** Ends it without grace and throws its data away. */
  readonly stop: () => Promise<void>;
}

const ADMIN: Identity = { accessKeyId: 'ckpt-admin', secretAccessKey: 'admin-secret-of-tests' };
const READER: Identity = { accessKeyId: 'ckpt-reader', secretAccessKey: 'reader-secret-of-tests' };
const START_TIMEOUT_MS = 60_000;

/**
 * Starts a server and waits until it answers. `directory` is where its data goes: a temporary one by default. With
 * CKPT_TEST_S3_ENDPOINT the one that runs there is taken, with the keys of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
 */
export async function startS3(options: { readonly directory?: string } = {}): Promise<S3Server> {
  const running = runningServer();
  if (running !== null) return running;
  const installation = installSeaweedFs();
  if ('missing' in installation) throw new Error(installation.missing);
  return onFreePorts(8, (ports) => startSeaweedFs(installation.weed, options.directory ?? tmpdir(), ports));
}

async function startSeaweedFs(program: string, parent: string, ports: readonly number[]): Promise<S3Server> {
  const directory = mkdtempSync(join(parent, 'ckpt-s3-'));
  const log = join(directory, 'server.log');
  const output = openSync(log, 'w');
  const weed = spawn(program, weedArguments(directory, ports), {
    cwd: directory,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  started.add(weed);
  weed.once('exit', () => started.delete(weed));
  const stop = async (): Promise<void> => {
    await kill(weed);
    rmSync(directory, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${ports[0]}`;
  try {
    await untilAnswering(endpoint, weed, log);
    return { endpoint, admin: ADMIN, reader: READER, pid: weed.pid!, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

function runningServer(): S3Server | null {
  const { CKPT_TEST_S3_ENDPOINT: endpoint, AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env;
  if (!endpoint) return null;
  const admin = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { endpoint, admin, reader: admin, pid: process.pid, stop: async () => undefined };
}

function weedArguments(directory: string, ports: readonly number[]): readonly string[] {
  const store = join(directory, 'store');
  mkdirSync(store);
  const identities = [
    {
      name: 'admin',
      credentials: [credential(ADMIN)],
      actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'],
    },
    { name: 'reader', credentials: [credential(READER)], actions: ['Read', 'List'] },
  ];
  writeFileSync(join(directory, 's3.json'), JSON.stringify({ identities }));
  const port = (name: string, index: number): string => `-${name}=${ports[index]}`;
  return [
    ...['-logtostderr=true', '-v=0', 'server', `-dir=${store}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1'],
    ...[port('master.port', 1), port('master.port.grpc', 2), '-master.volumeSizeLimitMB=256'],
    ...[port('volume.port', 3), port('volume.port.grpc', 4), '-volume.max=100', '-volume.preStopSeconds=0'],
    ...['-filer', port('filer.port', 5), port('filer.port.grpc', 6)],
    ...['-s3', port('s3.port', 0), port('s3.port.grpc', 7), `-s3.config=${join(directory, 's3.json')}`],
    // else they take fixed ports
    ...['-s3.port.iceberg=0', '-s3.port.lance=0', '-s3.allowDeleteBucketNotEmpty=true'],
  ];
}

function credential({ accessKeyId, secretAccessKey }: Identity) {
  return { accessKey: accessKeyId, secretKey: secretAccessKey };
}

async function untilAnswering(endpoint: string, server: ChildProcess, log: string): Promise<void> {
  const giveUpMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < giveUpMs) {
    if (server.exitCode !== null) break;
    const status = await fetch(endpoint, { signal: AbortSignal.timeout(2000) }).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200 || status === 403) return;
    await delay(50);
  }
  const lastLines = readFileSync(log, 'utf8').split('\n').slice(-20).join('\n');
  throw new Error(`SeaweedFS did not start on ${endpoint}:\n${lastLines}`);
}

const started = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
