// A small HTTP proxy as companies have them: tunnels by CONNECT, and requests with a whole URL. It alone knows where the
// names of `hosts` lead, so that what reaches them has come through it.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ForwardProxy {
  /** `127.0.0.1:1234` */
  readonly address: string;
  /** `CONNECT store.test:443`, `GET http://store.test/…` in the order in which they came. */
  readonly requests: readonly string[];
  readonly stop: () => Promise<void>;
}

export interface ForwardProxyOptions {
  /** Ports on 127.0.0.1 by the `name:port` that clients ask for. */
  readonly hosts: Readonly<Record<string, number>>;
  /** `user:password`; others are refused with 407. */
  readonly login?: string;
}

export async function startForwardProxy({ hosts, login }: ForwardProxyOptions): Promise<ForwardProxy> {
  const requests: string[] = [];
  const sockets = new Set<Duplex>();
  const statusFor = (incoming: IncomingMessage, authority: string): number => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const given = incoming.headers['proxy-authorization'];
    if (login !== undefined && given !== `Basic ${Buffer.from(login).toString('base64')}`) return 407;
    return hosts[authority] === undefined ? 502 : 200;
  };
  const server = createServer((incoming, outgoing) => {
    const host = URL.canParse(incoming.url ?? '') ? new URL(incoming.url ?? '').host : '';
    const status = statusFor(incoming, host);
    if (status === 200) forward(incoming, outgoing, hosts[host]!);
    else outgoing.writeHead(status).end();
  });
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  server.on('connect', (incoming, socket) => {
    const status = statusFor(incoming, incoming.url ?? '');
    if (status === 200) sockets.add(tunnel(socket, hosts[incoming.url ?? '']!));
    else socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, requests, stop };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const { pathname, search } = new URL(incoming.url ?? '');
  const { 'proxy-authorization': _, 'proxy-connection': __, ...headers } = incoming.headers;
  const asked = request(
    { host: '127.0.0.1', port, method: incoming.method, path: pathname + search, headers, agent: false },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  asked.once('error', () => outgoing.destroy());
  incoming.pipe(asked);
}

function tunnel(socket: Duplex, port: number): Socket {
  const far = connect(port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(far).pipe(socket);
  });
  far.on('error', () => socket.destroy());
  socket.on('error', () => far.destroy());
  return far;
}
