// Which files in `shared/` the complete checkpoints of a job refer to. A file goes when the last of them is gone: its
// `_metadata` removed, and no checkpoint under way that may have been built upon it.
// Source: Flink SharedStateRegistryImpl, which keeps the first and last user of a file instead of all.
import { baseName, canonicalKey, type Location, parent, parseUri } from '../../model/location.js';
import type { Metadata } from '../../model/metadata.js';
import { type LeafStream, type StreamPlace, visitStreams } from '../../model/streams.js';

interface SharedFile {
  readonly location: Location;
  /** Checkpoints that refer to it. */
  users: number;
}

export class SharedStateRegistry {
  readonly #files = new Map<string, SharedFile>();
  readonly #filesOf = new Map<number, ReadonlySet<string>>();
  readonly #retired = new Set<number>();

  /** Notes what a complete checkpoint refers to. One that is never retired keeps its files for good. */
  register(checkpointId: number, metadata: Metadata): void {
    const used = new Set<string>();
    visitStreams(metadata, {
      stream: (stream, { role }) => {
        const location = role === 'shared' ? sharedFile(stream) : null;
        if (location === null) return;
        const key = canonicalKey(location);
        if (!this.#files.has(key)) this.#files.set(key, { location, users: 0 });
        used.add(key);
      },
    });
    for (const key of used) this.#files.get(key)!.users++;
    this.#filesOf.set(checkpointId, used);
  }

  /** The checkpoint's `_metadata` is no more. */
  retire(checkpointId: number): void {
    this.#retired.add(checkpointId);
  }

  /**
   * Forgets the files that nothing refers to any more, and returns them to be removed. Checkpoints under way may build
   * upon complete ones from `oldestBase` on: what those refer to stays.
   */
  takeUnused(oldestBase: number): readonly Location[] {
    const unused: Location[] = [];
    for (const checkpointId of this.#retired) {
      if (checkpointId >= oldestBase) continue;
      this.#retired.delete(checkpointId);
      unused.push(...this.#forget(checkpointId));
    }
    return unused;
  }

  #forget(checkpointId: number): Location[] {
    const keys = [...(this.#filesOf.get(checkpointId) ?? [])];
    this.#filesOf.delete(checkpointId);
    return keys.flatMap((key) => {
      const file = this.#files.get(key)!;
      if (--file.users > 0) return [];
      this.#files.delete(key);
      return [file.location];
    });
  }
}

/** Whether a stream is a file in `shared/` that belongs to one checkpoint alone (Flink: MANIFEST, CURRENT, OPTIONS). */
export function privateFileInShared(stream: LeafStream, { role }: StreamPlace): Location | null {
  return role === 'private' ? sharedFile(stream) : null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The file, where it lies where a checkpoint puts its shared files, `shared/<uuid>`. What a `_metadata` names elsewhere
 * is never removed.
 */
function sharedFile(stream: LeafStream): Location | null {
  const location = stream.kind === 'file' ? parseUri(stream.path) : null;
  if (location === null || !UUID.test(baseName(location))) return null;
  return baseName(parent(location)) === 'shared' ? location : null;
}
