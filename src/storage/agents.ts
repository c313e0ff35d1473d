// The agents that open connections to stores: Node's own, or such as go through a proxy where one is set. What speaks to
// proxies is loaded then.
import {
  type Agent,
  type AgentOptions,
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
import { type ProxySettings, proxyName, proxyTo, proxyUrl, REFUSED_BY_PROXY } from './proxies.js';

export interface ConnectionOptions extends Pick<AgentOptions, 'maxSockets' | 'timeout'> {
  readonly keepAlive: boolean;
  /** Certificates in PEM to trust instead of the well-known ones. */
  readonly ca?: string;
}

/** Agents for `http:` and for `https:`. */
export interface Agents {
  readonly http: Agent;
  readonly https: Agent;
}

/** Agents for servers that are reached directly. */
export function directAgents({ ca, ...options }: ConnectionOptions): Agents {
  return {
    http: new HttpAgent(options),
    https: new HttpsAgent(ca === undefined ? options : { ...options, ca }),
  };
}

/** The message of an error of node:http, in one line; one that stands for several addresses has a code only. */
export function connectionMessage({
  message,
  code,
}: {
  readonly message?: string;
  readonly code?: string;
}): string {
  const [line = ''] = (message ?? '').trim().split('\n');
  return OPENSSL.exec(line)?.[1] ?? (line || code || 'the connection failed');
}

/** What OpenSSL has to say, between the places in its own files. */
const OPENSSL = /SSL routines:[^:]*:([^:]+)/;

/**
 * Agents that decide for every request whether it goes through a proxy. Throws a UsageError for a proxy that cannot be
 * used.
 */
export async function agentsFor(proxies: ProxySettings, options: ConnectionOptions): Promise<Agents> {
  const { http, https } = directAgents(options);
  const set = [proxies.http, proxies.https].filter((proxy) => proxy !== undefined);
  if (set.map(proxyUrl).length === 0) return { http, https };
  const [{ HttpProxyAgent }, { HttpsProxyAgent }] = await Promise.all([
    import('http-proxy-agent'),
    import('https-proxy-agent'),
  ]);
  const secureTarget = { secureEndpoint: true, ...(options.ca !== undefined && { ca: options.ca }) };
  return {
    http: choosing(http, {
      proxies,
      target: { secureEndpoint: false },
      agentThrough: (proxy) => new HttpProxyAgent(proxy, options),
    }),
    https: choosing(https, {
      proxies,
      target: secureTarget,
      agentThrough: (proxy) => refusing(new HttpsProxyAgent(proxy, options)),
    }),
  };
}

/** How Node hands a request to an agent, and one agent to another; the types of Node leave it out. */
type RequestTaker = Agent & {
  addRequest(request: ClientRequest, options: RequestOptions & { readonly secureEndpoint?: boolean }): void;
};

interface Ways {
  readonly proxies: ProxySettings;
  /** What the agents through proxies have to be told at every request. */
  readonly target: { readonly secureEndpoint: boolean; readonly ca?: string };
  readonly agentThrough: (proxy: string) => Agent;
}

/** The agent `direct`, handing on what goes through a proxy. */
function choosing(direct: Agent, { proxies, target, agentThrough }: Ways): Agent {
  const known = new Map<string, RequestTaker>();
  const addDirectly = (direct as RequestTaker).addRequest.bind(direct);
  const addRequest: RequestTaker['addRequest'] = (request, options) => {
    const host = options.host ?? '';
    const authority = `${isIPv6(host) ? `[${host}]` : host}:${options.port}`;
    const proxy = proxyTo(new URL(`${target.secureEndpoint ? 'https' : 'http'}://${authority}`), proxies);
    if (proxy === null) return addDirectly(request, options);
    nameInErrors(request, proxy);
    const way = known.get(proxy) ?? (agentThrough(proxy) as RequestTaker);
    known.set(proxy, way);
    way.addRequest(request, { ...options, ...target });
  };
  return Object.assign(direct, { addRequest });
}

/** Left alone, the agent takes what a proxy says that refuses a tunnel for the answer of the server. */
function refusing(agent: Agent): Agent {
  return agent.on('proxyConnect', ({ statusCode }: IncomingMessage, request: ClientRequest) => {
    if (statusCode === 200) return;
    const isDenied = statusCode === 403 || statusCode === 407;
    const error = new Error(`it refuses the connection with status ${statusCode}`);
    request.destroy(isDenied ? Object.assign(error, { code: REFUSED_BY_PROXY }) : error);
  });
}

/** A refused connection names the address that refused: that it is the proxy's is to be said. */
function nameInErrors(request: ClientRequest, proxy: string): void {
  request.prependListener('error', (error) => {
    error.message = `through the proxy ${proxyName(proxy)}: ${connectionMessage(error)}`;
  });
}
