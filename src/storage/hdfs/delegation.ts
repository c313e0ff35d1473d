// Which delegation token of a token file is for the NameNodes of a location (Hadoop AbstractDelegationTokenSelector,
// SecurityUtil.buildTokenService): one for the name service, or for the address or name of a NameNode. Tokens of other
// services are never sent.
import { lookup } from 'node:dns/promises';
import { formatLocation, type Location } from '../../model/location.js';
import { messageOf, StorageError, UsageError } from '../../support/errors.js';
import type { StorageReader } from '../storage.js';
import type { Credentials } from './name-nodes.js';
import { hdfsTokens, tokenFor } from './token-file.js';

/** For whom a token is looked for. */
export interface TokenTarget {
  /** Of the location, or of the default file system: a name service, or a host. */
  readonly authority: string;
  readonly origins: readonly URL[];
}

/**
 * The token for the target in `file`, read through `files`; else why there is none. Throws a UsageError where the file
 * cannot be read.
 */
export async function delegationOf(
  file: Location,
  files: StorageReader,
  target: TokenTarget,
): Promise<Pick<Credentials, 'delegationToken' | 'noToken'>> {
  const name = formatLocation(file);
  const tokens = hdfsTokens(await contentOf(file, files), name);
  const token = tokenFor(tokens, await servicesOf(target));
  if (token !== undefined) return { delegationToken: token.encoded };
  const held = tokens.map(({ service }) => service).join(', ') || 'nothing in HDFS';
  return { noToken: `${name} has no token for ${target.authority}: it has tokens for ${held}` };
}

async function contentOf(file: Location, files: StorageReader): Promise<Uint8Array> {
  try {
    return await files.read(file);
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    throw new UsageError(`the file of delegation tokens cannot be read: ${messageOf(thrown)}`, {
      where: formatLocation(file),
      next: 'correct or unset HADOOP_TOKEN_FILE_LOCATION',
      cause: thrown,
    });
  }
}

/** Names of services, the surest first. Hadoop names a NameNode by its address unless it is told otherwise. */
async function servicesOf({ authority, origins }: TokenTarget): Promise<readonly string[]> {
  const logical = ['ha-hdfs', 'ha-webhdfs', 'ha-swebhdfs'].map((scheme) => `${scheme}:${authority}`);
  const hosts: string[] = [];
  const hostsAndPorts: string[] = [];
  for (const { hostname, port } of origins) {
    for (const host of [hostname, ...(await addressesOf(hostname))]) {
      hosts.push(host);
      hostsAndPorts.push(`${host}:${port}`);
    }
  }
  return [...logical, ...hostsAndPorts, ...hosts];
}

/** None where the name cannot be resolved from here, as behind a proxy. */
async function addressesOf(host: string): Promise<readonly string[]> {
  const found = await lookup(host.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}
