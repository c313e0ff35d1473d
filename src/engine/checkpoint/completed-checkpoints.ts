// The checkpoints that a job could be restored from, oldest first: how many stay, and which are left when the job ends.
// Source: Flink DefaultCompletedCheckpointStore, CheckpointSubsumeHelper, CheckpointProperties.

import type { CheckpointSummary } from '../../model/job-events.js';
import { canonicalKey, child, type Location, parent, parseUri } from '../../model/location.js';
import type { CheckpointProperties, Metadata } from '../../model/metadata.js';
import { type LeafStream, visitStreams } from '../../model/streams.js';
import type { StorageRemover } from '../../storage/storage.js';
import { type Leftover, removeFiles, removeSnapshot } from './checkpoint-storage.js';
import { privateFileInShared, SharedStateRegistry } from './shared-state-registry.js';

export interface CompletedCheckpoint {
  readonly summary: CheckpointSummary;
  readonly metadata: Metadata;
  /** Null for a snapshot that the job was started from and does not own: it is never removed. */
  readonly ownership: CheckpointProperties | null;
}

export type Retention = 'NO_EXTERNALIZED_CHECKPOINTS' | 'RETAIN_ON_CANCELLATION' | 'DELETE_ON_CANCELLATION';

/** Flink's properties of a checkpoint under a retention policy; `onFinish` is ours, Flink always deletes there. */
export function checkpointProperties(
  retention: Retention,
  onFinish: 'retain' | 'delete',
): CheckpointProperties {
  return {
    snapshotType: { kind: 'checkpoint', name: 'Checkpoint', sharing: 'FORWARD_BACKWARD' },
    forced: false,
    unclaimed: false,
    discardSubsumed: true,
    discardFinished: onFinish === 'delete',
    discardCancelled: retention !== 'RETAIN_ON_CANCELLATION',
    discardFailed: retention === 'NO_EXTERNALIZED_CHECKPOINTS',
    discardSuspended: retention !== 'RETAIN_ON_CANCELLATION',
  };
}

export class CompletedCheckpoints {
  readonly #numRetained: number;
  readonly #registry = new SharedStateRegistry();
  #checkpoints: readonly CompletedCheckpoint[] = [];

  constructor(numRetained: number) {
    this.#numRetained = numRetained;
  }

  get all(): readonly CompletedCheckpoint[] {
    return this.#checkpoints;
  }

  get latest(): CompletedCheckpoint | null {
    return this.#checkpoints.at(-1) ?? null;
  }

  /** Adds the newest; returns those that it pushes out, oldest first. */
  add(checkpoint: CompletedCheckpoint): readonly CompletedCheckpoint[] {
    this.#registry.register(checkpoint.summary.checkpointId, checkpoint.metadata);
    const all = [...this.#checkpoints, checkpoint];
    const subsumed = all.slice(0, Math.max(0, all.length - this.#numRetained));
    this.#checkpoints = all.slice(subsumed.length);
    return subsumed;
  }

  /** Takes out those that do not outlive the job. */
  endJob(status: 'FINISHED' | 'CANCELED' | 'FAILED'): readonly CompletedCheckpoint[] {
    const discarded = this.#checkpoints.filter(
      ({ ownership }) => ownership !== null && discardedAt(status, ownership),
    );
    this.#checkpoints = this.#checkpoints.filter((checkpoint) => !discarded.includes(checkpoint));
    return discarded;
  }

  /**
   * Removes checkpoints that were taken out from storage, as far as the job owns them, each `_metadata` first; then the
   * shared files that no checkpoint refers to any more. Those of checkpoints from `oldestBase()` on stay for now.
   */
  async discard(
    storage: StorageRemover,
    checkpoints: readonly CompletedCheckpoint[],
    oldestBase: () => number,
  ): Promise<readonly Leftover[]> {
    const leftovers: Leftover[] = [];
    for (const { ownership, summary, metadata } of checkpoints) {
      if (ownership === null) continue;
      const { location: directory, checkpointId } = summary;
      const files = ownFiles(metadata, directory);
      const snapshot = { metadata: child(directory, '_metadata'), files, directory };
      const left = await removeSnapshot(storage, snapshot);
      if (!left.some(({ location }) => location.path === snapshot.metadata.path)) {
        this.#registry.retire(checkpointId);
      }
      leftovers.push(...left);
    }
    const unused = this.#registry.takeUnused(oldestBase());
    return [...leftovers, ...(await removeFiles(storage, unused))];
  }
}

/** Whose files a checkpoint has: it may be removed whole, up to what others share with it. */
function ownFiles(metadata: Metadata, directory: Location): readonly Location[] {
  const files: Location[] = [];
  visitStreams(metadata, {
    stream: (stream, place) => {
      const location = exclusiveFile(stream, directory) ?? privateFileInShared(stream, place);
      if (location !== null) files.push(location);
    },
  });
  return files;
}

function discardedAt(status: 'FINISHED' | 'CANCELED' | 'FAILED', properties: CheckpointProperties): boolean {
  switch (status) {
    case 'FINISHED':
      return properties.discardFinished;
    case 'CANCELED':
      return properties.discardCancelled;
    case 'FAILED':
      return properties.discardFailed;
  }
}

/**
 * The file of a handle, where it lies directly in the checkpoint's own directory. What a `_metadata` names elsewhere,
 * by `..` or by a directory that may be a link to somewhere, is never removed.
 */
function exclusiveFile(stream: LeafStream, directory: Location): Location | null {
  const location = locationOf(stream, directory);
  return location !== null && canonicalKey(parent(location)) === canonicalKey(directory) ? location : null;
}

function locationOf(stream: LeafStream, directory: Location): Location | null {
  if (stream.kind === 'relative-file') return child(directory, stream.relativePath);
  return stream.kind === 'file' ? parseUri(stream.path) : null;
}
