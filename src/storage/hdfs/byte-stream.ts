// The bytes of a file from a DataNode, by the package webhdfs. It is given an encoded path and a time limit, is
// listened to for errors to the end, and believed only if all announced bytes came: left alone it takes a connection
// that broke for the end of the file, and an error message that comes in two pieces for two errors.
/// <reference path="./webhdfs.d.ts" />
import type { IncomingMessage } from 'node:http';
import { connectionMessage } from '../agents.js';
import { type ProxySettings, proxyTo } from '../proxies.js';
import { ConnectionError, type HttpAnswer } from './http.js';

export interface StreamOptions {
  /** Longest wait for a connection and for the next bytes. */
  readonly silenceMs: number;
  readonly ca?: string | undefined;
  readonly proxies?: ProxySettings | undefined;
}

/** The answer of the DataNode at `url`, of any status, wholly received. Throws a ConnectionError where none came. */
export async function fetchFromDataNode(url: URL, options: StreamOptions): Promise<HttpAnswer> {
  const { silenceMs, ca, proxies = {} } = options;
  const { default: webhdfs } = await import('webhdfs');
  const client = webhdfs.createClient(
    { protocol: url.protocol.slice(0, -1), host: url.hostname, port: portOf(url), path: '' },
    {
      timeout: silenceMs,
      proxy: proxyTo(url, proxies),
      // the one is read without a proxy, the other with one
      ...(ca !== undefined && { agentOptions: { ca }, ca }),
    },
  );
  const query = Object.fromEntries([...url.searchParams].filter(([name]) => name !== 'op'));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let response: IncomingMessage | undefined;
    const stream = client.createReadStream(url.pathname, query);
    stream.on('response', (started) => {
      response = started;
      // Of an error the package takes away the listeners it finds, to read it itself; this one comes later.
      stream.on('data', (chunk) => chunks.push(chunk));
    });
    stream.on('error', (error) => {
      // What the package makes of the body of an error answer has no code; that body is judged at its end.
      const ofBody = (response?.statusCode ?? 0) >= 400 && !('code' in error);
      if (!ofBody) reject(connectionError(error, response));
    });
    stream.on('complete', () => {
      if (response?.complete !== true) reject(connectionError(new Error('the connection broke'), response));
      else
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
    });
  });
}

function connectionError(error: Error, response: IncomingMessage | undefined): ConnectionError {
  return new ConnectionError(
    response === undefined ? 'unreachable' : 'broken',
    connectionMessage(error),
    error,
  );
}

function portOf(url: URL): string {
  return url.port !== '' ? url.port : url.protocol === 'https:' ? '443' : '80';
}
