// Asks one HTTP endpoint for JSON, or tells it something. Bounded in time and size; a redirect is not followed, as it may lead to a login page
// or to another cluster. Credentials in the URL are used and never shown.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import { EvidenceError } from './evidence-error.js';

/** What may be asked of an endpoint. */
export interface JsonEndpoint {
  /** The URL without credentials, for messages. */
  readonly name: string;
  /** The value at `path` below the URL; undefined where the endpoint says 404. Throws EvidenceError. */
  get(path: string): Promise<unknown>;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined where a status that is no success comes with no JSON. */
  readonly value: unknown;
}

/** What may be told an endpoint. */
export interface JsonSender {
  readonly name: string;
  /** Sends once, whatever becomes of it. Throws EvidenceError where no answer comes, or a success with no JSON. */
  send(method: string, path: string, body?: object): Promise<JsonAnswer>;
}

export interface HttpLimits {
  readonly clock: Clock;
  /** For one whole answer. */
  readonly timeoutMs?: number;
  readonly mostBytes?: number;
}

const TIMEOUT_MS = 20_000;
const MOST_BYTES = 32 * 1024 * 1024;

/** The endpoint at `url`, which may have a path of its own: a proxy, or `/v1`. Nothing is asked yet. */
export function jsonEndpoint(url: URL, limits: HttpLimits): JsonEndpoint {
  const name = nameOf(url);
  return {
    name,
    async get(path) {
      const where = `${name}${path}`;
      const { status, body } = await ask(new URL(where), { auth: credentialsOf(url) }, limits);
      if (status === 404) return undefined;
      if (status !== 200) throw refused(status, where);
      return parse(body, where);
    },
  };
}

/** The same, for what changes something. */
export function jsonSender(url: URL, limits: HttpLimits): JsonSender {
  const name = nameOf(url);
  return {
    name,
    async send(method, path, sent) {
      const where = `${name}${path}`;
      const asked = { auth: credentialsOf(url), method, sent };
      const { status, body } = await ask(new URL(where), asked, limits);
      if (status >= 300 && status < 400) throw refused(status, where);
      return { status, value: status < 300 ? parse(body, where) : parseIfJson(body) };
    },
  };
}

interface Asked {
  readonly auth: string | undefined;
  readonly method?: string;
  /** The body. */
  readonly sent?: object | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function nameOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

function credentialsOf({ username, password }: URL): string | undefined {
  return username === '' ? undefined : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
}

function ask(url: URL, { auth, method = 'GET', sent }: Asked, limits: HttpLimits): Promise<Answer> {
  const { clock, timeoutMs = TIMEOUT_MS, mostBytes = MOST_BYTES } = limits;
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const type = sent === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { accept: 'application/json', ...type };
    const request = start(url, { method, agent: false, headers, ...(auth === undefined ? {} : { auth }) });
    const cancel = clock.schedule(timeoutMs, () => {
      request.destroy(new Error(`no answer within ${timeoutMs / 1000} s`));
    });
    const fail = (thrown: unknown) => {
      cancel();
      reject(unreachable(url, thrown));
    };
    request.on('error', fail);
    request.on('response', (response) => {
      collect(response, mostBytes).then((body) => {
        cancel();
        resolve({ status: response.statusCode ?? 0, body });
      }, fail);
    });
    request.end(sent === undefined ? undefined : JSON.stringify(sent));
  });
}

async function collect(response: IncomingMessage, mostBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) {
      response.destroy();
      throw new Error(`an answer of more than ${mostBytes} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parse(body: string, where: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw notFlink(where, 'no JSON', cause);
  }
}

function parseIfJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** An answer that Flink's REST API does not give. */
export function notFlink(where: string, what: string, cause?: unknown): EvidenceError {
  return new EvidenceError('not-understood', `${where} answers with ${what}`, {
    where,
    next: 'give the URL of the JobManager’s REST API, as the web interface has it, without /#/…',
    ...(cause === undefined ? {} : { cause }),
  });
}

function refused(status: number, where: string): EvidenceError {
  if (status >= 300 && status < 400) return notFlink(where, `a redirect (${status}), which is not followed`);
  return new EvidenceError('unreachable', `${where} answers with status ${status}`, {
    where,
    next:
      status === 401 || status === 403
        ? 'give credentials in the URL: https://user:password@host'
        : 'see the log of the JobManager, or leave the source out',
  });
}

function unreachable(url: URL, cause: unknown): EvidenceError {
  const where = `${url.protocol}//${url.host}${url.pathname}`;
  return new EvidenceError(
    'unreachable',
    `${where} cannot be asked: ${messageOf(cause) || 'no connection'}`,
    {
      where,
      next: 'a source that is named must answer; for certificates of your own set NODE_EXTRA_CA_CERTS',
      cause,
    },
  );
}
