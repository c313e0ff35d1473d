// A server that gives recorded answers, and whatever else a test wants to be answered.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly job: string;
  readonly second: string;
  readonly phases: Readonly<Record<string, Readonly<Record<string, { status: number; body: unknown }>>>>;
}

/** What a real cluster answered. */
export const RECORDED: Recorded = JSON.parse(
  readFileSync(new URL('answers/flink-2.3.0.json', import.meta.url), 'utf8'),
);

export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs `use` against a server that answers so; the server is gone afterwards. */
export async function withServer<T>(answer: Answering, use: (url: URL) => Promise<T>): Promise<T> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await use(new URL(`http://127.0.0.1:${port}`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The answers of a phase; anything else is a 404, as Flink says it. */
export function recorded(
  phase: string,
  change: (path: string, body: unknown) => unknown = (_, body) => body,
): Answering {
  return (request, response) => {
    const path = request.url ?? '';
    const { status, body } = RECORDED.phases[phase]![path] ?? {
      status: 404,
      body: { errors: ['Not found'] },
    };
    response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
    response.end(JSON.stringify(change(path, structuredClone(body))));
  };
}
