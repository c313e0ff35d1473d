// One HTTP exchange on node:http and node:https with time limits on connecting and on silence. Knows nothing of HDFS.
// Node's fetch would not do: it breaks on the unasked `100 Continue` that a DataNode sends before it takes a file.
import { type ClientRequest, type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { Readable } from 'node:stream';
import type { Clock } from '../../support/clock.js';
import { type Agents, type ConnectionOptions, connectionMessage } from '../agents.js';
import type { Pieces } from '../storage.js';

export interface HttpCall {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly body?: Uint8Array | Pieces;
}

/** An answer of any status, wholly received. Names of headers are in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** `unreachable`: the request cannot have been seen by the server; `broken`: it may have been carried out. */
export class ConnectionError extends Error {
  readonly reached: 'unreachable' | 'broken';

  constructor(reached: 'unreachable' | 'broken', message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ConnectionError';
    this.reached = reached;
  }

  /** `ECONNREFUSED`, …; empty where there is none. */
  get code(): string {
    return (this.cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  }
}

/** Longest waits in milliseconds: for a connection, and for the next sign of life of a connected server. */
export interface TimeLimits {
  readonly connectMs: number;
  readonly silenceMs: number;
}

export interface HttpOptions {
  readonly clock: Clock;
  readonly limits: TimeLimits;
  readonly agents: Agents;
}

/** For the agents: unused connections are given up before servers do, which would break the next request on them. */
export const KEPT_CONNECTIONS: ConnectionOptions = { keepAlive: true, timeout: 4000 };

const SLICE_BYTES = 64 * 1024;

/** Makes exchanges over connections that are kept open. */
export class HttpClient {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** The answer, whatever its status. Throws a ConnectionError where none came. */
  async exchange(call: HttpCall): Promise<HttpAnswer> {
    const attempt = new Attempt(call, this.#options, this.#send(call));
    try {
      return await attempt.answer;
    } catch (thrown) {
      if (!attempt.metClosedConnection || call.method !== 'GET') throw thrown;
      return new Attempt(call, this.#options, this.#send(call)).answer;
    }
  }

  #send({ url, method, body }: HttpCall): ClientRequest {
    const headers =
      method === 'PUT'
        ? { 'content-length': lengthOf(body), 'content-type': 'application/octet-stream' }
        : {};
    const { agents } = this.#options;
    return url.protocol === 'https:'
      ? secure(url, { method, headers, agent: agents.https })
      : plain(url, { method, headers, agent: agents.http });
  }
}

/** A request under way: what it has met, and the timer that ends it. */
class Attempt {
  readonly answer: Promise<HttpAnswer>;
  readonly #request: ClientRequest;
  readonly #options: HttpOptions;
  #connected = false;
  #answered = false;
  #gaveUp = false;
  #cancelTimer: () => void = () => undefined;

  constructor(call: HttpCall, options: HttpOptions, request: ClientRequest) {
    this.#request = request;
    this.#options = options;
    this.answer = this.#run(call.body).finally(() => this.#cancelTimer());
  }

  /** The server had closed the kept connection before this request came to it. */
  get metClosedConnection(): boolean {
    return this.#request.reusedSocket && !this.#answered && !this.#gaveUp;
  }

  #run(body: HttpCall['body']): Promise<HttpAnswer> {
    const request = this.#request;
    this.#expect(this.#options.limits.connectMs, 'no connection');
    request.once('socket', (socket) => {
      const connected = 'encrypted' in socket ? 'secureConnect' : 'connect';
      if (socket.connecting) socket.once(connected, () => this.#alive());
      else this.#alive();
    });
    return new Promise((resolve, reject) => {
      const fail = (thrown: Error): void => reject(this.#failure(thrown));
      request.on('error', fail);
      request.once('response', (response) => {
        this.#answered = true;
        this.#alive();
        this.#collect(response).then(resolve, fail);
      });
      const source = Readable.from(this.#slices(body));
      // What the source throws is no failure of the connection, and is passed on as it is.
      source.once('error', (thrown) => {
        reject(thrown);
        request.destroy();
      });
      source.pipe(request);
    });
  }

  /** A body in portions that are taken as fast as the connection takes them: each is a sign of life. */
  async *#slices(body: HttpCall['body']): AsyncGenerator<Uint8Array> {
    for await (const piece of piecesOf(body)) {
      for (let start = 0; start < piece.length; start += SLICE_BYTES) {
        if (this.#connected) this.#alive();
        yield piece.subarray(start, start + SLICE_BYTES);
      }
    }
  }

  async #collect(response: IncomingMessage): Promise<HttpAnswer> {
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      this.#alive();
      chunks.push(chunk);
    }
    return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
  }

  #alive(): void {
    this.#connected = true;
    this.#expect(this.#options.limits.silenceMs, 'no answer');
  }

  /** Ends the request unless something happens within `limitMs`. */
  #expect(limitMs: number, what: string): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.schedule(limitMs, () => {
      this.#gaveUp = true;
      this.#request.destroy(new Error(`${what} within ${limitMs / 1000} s`));
    });
  }

  #failure(thrown: Error): ConnectionError {
    return new ConnectionError(this.#connected ? 'broken' : 'unreachable', connectionMessage(thrown), thrown);
  }
}

function lengthOf(body: HttpCall['body']): number {
  if (body === undefined) return 0;
  return body instanceof Uint8Array ? body.length : body.sizeBytes;
}

function piecesOf(body: HttpCall['body']): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (body === undefined) return [];
  return body instanceof Uint8Array ? [body] : body.read();
}
