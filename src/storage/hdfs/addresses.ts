// Which NameNodes serve a location, and at which addresses of WebHDFS: from the location itself, from --webhdfs, or
// from Hadoop's configuration. Pure.
import { formatLocation, type Location, parseUri } from '../../model/location.js';
import { UsageError } from '../../support/errors.js';
import type { HadoopConfiguration } from './hadoop-configuration.js';

/** What is known beside the location. */
export interface NameNodeSources {
  /** `HOST:PORT` of each NameNode of a pair, as --webhdfs has them; wins over everything else. */
  readonly webhdfs: readonly string[];
  /** Of HADOOP_CONF_DIR; null without one. */
  readonly configuration: HadoopConfiguration | null;
}

type Protocol = 'http' | 'https';

const DEFAULT_PORT: Readonly<Record<Protocol, number>> = { http: 9870, https: 9871 };
const KEYS: Readonly<Record<Protocol, readonly string[]>> = {
  http: ['dfs.namenode.http-address', 'dfs.http.address'],
  https: ['dfs.namenode.https-address', 'dfs.https.address'],
};
const NEXT = 'name the NameNodes with --webhdfs HOST:PORT, or set HADOOP_CONF_DIR';

/** Origins (`http://host:9870`), the one to ask first in front. Throws a UsageError where they cannot be known. */
export function nameNodesOf(location: Location, sources: NameNodeSources): readonly URL[] {
  const { webhdfs, configuration } = sources;
  const protocol = protocolOf(location, configuration);
  if (webhdfs.length > 0) return webhdfs.map((address) => originOf(protocol, address, location));
  const authority = authorityOf(location, configuration);
  const logical = configuration === null ? [] : nameServiceOf(authority, protocol, configuration);
  if (logical.length > 0) return logical.map((address) => originOf(protocol, address, location));
  if (location.scheme !== 'hdfs') return [originOf(protocol, authority, location)];
  // The port of hdfs:// is that of the RPC: WebHDFS is at another.
  const { hostname } = originOf(protocol, authority, location);
  return [originOf(protocol, hostname, location)];
}

function protocolOf({ scheme }: Location, configuration: HadoopConfiguration | null): Protocol {
  if (scheme === 'swebhdfs') return 'https';
  if (scheme === 'webhdfs') return 'http';
  return configuration?.('dfs.http.policy')?.toUpperCase() === 'HTTPS_ONLY' ? 'https' : 'http';
}

/** The name service or host of a location: for `hdfs:///path` that of `fs.defaultFS`. Errors as for {@link nameNodesOf}. */
export function authorityOf(location: Location, configuration: HadoopConfiguration | null): string {
  if (location.authority !== '') return location.authority;
  const defaultFs = configuration === null ? null : defaultFsOf(configuration);
  if (defaultFs?.store === 'hdfs' && defaultFs.authority !== '') return defaultFs.authority;
  const what = defaultFs === null ? 'no fs.defaultFS is configured' : 'fs.defaultFS is no HDFS';
  const where = formatLocation(location);
  throw new UsageError(`${where} names no NameNode, and ${what}`, { where, next: NEXT });
}

function defaultFsOf(get: HadoopConfiguration): Location | null {
  return parseUri(get('fs.defaultFS') ?? get('fs.default.name') ?? '');
}

/**
 * Addresses that the configuration has for a name service, or for the NameNode whose RPC address this is; else none.
 */
function nameServiceOf(authority: string, protocol: Protocol, get: HadoopConfiguration): readonly string[] {
  const services = listOf(get('dfs.nameservices'));
  if (services.includes(authority)) {
    return suffixesOf(authority, get).map((suffix) => addressOf(suffix, authority, protocol, get));
  }
  const suffix = ['', ...services.flatMap((service) => suffixesOf(service, get))].find(
    (candidate) => withRpcPort(rpcAddressOf(candidate, get) ?? '') === withRpcPort(authority),
  );
  return suffix === undefined ? [] : [addressOf(suffix, authority, protocol, get)];
}

/** What is put behind the keys of each NameNode of a name service: `.ns.nn1`, or `.ns` where it has one only. */
function suffixesOf(service: string, get: HadoopConfiguration): readonly string[] {
  const ids = listOf(get(`dfs.ha.namenodes.${service}`));
  return ids.length === 0 ? [`.${service}`] : ids.map((id) => `.${service}.${id}`);
}

/** A single NameNode may be configured by the default file system alone. */
function rpcAddressOf(suffix: string, get: HadoopConfiguration): string | undefined {
  return (
    get(`dfs.namenode.rpc-address${suffix}`) ?? (suffix === '' ? defaultFsOf(get)?.authority : undefined)
  );
}

function withRpcPort(address: string): string {
  return /:\d+$/.test(address) ? address : `${address}:8020`;
}

/** Where Hadoop's address is none, or that of all interfaces, the host is that of the RPC address. */
function addressOf(suffix: string, authority: string, protocol: Protocol, get: HadoopConfiguration): string {
  const set = KEYS[protocol].map((key) => get(key + suffix)).find((value) => value !== undefined);
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(set ?? '')!;
  if (host !== '' && host !== '0.0.0.0') return set!;
  const rpcHost = (rpcAddressOf(suffix, get) ?? authority).replace(/:\d+$/, '');
  return `${rpcHost}:${port ?? DEFAULT_PORT[protocol]}`;
}

function listOf(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((element) => element.trim())
    .filter((element) => element !== '');
}

/** `host`, `host:9870` or `[::1]:9870` as an origin. */
function originOf(protocol: Protocol, address: string, location: Location): URL {
  const url =
    /^[^/?#@\s]+$/.test(address) && URL.canParse(`${protocol}://${address}`)
      ? new URL(`${protocol}://${address}`)
      : null;
  if (url === null) {
    const where = formatLocation(location);
    throw new UsageError(`${address} is no HOST:PORT of a NameNode`, { where, next: NEXT });
  }
  const hasPort = /:\d+$/.test(address);
  if (!hasPort) url.port = String(DEFAULT_PORT[protocol]);
  return url;
}
