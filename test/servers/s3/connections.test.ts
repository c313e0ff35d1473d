// How the server is reached: through a proxy, and by TLS with a certificate of one's own.

import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { child, type Location } from '../../../src/model/location.js';
import { kindOf, listAll, text } from '../../contract/storage-contract.js';
import { type ForwardProxy, startForwardProxy } from '../../support/forward-proxy.js';
import { certificate, certificateFile, key } from '../../support/tls/store.js';
import { describeS3 } from './available.js';
import { configurationOf, newBucket, openAt } from './bucket.js';
import { type S3Server, startS3 } from './server.js';

describeS3('S3 that is not reached directly', () => {
  let server: S3Server;
  let bucket: Location;
  let secure: SecureFront;
  let proxy: ForwardProxy;

  beforeAll(async () => {
    server = await startS3();
    bucket = await newBucket(server);
    secure = await startSecureFront(server.endpoint);
    const hosts = { 'store.test:9000': Number(new URL(server.endpoint).port), 'store.test:443': secure.port };
    proxy = await startForwardProxy({ hosts, login: 'me:secret' });
  });
  afterAll(async () => {
    await proxy?.stop();
    secure?.stop();
    await server?.stop();
  });

  const openBehind = (endpoint: string, login = 'me:secret') => {
    const way = `http://${login}@${proxy.address}`;
    const proxies = { http: way, https: way };
    return openAt(configurationOf(server, { endpoint, proxies, caFile: certificateFile }), { attempts: 1 });
  };

  it.each(['http://store.test:9000', 'https://store.test'])('works through a proxy: %s', async (endpoint) => {
    const storage = await openBehind(endpoint);
    await storage.put(child(bucket, 'p/f'), text('by proxy'));
    expect(Buffer.from(await storage.read(child(bucket, 'p/f'))).toString()).toBe('by proxy');
    expect((await listAll(storage, child(bucket, 'p'))).entries).toHaveLength(1);
    expect(await storage.remove([child(bucket, 'p/f'), child(bucket, 'p/g')])).toMatchObject([
      { outcome: 'removed' },
      { outcome: 'removed' },
    ]);
    expect(await kindOf(storage.stat(child(bucket, 'p/f')))).toBe('not-found');
  });

  it.each(['http://store.test:9000', 'https://store.test'])(
    'takes nothing for absent because the proxy refuses: %s',
    async (endpoint) => {
      const refused = await openBehind(endpoint, 'me:wrong');
      expect(['unavailable', 'denied']).toContain(await kindOf(refused.stat(child(bucket, 'f'))));
      expect(['unavailable', 'denied']).toContain(await kindOf(listAll(refused, bucket)));
      const elsewhere = await openBehind(endpoint.replace('store', 'nowhere'));
      expect(await kindOf(elsewhere.stat(child(bucket, 'f')))).toBe('unavailable');
    },
  );

  it('says what to do about a certificate that nobody trusts', async () => {
    const way = `http://me:secret@${proxy.address}`;
    const storage = await openAt(
      configurationOf(server, { endpoint: 'https://store.test', proxies: { https: way } }),
    );
    const error: unknown = await storage.stat(child(bucket, 'f')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'denied', next: expect.stringContaining('certificate') });
  });
});

interface SecureFront {
  readonly port: number;
  readonly stop: () => void;
}

/** TLS in front of a server without. */
async function startSecureFront(endpoint: string): Promise<SecureFront> {
  const server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const asked = request(new URL(endpoint), { method, path, headers, agent: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    asked.once('error', () => outgoing.destroy());
    incoming.pipe(asked);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, stop };
}
