// Writing to and removing from HDFS. A file appears whole or not at all: its bytes go to a hidden sibling, which then gets
// its name in one step of the NameNode. Bytes are where HDFS puts them: on the DataNodes of `dfs.namenode.replication.min`
// replicas, forced to disk where `dfs.datanode.synconclose` is set.
import { baseName, child, formatLocation, type Location, parent } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import { type Random, randomUuid } from '../../support/random.js';
import type { RemovalResult, StorageRemover, StorageWriter } from '../storage.js';
import { type HdfsParts, isDirectory, readerOf } from './reader.js';

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
    putIfAbsent: (location, content) => throughSibling(location, content, { ...parts, replace: false }),
  };
}

/** A writer that can also remove. Nothing that it removes goes to the trash. */
export function removerOf(parts: HdfsWriterParts): StorageRemover {
  return {
    ...writerOf(parts),
    remove: (locations) => removeAll(locations, parts),
    removeEmptyDirectory: (location) => removeDirectory(location, parts),
  };
}

type Placement = HdfsWriterParts & { readonly replace: boolean };

async function throughSibling(location: Location, content: Uint8Array, placement: Placement): Promise<void> {
  const { client, random, replace } = placement;
  const sibling = child(parent(location), `.${baseName(location)}.inprogress.${randomUuid(random)}`);
  try {
    await client.create(sibling, content);
    await client.rename(sibling, location, { replace });
  } catch (thrown) {
    // Should this fail too, the hidden sibling stays; what went wrong first is what matters.
    await client.delete(sibling).catch(() => false);
    throw await isTaken(location, thrown, placement) ? isDirectory(location, 'write') : thrown;
  }
}
