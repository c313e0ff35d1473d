// A server that answers like a NameNode what a test tells it to, for what a real one does too seldom.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  readonly method: string;
  readonly op: string;
  /** Decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query as sent. */
  readonly target: string;
  readonly body: string;
}

/** A document, an exception, a whole answer, or null: silence. */
export type FakeAnswer =
  | { readonly json: unknown }
  | { readonly exception: string; readonly status: number }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | null;

export interface FakeNameNode {
  /** `127.0.0.1:1234` */
  readonly address: string;
  readonly requests: readonly FakeRequest[];
  readonly stop: () => Promise<void>;
}

export async function startFakeNameNode(answer: (request: FakeRequest) => FakeAnswer): Promise<FakeNameNode> {
  const requests: FakeRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const request = await readRequest(incoming);
    requests.push(request);
    send(outgoing, answer(request));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests, stop };
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { method = '', url: target = '' } = incoming;
  const { pathname, searchParams: query } = new URL(target, 'http://fake');
  const path = decodeURIComponent(pathname.replace('/webhdfs/v1', ''));
  return { method, op: query.get('op') ?? '', path, query, target, body: Buffer.concat(chunks).toString() };
}

function send(outgoing: ServerResponse, answer: FakeAnswer): void {
  if (answer === null) return;
  if ('json' in answer) outgoing.writeHead(200).end(JSON.stringify(answer.json));
  else if ('exception' in answer) {
    const { exception } = answer;
    const message = `about ${exception}\n\tat some.java.Class`;
    outgoing.writeHead(answer.status).end(JSON.stringify({ RemoteException: { exception, message } }));
  } else outgoing.writeHead(answer.status, answer.headers).end(answer.body);
}

/** A FileStatus as a NameNode writes it. */
export function fileStatus(pathSuffix: string, more: Readonly<Record<string, unknown>> = {}): object {
  return { pathSuffix, type: 'FILE', length: 1, modificationTime: 1000, childrenNum: 0, fileId: 7, ...more };
}

/** A page of LISTSTATUS_BATCH. */
export function page(statuses: readonly object[], remainingEntries = 0): FakeAnswer {
  const partialListing = { FileStatuses: { FileStatus: statuses } };
  return { json: { DirectoryListing: { partialListing, remainingEntries } } };
}
