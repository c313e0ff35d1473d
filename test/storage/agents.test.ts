// Connections through a real proxy, to servers that only it can find.
import { createServer as createPlain, get as getPlain, type RequestListener, type Server } from 'node:http';
import { createServer as createSecure, get as getSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Agents, agentsFor } from '../../src/storage/agents.js';
import { fetchFromDataNode } from '../../src/storage/hdfs/byte-stream.js';
import { UsageError } from '../../src/support/errors.js';
import { type ForwardProxyOptions, startForwardProxy } from '../support/forward-proxy.js';
import { certificate, key } from '../support/tls/store.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const HELLO: RequestListener = ({ url }, outgoing) => void outgoing.end(`hello ${url}`);

async function serve(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  cleanups.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return (server.address() as AddressInfo).port;
}

const proxied = async (options: ForwardProxyOptions) => {
  const proxy = await startForwardProxy(options);
  cleanups.push(proxy.stop);
  return proxy;
};

const agentsThrough = (proxy: string): Promise<Agents> =>
  agentsFor({ http: proxy, https: proxy }, { keepAlive: true, maxSockets: 2, ca: certificate });

function ask(url: string, agents: Agents): Promise<{ readonly status: number; readonly text: string }> {
  const isSecure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const asked = (isSecure ? getSecure : getPlain)(
      url,
      { agent: isSecure ? agents.https : agents.http },
      async (answer) => {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk as Buffer);
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      },
    );
    asked.once('error', reject);
  });
}

describe('connections through a proxy', () => {
  it('reach https through a tunnel, with a certificate that is trusted for it', async () => {
    const proxy = await proxied({
      hosts: { 'store.test:443': await serve(createSecure({ cert: certificate, key }, HELLO)) },
    });
    const agents = await agentsThrough(`http://${proxy.address}`);
    expect(await ask('https://store.test/a', agents)).toEqual({ status: 200, text: 'hello /a' });
    expect(proxy.requests).toEqual(['CONNECT store.test:443']);
  });

  it('reach http by whole URLs, with the name and password of the proxy', async () => {
    const login = 'me:p@ss';
    const proxy = await proxied({ login, hosts: { 'nn.test:9870': await serve(createPlain(HELLO)) } });
    const agents = await agentsThrough(`http://me:p%40ss@${proxy.address}`);
    for (const path of ['/a?b', '/c'])
      expect(await ask(`http://nn.test:9870${path}`, agents)).toEqual({ status: 200, text: `hello ${path}` });
    expect(proxy.requests).toEqual(['GET http://nn.test:9870/a?b', 'GET http://nn.test:9870/c']);
  });

  it('answer many requests at once, over connections that are kept', async () => {
    const hosts = { 'store.test:443': await serve(createSecure({ cert: certificate, key }, HELLO)) };
    const proxy = await proxied({ hosts });
    const agents = await agentsThrough(`http://${proxy.address}`);
    const asked = Array.from({ length: 20 }, (_, i) => ask(`https://store.test/${i}`, agents));
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(asked.map((_, i) => `hello /${i}`));
    expect(proxy.requests).toHaveLength(2);
  });

  it('never take what the proxy says for the answer of the server, over https', async () => {
    const proxy = await proxied({ hosts: {}, login: 'me:secret' });
    const agents = await agentsThrough(`http://me:wrong@${proxy.address}`);
    await expect(ask('https://store.test/', agents)).rejects.toThrow(
      `through the proxy ${proxy.address}: it refuses the connection with status 407`,
    );
  });

  it('say that it was the proxy that could not be reached, and not its password', async () => {
    const port = await serve(createPlain());
    for (const cleanup of cleanups.splice(0)) cleanup();
    const agents = await agentsThrough(`http://me:secret@127.0.0.1:${port}`);
    for (const url of ['http://store.test/', 'https://store.test/']) {
      const error: unknown = await ask(url, agents).catch((thrown: unknown) => thrown);
      expect(String(error)).toContain(`through the proxy 127.0.0.1:${port}: connect ECONNREFUSED`);
      expect(String(error)).not.toContain('secret');
    }
  });

  it('go directly to this machine', async () => {
    const port = await serve(createPlain(HELLO));
    const agents = await agentsThrough('http://nowhere.test:1');
    expect(await ask(`http://127.0.0.1:${port}/a`, agents)).toEqual({ status: 200, text: 'hello /a' });
  });

  it('are refused where the proxy is none of HTTP', async () => {
    await expect(agentsFor({ https: 'socks5://proxy.test:1080' }, { keepAlive: true })).rejects.toThrow(
      UsageError,
    );
  });

  it.each(['http', 'https'])('bring the bytes of a DataNode by %s', async (protocol) => {
    const server = protocol === 'http' ? createPlain(HELLO) : createSecure({ cert: certificate, key }, HELLO);
    const proxy = await proxied({ hosts: { 'store.test:9864': await serve(server) } });
    const url = new URL(`${protocol}://store.test:9864/webhdfs/v1/f?op=OPEN`);
    const way = `http://${proxy.address}`;
    const answer = await fetchFromDataNode(url, {
      silenceMs: 10_000,
      ca: certificate,
      proxies: { http: way, https: way },
    });
    expect(answer).toMatchObject({ status: 200, body: Buffer.from('hello /webhdfs/v1/f?op=open') });
    expect(proxy.requests).toHaveLength(1);
  });
});
