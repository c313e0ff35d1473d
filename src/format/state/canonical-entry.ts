// One entry of a canonical file. Source: Flink FullSnapshotAsyncWriter, ListDelimitedSerializer, and the RocksDB
// states whose keys and values these are.
//
//     i32 n, n bytes of key | i32 n, n bytes of value
//
//     state                  key                               value
//     VALUE and alike        composite key (composite-key.ts)  the value
//     LIST                   composite key                     the elements, a comma (2C) between two
//     MAP, for each entry    composite key, key in the map     bool isNull, the value unless null
//     PRIORITY_QUEUE         key group, timer                  nothing
//
// The first bit of a key is never used by a key group; set, it says that the entry is the last of its state.
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';
import {
  type CompositeKeyLayout,
  readKeyAndNamespace,
  writeCompositeKey,
  writeKeyGroupPrefix,
} from './composite-key.js';
import type { KeyedEntry, KeyedState, KeyedStateEntry } from './keyed-state.js';
import type { TypeSerializer } from './serializer.js';

const LAST_OF_STATE = 0x80;
const COMMA = 0x2c;

/** Where an entry stands: its state, and what its key begins with. */
export interface EntryPlace {
  readonly state: KeyedState;
  readonly key: TypeSerializer<unknown>;
  readonly keyGroup: number;
  readonly prefixBytes: 1 | 2;
}

/** An entry as it was read; of a MAP state it holds one entry of the map. */
export interface CanonicalEntry {
  readonly entry: KeyedStateEntry;
  readonly isLastOfState: boolean;
  readonly map: { readonly compositeKey: Buffer; readonly entries: Map<unknown, unknown> } | null;
}

/**
 * Writes what one key has: nothing for an empty list or map. Returns the position of the last key written, for
 * {@link markLastOfState}, or -1.
 */
