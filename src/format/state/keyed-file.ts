// What the heap and the canonical format share: opening a file, choosing key groups, and telling which state and key
// an error belongs to.
import type { KeyGroupRange } from '../../model/metadata.js';
import { messageOf } from '../../support/errors.js';
import { type BoundStates, bindStates } from './bind-states.js';
import { readKeyedHeader } from './keyed-header.js';
import type {
  DeclaredTypes,
  EntryVisitor,
  KeyedSnapshot,
  KeyedStateContent,
  KeyedStateEntry,
  KeyGroupOffsets,
} from './keyed-state.js';

/** The serializers of a file's key and states, and whether its key groups are compressed. */
export type KeyedTypes = Extract<BoundStates, { readonly kind: 'bound' }> & { readonly compressed: boolean };

/** Reads the key groups of `range` (all without one) with `types`. */
export type ReadEntries = (types: KeyedTypes, range?: KeyGroupRange) => Iterable<KeyedStateEntry>;

/** Reads the header and binds `read` to what it says. */
export function openKeyed(
  bytes: Uint8Array,
  declared: DeclaredTypes | undefined,
  read: ReadEntries,
): KeyedSnapshot {
  const header = readKeyedHeader(bytes);
  if (header.kind === 'partial') return { kind: 'unknown-serializer', header };
  const types = bindStates(header, declared);
  if (types.kind === 'unsupported') {
    return { kind: 'unsupported-state', header, stateName: types.stateName, reason: types.reason };
  }
  const { key, states } = types;
  const { compressed } = header;
  return { kind: 'readable', header, key, states, entries: (range) => read({ ...types, compressed }, range) };
}

/** The key groups that are both in the file and in `range`. */
export function chosenKeyGroups(
  where: KeyGroupOffsets,
  range: KeyGroupRange = where.keyGroups,
): KeyGroupRange {
  return {
    first: Math.max(where.keyGroups.first, range.first),
    last: Math.min(where.keyGroups.last, range.last),
  };
}

/** Where what begins at an offset ends: at the next one, the last at `sizeBytes`. An offset of 0 stands for nothing. */
export function endsOf(offsets: readonly bigint[], sizeBytes: number): ReadonlyMap<number, number> {
  const starts = [...new Set(offsets.map(Number))].filter((start) => start > 0).sort((a, b) => a - b);
  return new Map(starts.map((start, index) => [start, starts[index + 1] ?? sizeBytes]));
}

/** Calls `write` for each entry of a state; a TypeError of a serializer is thrown on with state and key named. */
export function writeEach(content: KeyedStateContent, write: EntryVisitor): void {
  content.forEach((keyGroup, entry) => {
    try {
      write(keyGroup, entry);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const message = `state ${content.state.name}, key ${String(entry.key)}: ${messageOf(error)}`;
      throw new TypeError(message, { cause: error });
    }
  });
}
