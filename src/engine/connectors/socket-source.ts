// Lines that somebody sends over TCP. A socket cannot be read again: what came after the last checkpoint is lost when the job
// restarts, and exactly-once holds for the state alone. Source: Flink SocketTextStreamFunction.
import { connect, type Socket } from 'node:net';
import { FormatError, JobError, messageOf, UsageError } from '../../support/errors.js';
import type { PollResult, Source, SourceOutput, SourceReader } from '../job/source.js';
import { LineCutter } from './line-cutter.js';

/** There is nothing to remember of a socket. */
type SocketSplit = 'socket';

/** Lines that wait before the sender is stopped. */
const MOST_WAITING = 1024;

/**
 * The lines that `host` sends from `port`, until it ends the connection; read by one subtask. Throws a UsageError where
 * `port` is none.
 */
export function socketTextSource(host: string, port: number): Source<string, SocketSplit> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new UsageError(`${port} is no port`, {
      where: 'socketTextStream',
      next: 'give one from 1 to 65535',
    });
  return {
    boundedness: 'unbounded',
    discoverSplits: async () => ['socket'],
    serializeSplit: (split) => Buffer.from(split),
    deserializeSplit: decodeSplit,
    createReader: () => new SocketReader(host, port),
  };
}

class SocketReader implements SourceReader<string, SocketSplit> {
  readonly #host: string;
  readonly #port: number;
  readonly #lines: string[] = [];
  readonly #cutter: LineCutter;
  #socket: Socket | null = null;
  #ended = false;
  #failure: Error | null = null;
  #wake: () => void = () => {};

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
    this.#cutter = new LineCutter(this.#name, 0);
  }

  async start(splits: readonly SocketSplit[]): Promise<void> {
    if (splits.length === 0) {
      this.#ended = true;
      return;
    }
    const socket = connect(this.#port, this.#host);
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (cause) => reject(this.#lost(cause)));
    });
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('end', () => this.#end(null));
    socket.on('error', (cause) => this.#end(this.#lost(cause)));
  }

  poll(output: SourceOutput<string>, limit: number): PollResult {
    for (const line of this.#lines.splice(0, limit)) output.collect(line);
    if (this.#lines.length > 0) return 'more';
    if (this.#failure !== null) throw this.#failure;
    if (this.#ended) return 'end';
    this.#socket?.resume();
    return 'nothing';
  }

  available(): Promise<void> {
    if (this.#lines.length > 0 || this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  snapshotState(): readonly SocketSplit[] {
    return this.#socket === null ? [] : ['socket'];
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
  }

  #take(chunk: Buffer): void {
    try {
      this.#cutter.give(chunk);
      for (let line = this.#cutter.next(); line !== null; line = this.#cutter.next()) this.#lines.push(line);
    } catch (thrown) {
      this.#end(thrown as Error);
    }
    if (this.#lines.length >= MOST_WAITING) this.#socket?.pause();
    this.#wake();
  }

  /** The connection is over; `failure` where it should not be. */
  #end(failure: Error | null): void {
    const last = failure === null ? this.#cutter.last() : null;
    if (last !== null) this.#lines.push(last);
    this.#failure = failure;
    this.#ended = true;
    this.#wake();
  }

  get #name(): string {
    return `${this.#host}:${this.#port}`;
  }

  #lost(cause: unknown): JobError {
    return new JobError(`lines cannot be read from ${this.#name}: ${messageOf(cause)}`, {
      where: this.#name,
      next: `see that somebody sends there: nc -lk ${this.#port}`,
      cause,
    });
  }
}

function decodeSplit(bytes: Uint8Array): SocketSplit {
  if (Buffer.from(bytes).toString() === 'socket') return 'socket';
  throw new FormatError(
    'not the state of a socket source',
    { offset: 0, field: 'split' },
    { next: 'give the source the uid that it had when the snapshot was taken' },
  );
}
