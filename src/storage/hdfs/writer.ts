// Writing to and removing from HDFS. A file appears whole or not at all: its bytes go to a hidden sibling, which then
// gets its name in one step of the NameNode. Bytes are where HDFS puts them: on the DataNodes of
// `dfs.namenode.replication.min` replicas, forced to disk where `dfs.datanode.synconclose` is set.
import { baseName, child, formatLocation, type Location, parent } from '../../model/location.js';
import { mapConcurrently } from '../../support/concurrency.js';
import { StorageError } from '../../support/errors.js';
import { type Random, randomUuid } from '../../support/random.js';
import type { FileStatus, Pieces, RemovalResult, StorageRemover, StorageWriter } from '../storage.js';
import type { WebHdfsClient } from './client.js';
import { type HdfsParts, isDirectory, readerOf } from './reader.js';
import { RemoteError } from './remote-error.js';

/** What writers share beside what readers do: `random` names the files in progress. */
export interface HdfsWriterParts extends HdfsParts {
  readonly random: Random;
}

/** A writer to the name service that `parts` are connected to. */
export function writerOf(parts: HdfsWriterParts): StorageWriter {
  return {
    ...readerOf(parts),
    makeDirectory: (location) => parts.client.makeDirectories(location),
    put: (location, content) => throughSibling(location, content, { ...parts, replace: true }),
    putPieces: (location, pieces) => throughSibling(location, pieces, { ...parts, replace: true }),
    putIfAbsent: (location, content) => throughSibling(location, content, { ...parts, replace: false }),
    copy: async (from) => {
      const where = formatLocation(from);
      throw new StorageError('conflict', `cannot copy ${where}: HDFS does not copy by itself`, { where });
    },
  };
}

/** A writer that can also remove. Nothing that it removes goes to the trash. */
export function removerOf(parts: HdfsWriterParts): StorageRemover {
  return {
    ...writerOf(parts),
    remove: (locations) => removeAll(locations, parts),
    removeEmptyDirectory: (location) => removeDirectory(location, parts),
    rename: (from, to) => renameFile(from, to, parts.client),
  };
}

type Placement = HdfsWriterParts & { readonly replace: boolean };

async function throughSibling(
  location: Location,
  content: Uint8Array | Pieces,
  placement: Placement,
): Promise<void> {
  const { client, random, replace } = placement;
  const sibling = child(parent(location), `.${baseName(location)}.inprogress.${randomUuid(random)}`);
  try {
    await client.create(sibling, content, location);
    await client.rename(sibling, location, { replace });
  } catch (thrown) {
    // Should this fail too, the hidden sibling stays; what went wrong first is what matters.
    await client.delete(sibling).catch(() => false);
    // In place of a directory HDFS gives an IOException without a reason.
    const unclear = thrown instanceof RemoteError && thrown.kind === 'unavailable';
    throw unclear && (await typeOf(location, client)) === 'directory'
      ? isDirectory(location, 'write')
      : thrown;
  }
}

async function renameFile(from: Location, to: Location, client: WebHdfsClient): Promise<void> {
  if ((await client.fileStatus(from)).status.type === 'directory') throw isDirectory(from, 'rename');
  await client.rename(from, to, { replace: false });
}

/** Several at a time; a location given twice is absent the second time. */
function removeAll(
  locations: readonly Location[],
  parts: HdfsWriterParts,
): Promise<readonly RemovalResult[]> {
  const seen = new Set<string>();
  return mapConcurrently(locations, parts.concurrency, async (location) => {
    if (seen.has(location.path)) return { location, outcome: 'absent' };
    seen.add(location.path);
    return removeFile(location, parts.client);
  });
}

async function removeFile(location: Location, client: WebHdfsClient): Promise<RemovalResult> {
  try {
    const type = await typeOf(location, client);
    if (type === 'directory') throw isDirectory(location, 'remove');
    const removed = type !== null && (await client.delete(location));
    return { location, outcome: removed ? 'removed' : 'absent' };
  } catch (thrown) {
    if (!(thrown instanceof StorageError)) throw thrown;
    return { location, outcome: 'failed', error: thrown };
  }
}

/** DELETE of HDFS takes a file as well as an empty directory: what it is has to be asked first. */
async function removeDirectory(location: Location, { client }: HdfsWriterParts): Promise<void> {
  const type = await typeOf(location, client);
  if (type === null) return;
  if (type === 'directory') {
    await client.delete(location);
    return;
  }
  const where = formatLocation(location);
  throw new StorageError('conflict', `cannot remove the directory ${where}: it is a file`, { where });
}

/** Null where nothing is. */
async function typeOf(location: Location, client: WebHdfsClient): Promise<FileStatus['type'] | null> {
  try {
    return (await client.fileStatus(location)).status.type;
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return null;
    throw thrown;
  }
}
