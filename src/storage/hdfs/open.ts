// The doors to HDFS, one for each right, and what else its NameNodes can be asked. Settings come in as values; of
// files only Hadoop's configuration is read, through the storage that the caller gives for it.
import { userInfo } from 'node:os';
import { child, formatLocation, type Location } from '../../model/location.js';
import { type Clock, systemClock } from '../../support/clock.js';
import { StorageError, UsageError } from '../../support/errors.js';
import { type Random, systemRandom } from '../../support/random.js';
import { type Agents, agentsFor, type ConnectionOptions, directAgents } from '../agents.js';
import { localReader } from '../local/reader.js';
import type { ProxySettings } from '../proxies.js';
import { PATIENCE, type Retry, retryBy, retryingReader, retryingStorage } from '../retrying.js';
import type { StorageReader, StorageRemover, StorageWriter } from '../storage.js';
import type { HdfsStoreSettings, StoreOptions } from '../store-options.js';
import { trustedCertificates } from '../trust.js';
import { authorityOf, nameNodesOf } from './addresses.js';
import { WebHdfsClient } from './client.js';
import { delegationOf, type TokenTarget } from './delegation.js';
import type { ContentSummary } from './documents.js';
import {
  type ConfigurationFile,
  type HadoopConfiguration,
  hadoopConfiguration,
} from './hadoop-configuration.js';
import { HttpClient, KEPT_CONNECTIONS, type TimeLimits } from './http.js';
import { type Credentials, NameNodes } from './name-nodes.js';
import { readerOf } from './reader.js';
import { type HdfsWriterParts, removerOf, writerOf } from './writer.js';

/** Settings of a connection; all may be left out. */
export interface HdfsSettings extends Credentials {
  /** `HOST:PORT` of each NameNode of a pair (--webhdfs). */
  readonly webhdfs?: readonly string[] | undefined;
  /** Of HADOOP_CONF_DIR, see {@link readHadoopConfiguration}. */
  readonly configuration?: HadoopConfiguration | undefined;
  /** Certificates in PEM to trust instead of the well-known ones; NODE_EXTRA_CA_CERTS works without it. */
  readonly ca?: string | undefined;
  /** For the bytes of files; everything else goes by `agents`. */
  readonly proxies?: ProxySettings | undefined;
  /** Direct connections without them. */
  readonly agents?: Agents | undefined;
  readonly limits?: TimeLimits | undefined;
  /** Requests at a time of one listing or removal. */
  readonly concurrency?: number | undefined;
  /** For the pages of listings; without it each page is asked for once. */
  readonly retry?: Retry | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
}

const DEFAULT_LIMITS: TimeLimits = { connectMs: 10_000, silenceMs: 60_000 };
const DEFAULT_CONCURRENCY = 16;

/** A reader that tries again, set up from what a user said; errors as for {@link hdfsReader}. */
export async function openHdfsReader(location: Location, options: StoreOptions): Promise<StorageReader> {
  const retry = retryBy({ ...PATIENCE, ...options });
  return retryingReader(hdfsReader(location, await settingsOf(location, options, retry)), retry);
}

/** {@link openHdfsReader} with all rights. */
export async function openHdfsRemover(location: Location, options: StoreOptions): Promise<StorageRemover> {
  const retry = retryBy({ ...PATIENCE, ...options });
  return retryingStorage(hdfsRemover(location, await settingsOf(location, options, retry)), retry);
}

async function settingsOf(location: Location, options: StoreOptions, retry: Retry): Promise<HdfsSettings> {
  const { settings, clock, random } = options;
  const { hdfs: { configurationDirectory: directory, tokenFile, ...hdfs } = {}, proxies = {} } = settings;
  const configuration = directory && (await readHadoopConfiguration(localReader(), directory));
  const ca = settings.caFile === undefined ? undefined : trustedCertificates(settings.caFile);
  return {
    ...(tokenFile && (await delegationOf(tokenFile, localReader(), targetOf(location, hdfs, configuration)))),
    ...hdfs,
    configuration,
    ca,
    proxies,
    agents: await agentsFor(proxies, connectionsTrusting(ca)),
    concurrency: settings.concurrency,
    retry,
    clock,
    random,
  };
}

/** A reader of the name service that `location` is in. Throws a UsageError where its NameNodes cannot be known. */
export function hdfsReader(location: Location, settings: HdfsSettings = {}): StorageReader {
  return readerOf(connect(location, settings));
}

/** A writer; errors as for {@link hdfsReader}. */
export function hdfsWriter(location: Location, settings: HdfsSettings = {}): StorageWriter {
  return writerOf(connect(location, settings));
}

/** What can also remove; errors as for {@link hdfsReader}. */
export function hdfsRemover(location: Location, settings: HdfsSettings = {}): StorageRemover {
  return removerOf(connect(location, settings));
}

/** What HDFS tells beyond the promises of every store. */
export interface HdfsFacts {
  /** Totals below a directory, counted by the NameNode. */
  readonly contentSummary: (directory: Location) => Promise<ContentSummary>;
  /** Where Hadoop's shell would move what it removes at `location`. The remover never uses it. */
  readonly trashRoot: (location: Location) => Promise<string>;
  /** Directories of this user whose snapshots may hold on to what is removed below them; of all for the superuser. */
  readonly snapshottableDirectories: () => Promise<readonly string[]>;
}

/** What can be asked about the name service that `location` is in; errors as for {@link hdfsReader}. */
export function hdfsFacts(location: Location, settings: HdfsSettings = {}): HdfsFacts {
  const { client } = connect(location, settings);
  return {
    contentSummary: (directory) => client.contentSummary(directory),
    trashRoot: async (asked) => client.trashRoot(asked),
    snapshottableDirectories: () => client.snapshottableDirectories(location),
  };
}

/**
 * Hadoop's configuration from core-site.xml and hdfs-site.xml of `directory`, read through `files`. Throws a
 * UsageError where neither is there, or one cannot be read.
 */
export async function readHadoopConfiguration(
  files: StorageReader,
  directory: Location,
): Promise<HadoopConfiguration> {
  const found: ConfigurationFile[] = [];
  for (const name of ['core-site.xml', 'hdfs-site.xml']) {
    const file = child(directory, name);
    const bytes = await files.read(file).catch((thrown: unknown) => {
      if (thrown instanceof StorageError && thrown.kind === 'not-found') return null;
      throw thrown;
    });
    if (bytes !== null) found.push({ name: file.path, text: new TextDecoder().decode(bytes) });
  }
  if (found.length > 0) return hadoopConfiguration(found);
  throw new UsageError('there is neither core-site.xml nor hdfs-site.xml', {
    where: formatLocation(directory),
    next: 'set HADOOP_CONF_DIR to the directory that has them',
  });
}

function targetOf(
  location: Location,
  { webhdfs = [] }: HdfsStoreSettings,
  configuration: HadoopConfiguration | null = null,
): TokenTarget {
  const origins = nameNodesOf(location, { webhdfs, configuration });
  const authority = webhdfs.length > 0 ? location.authority : authorityOf(location, configuration);
  return { authority, origins };
}

function connectionsTrusting(ca: string | undefined): ConnectionOptions {
  return ca === undefined ? KEPT_CONNECTIONS : { ...KEPT_CONNECTIONS, ca };
}

function connect(location: Location, settings: HdfsSettings): HdfsWriterParts {
  const { webhdfs = [], configuration = null, limits = DEFAULT_LIMITS, ca, proxies } = settings;
  // Hadoop, too, takes whoever runs the program for its user.
  const { delegationToken, noToken, user = userInfo().username } = settings;
  const origins = nameNodesOf(location, { webhdfs, configuration });
  const agents = settings.agents ?? directAgents(connectionsTrusting(ca));
  const http = new HttpClient({ clock: settings.clock ?? systemClock, limits, agents });
  return {
    client: new WebHdfsClient(new NameNodes(origins, { user, delegationToken, noToken }, http)),
    streams: { silenceMs: limits.silenceMs, ca, proxies },
    concurrency: settings.concurrency ?? DEFAULT_CONCURRENCY,
    retry: settings.retry ?? ((action) => action()),
    random: settings.random ?? systemRandom,
  };
}
