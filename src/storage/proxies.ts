// Which server is reached through which proxy. Pure. The rules are those of curl and Go: the proxy of the protocol, and
// for the names in NO_PROXY and for this very machine none.
import { BlockList, isIP } from 'node:net';
import { UsageError } from '../support/errors.js';

/** Proxies as in HTTPS_PROXY: `http://user:password@proxy.example:3128`, `proxy.example:3128`. */
export interface ProxySettings {
  /** For `http://`. */
  readonly http?: string;
  /** For `https://`. */
  readonly https?: string;
  /**
   * What is reached directly all the same, with commas between: domains with all below them (`example.com`), addresses,
   * networks (`10.0.0.0/8`), each with a port or without; `*` for everything.
   */
  readonly except?: string;
}

/** The proxy on the way to `url`, as a URL; null where there is none. Throws a UsageError where it is no HTTP proxy. */
export function proxyTo(url: URL, { http, https, except = '' }: ProxySettings): string | null {
  const proxy = url.protocol === 'https:' ? https : http;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (proxy === undefined || isThisMachine(host)) return null;
  const isExcepted = except
    .toLowerCase()
    .split(/[\s,]+/)
    .some((exception) => covers(exception, host, port));
  return isExcepted ? null : proxyUrl(proxy);
}

/** The code of the error of a request that a proxy did not let through, and what to do then. */
export const REFUSED_BY_PROXY = 'REFUSED_BY_PROXY';
export const ASK_THE_PROXY =
  'check the login of the proxy (http://USER:PASSWORD@HOST:PORT) and what it lets through, or name the store in NO_PROXY';

/** A proxy without its password, for messages. */
export function proxyName(proxy: string): string {
  return new URL(proxy).host;
}

/** A proxy as a URL; without a scheme it is http, as curl has it. Throws a UsageError where it is no HTTP proxy. */
export function proxyUrl(proxy: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new UsageError('the proxy that is set is no HTTP proxy', {
    where: 'https-proxy, http-proxy',
    next: 'set HTTPS_PROXY or HTTP_PROXY to http://HOST:PORT, or NO_PROXY to what is to be reached directly',
  });
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isIn(host, '127.0.0.0/8') || host === '::1';
}

function covers(exception: string, host: string, port: string): boolean {
  if (exception === '' || exception === '*') return exception === '*';
  const [, name = exception, ofPort = port] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(exception) ?? [];
  if (ofPort !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return bare.includes('/') ? isIn(host, bare) : bare === host;
  const domain = bare.replace(/^\*?\./, '');
  return host === domain || host.endsWith(`.${domain}`);
}

/** Whether an address lies in a network, `10.0.0.0/8`; no where either is none. */
function isIn(host: string, network: string): boolean {
  const [, address = '', bits = ''] = /^([^/]+)\/(\d+)$/.exec(network) ?? [];
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}
