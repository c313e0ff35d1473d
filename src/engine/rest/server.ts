// The HTTP server of a running job. Whoever can reach it can stop the job and have savepoints written, as with Flink, so it
// listens at the loopback address unless told otherwise, and answers no web page but its own: neither one that was
// opened elsewhere (Origin) nor one whose name has been made to point here (Host).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../support/clock.js';
import { messageOf, UsageError } from '../../support/errors.js';
import type { Body } from './job-commands.js';
import { RestError } from './rest-error.js';
import { answer, jsonAnswer, type RestAnswer, type RestWorld } from './routes.js';

/** Where to listen. */
export interface RestAddress {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

export interface RestServer {
  /** With the port that it listens at. */
  readonly url: URL;
  /** From now on requests are answered; before that they are told to come back. */
  serve(world: RestWorld): void;
  /** Ends it, when those who wait for a result have got it, or after a few seconds. */
  close(): Promise<void>;
}

const MOST_BODY_BYTES = 64 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
const MOST_CONNECTIONS = 100;
/** Clients ask for results about once a second. */
const LINGER_MS = 5000;

/** Begins to listen. Throws a UsageError where the address cannot be had. It does not keep the process from ending. */
export async function listen(address: RestAddress, clock: Clock): Promise<RestServer> {
  let world: RestWorld | null = null;
  const names = ownNames(address);
  const server = createServer((request, response) => {
    respond(request, response, { world, names }).catch(() => response.destroy());
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.maxConnections = MOST_CONNECTIONS;
  await bind(server, address);
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://${shownHost(address.host)}:${port}/`),
    serve: (served) => {
      world = served;
    },
    close: async () => {
      if (world !== null) await atMost(LINGER_MS, world.operations.paid(), clock);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await atMost(LINGER_MS, closed, clock);
      server.closeAllConnections();
    },
  };
}

function bind(server: Server, { host, port }: RestAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new UsageError(`cannot listen at ${host}:${port}: ${messageOf(cause)}`, {
          where: '--rest',
          next: 'choose another port, or 0 for any that is free',
          cause,
        }),
      );
    });
    // A job that has nothing left to do ends, whether or not somebody might still ask.
    server.listen(port, host, resolve).unref();
  });
}

interface Served {
  readonly world: RestWorld | null;
  /** Names that a request may give this server; null for any. */
  readonly names: ReadonlySet<string> | null;
}

async function respond(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { status, type, text } = await answerTo(request, served).catch(explain);
  response.writeHead(status, {
    'content-type': type,
    // One request a connection: nothing lingers when the job has ended.
    connection: 'close',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'",
  });
  response.end(text);
}

async function answerTo(request: IncomingMessage, { world, names }: Served): Promise<RestAnswer> {
  checkAsker(request, names);
  if (world === null)
    throw new RestError(503, 'Service temporarily unavailable: the job has not started yet.');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  return answer(world, {
    method: request.method ?? 'GET',
    path: pathname.replace(/^\/v1(?=\/)/, '').replace(/(?<=.)\/$/, ''),
    query: searchParams,
    body: await bodyOf(request),
  });
}

function checkAsker({ headers }: IncomingMessage, names: ReadonlySet<string> | null): void {
  const { host = '', origin } = headers;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (names !== null && !names.has(name)) throw new RestError(403, `This server is not ${name}.`);
  if (origin !== undefined && origin !== `http://${host}`)
    throw new RestError(403, `Web pages of ${origin} have nothing to ask here.`);
}

/** Null where it listens at more than the loopback address: what it is called then nobody here knows. */
function ownNames({ host }: RestAddress): ReadonlySet<string> | null {
  const loopback = new Set(['127.0.0.1', 'localhost', '[::1]']);
  return loopback.has(shownHost(host)) ? loopback : null;
}

function shownHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The object in the body; an empty one where there is none. */
async function bodyOf(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BODY_BYTES) throw new RestError(413, `A body of more than ${MOST_BODY_BYTES} bytes.`);
    parts.push(part);
  }
  return bytes === 0 ? {} : parseBody(Buffer.concat(parts).toString('utf8'));
}

function parseBody(text: string): Body {
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below, as what is JSON and no object.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body;
  throw new RestError(400, 'Request did not match expected format: the body is no JSON object.');
}

function explain(thrown: unknown): RestAnswer {
  const status = thrown instanceof RestError ? thrown.status : 500;
  return jsonAnswer(status, { errors: [messageOf(thrown)] });
}

/** Resolves with `promise`, or when the time is over. */
function atMost(ms: number, promise: Promise<void>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(ms, resolve);
    promise.then(() => {
      cancel();
      resolve();
    });
  });
}
