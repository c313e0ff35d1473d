// Exchanges with servers that break off, say more or less than they should, or close what was to be used again.
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { directAgents } from '../../../src/storage/agents.js';
import { fetchFromDataNode } from '../../../src/storage/hdfs/byte-stream.js';
import { ConnectionError, HttpClient, KEPT_CONNECTIONS } from '../../../src/storage/hdfs/http.js';
import { ManualClock } from '../../../src/support/clock.js';

const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];
afterEach(async () => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server that does `answer` with the head of each request; `count` counts requests from 1. */
async function serve(answer: (socket: Socket, count: number) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      if (/^(GET|PUT) /.test(bytes.toString('latin1'))) answer(socket, ++count);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  servers.push({ server, sockets });
  return new URL(
    `http://127.0.0.1:${(server.address() as { port: number }).port}/webhdfs/v1/a%2520b?op=OPEN&x=1`,
  );
}

const clock = new ManualClock();
const agents = directAgents(KEPT_CONNECTIONS);
const client = () => new HttpClient({ clock, limits: { connectMs: 1000, silenceMs: 1000 }, agents });
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const failureOf = (action: Promise<unknown>): Promise<unknown> => action.catch((thrown: unknown) => thrown);

describe('an exchange', () => {
  it('does not mind the unasked 100 Continue of a DataNode', async () => {
    const url = await serve((socket) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      socket.write('HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n');
    });
    const answer = await client().exchange({ method: 'PUT', url, body: new Uint8Array(200_000) });
    expect(answer.status).toBe(201);
  });

  it('is broken where the answer ends early, and where none comes in time', async () => {
    const short = await serve((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'));
    expect(await failureOf(client().exchange({ method: 'GET', url: short }))).toMatchObject({
      reached: 'broken',
    });
    const silent = await serve((socket, count) => {
      if (count === 2)
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok', () => setImmediate(tick));
      else clock.advance(1000);
    });
    const tick = (): void => clock.advance(1000);
    for (let time = 0; time < 2; time++) {
      expect(await failureOf(client().exchange({ method: 'GET', url: silent }))).toMatchObject({
        reached: 'broken',
        message: expect.stringContaining('1 s'),
      });
    }
  });

  it('repeats a read that met a connection just closed, and leaves a change to the caller', async () => {
    const url = await serve((socket, count) => {
      if (count === 2 || count === 5) socket.destroy();
      else socket.write(OK);
    });
    const http = client();
    const ask = (method: 'GET' | 'PUT') => failureOf(http.exchange({ method, url }));
    expect(await ask('GET')).toMatchObject({ status: 200 });
    expect(await ask('GET')).toMatchObject({ status: 200 });
    expect(await ask('PUT')).toMatchObject({ status: 200 });
    expect(await ask('PUT')).toMatchObject({ reached: 'broken' });
  });
});

describe('the package webhdfs behind its adapter', () => {
  const fetch = (url: URL) => fetchFromDataNode(url, { silenceMs: 300 });

  it('asks for the path as it was encoded, and hands over all bytes', async () => {
    let asked = '';
    const url = await serve((socket) => socket.write(OK));
    const { server } = servers.at(-1)!;
    server.on('connection', (socket: Socket) => socket.once('data', (bytes) => (asked = bytes.toString())));
    expect(await fetch(url)).toMatchObject({ status: 200, body: Buffer.from('ok') });
    expect(asked).toMatch(/^GET \/webhdfs\/v1\/a%2520b\?op=open&x=1 /);
  });

  it.each([
    ['a body that ends early', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'],
    ['chunks that end early', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n'],
    ['an error whose body ends early', 'HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n{}'],
    ['no HTTP', 'nonsense\r\n\r\n'],
  ])('takes %s for a broken connection', async (_, answer) => {
    const url = await serve((socket) => socket.end(answer));
    expect(await failureOf(fetch(url))).toBeInstanceOf(ConnectionError);
  });

  it('gives up on a server that is silent, before and in its answer', async () => {
    const before = await serve(() => undefined);
    expect(await failureOf(fetch(before))).toBeInstanceOf(ConnectionError);
    const within = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok'));
    expect(await failureOf(fetch(within))).toBeInstanceOf(ConnectionError);
  });

  it('fails where nobody listens', async () => {
    const url = await serve(() => undefined);
    const { server } = servers.at(-1)!;
    await new Promise((resolve) => server.close(resolve));
    expect(await failureOf(fetch(url))).toMatchObject({ reached: 'unreachable' });
  });

  it.each([404, 403, 500, 502])(
    'reads the body of a %d that comes in two pieces to its end',
    async (status) => {
      const body = '{"RemoteException":{"exception":"X"}}';
      const url = await serve((socket) => {
        socket.write(`HTTP/1.1 ${status} Y\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`);
        setImmediate(() => socket.write(body.slice(9)));
      });
      expect(await fetch(url)).toMatchObject({ status, body: Buffer.from(body) });
    },
  );
});
