// Ports for servers of tests. They are free when they are chosen; another process may be quicker to take one, and then
// the server is started again on others.
import { createServer, type Server } from 'node:net';

const ATTEMPTS = 3;
const TAKEN = /address already in use|BindException/i;

/** Starts something on `count` free ports. */
export async function onFreePorts<T>(
  count: number,
  start: (ports: readonly number[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePorts(count));
    } catch (thrown) {
      if (attempt === ATTEMPTS || !TAKEN.test(String(thrown))) throw thrown;
    }
  }
}

/** From below the range that the kernel gives to outgoing connections, which could take one meanwhile. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  while (servers.length < count) {
    const server = createServer();
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isFree) servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as { readonly port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
