// A keyed state file of whichever format it is in. The `_metadata` does not say: a heap checkpoint and the full
// checkpoint of an old RocksDB backend are the same kind of handle.
import type { KeyGroupsHandle } from '../../model/metadata.js';
import { ByteReader } from '../bytes/byte-reader.js';
import { openCanonicalSnapshot, type WithMaxParallelism } from './canonical-snapshot.js';
import { openHeapSnapshot } from './heap-snapshot.js';
import type { DeclaredTypes, KeyedSnapshot, KeyGroupOffsets } from './keyed-state.js';

/** What a key-groups handle and its operator say of a file. */
export type KeyGroupsFile = KeyGroupOffsets & WithMaxParallelism & Pick<KeyGroupsHandle, 'kind'>;

/** Opens a keyed state file in the heap or the canonical format; errors as of the two. */
export function openKeyedSnapshot(
  bytes: Uint8Array,
  file: KeyGroupsFile,
  declared?: DeclaredTypes,
): KeyedSnapshot {
  return isHeapFormat(bytes, file)
    ? openHeapSnapshot(bytes, file, declared)
    : openCanonicalSnapshot(bytes, file, declared);
}

/**
 * In the heap format every key group, also an empty one, begins with its number. In the canonical one empty key groups
 * have the offset 0 and others begin with a state id and the high half of a length, which is never the number of any
 * key group but the first.
 */
function isHeapFormat(bytes: Uint8Array, { kind, keyGroups, offsets }: KeyGroupsFile): boolean {
  if (kind === 'savepoint-key-groups') return false;
  const source = new ByteReader(bytes);
  return offsets.every((offset, i) => {
    source.seek(Number(offset), 'offset');
    return offset !== 0n && source.i32('keyGroup') === keyGroups.first + i;
  });
}
