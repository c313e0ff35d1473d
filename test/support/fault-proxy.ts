// A proxy in front of a real HTTP server that does to chosen exchanges what networks, load balancers and tired servers
// do: resets, half answers, other answers, delays. Everything else passes untouched; the Host header too, which
// signatures cover.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request that passes. `index` counts from 0. */
export interface Exchange {
  readonly index: number;
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An answer of the server, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** What is done to an exchange. */
export type Fault =
  /** The server answers; the connection is reset after so many bytes of the body. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** The server is not asked. */
  | { readonly kind: 'answer'; readonly answer: Partial<Answer> & { readonly status: number } }
  /** The server answers, later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The server answers, and this passes instead. */
  | { readonly kind: 'change'; readonly change: (answer: Answer) => Answer };

export interface FaultProxy {
  readonly endpoint: string;
  /** All that was asked so far. */
  readonly exchanges: readonly Exchange[];
  readonly stop: () => Promise<void>;
}

/** Starts a proxy before `endpoint`; `fault` says what happens to an exchange, null that it passes. */
export async function startFaultProxy(
  endpoint: string,
  fault: (exchange: Exchange) => Fault | null,
): Promise<FaultProxy> {
  const exchanges: Exchange[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const { method = '', url: target = '', headers } = incoming;
    const index = exchanges.length;
    // the place in the order is taken before the body has come
    exchanges.push({ index, method, target, headers, body: Buffer.alloc(0) });
    try {
      const exchange: Exchange = { index, method, target, headers, body: await bodyOf(incoming) };
      exchanges[index] = exchange;
      await pass(endpoint, exchange, { outgoing, fault: fault(exchange) });
    } catch {
      outgoing.destroy();
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { endpoint: `http://127.0.0.1:${port}`, exchanges, stop };
}

async function pass(
  endpoint: string,
  exchange: Exchange,
  { outgoing, fault }: { readonly outgoing: ServerResponse; readonly fault: Fault | null },
): Promise<void> {
  if (fault?.kind === 'answer')
    return send(outgoing, { headers: {}, body: Buffer.alloc(0), ...fault.answer });
  if (fault?.kind === 'delay') await delay(fault.ms);
  const answer = await ask(endpoint, exchange);
  if (fault?.kind === 'change') return send(outgoing, fault.change(answer));
  if (fault?.kind !== 'reset') return send(outgoing, answer);
  outgoing.writeHead(answer.status, answer.headers);
  outgoing.write(answer.body.subarray(0, fault.afterBytes), () => outgoing.socket?.resetAndDestroy());
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, headers);
  outgoing.end(body);
}

function ask(endpoint: string, { method, target, headers, body }: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(endpoint),
      { method, path: target, headers, agent: false },
      async (response) => {
        try {
          const { 'transfer-encoding': _, ...rest } = response.headers;
          resolve({
            status: response.statusCode ?? 0,
            headers: rest as Answer['headers'],
            body: await bodyOf(response),
          });
        } catch (thrown) {
          reject(thrown);
        }
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
