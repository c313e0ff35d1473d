// The vocabulary of keyed state files, common to the heap and the canonical format: which states a backend has, and
// the entries that go in and come out.
import type { KeyGroupRange } from '../../model/metadata.js';
import type { CompleteKeyedHeader, PartialKeyedHeader } from './keyed-header.js';
import type {
  ListTypeSerializer,
  MapTypeSerializer,
  TimerTypeSerializer,
  TypeSerializer,
} from './serializer.js';

/**
 * One state of a keyed backend. For LIST and MAP `value` is the serializer of the whole list or map. A PRIORITY_QUEUE
 * holds timers; Flink names it `_timer_state/event_<service>` or `_timer_state/processing_<service>`.
 */
export type KeyedState = ValueKeyedState | TimerState;

/** A state that is no timers. */
export type ValueKeyedState = SingleValueState | ListState | MapState;

/** One value for a key. FOLDING has not been written since Flink 1.15. */
export interface SingleValueState {
  readonly kind: 'VALUE' | 'REDUCING' | 'FOLDING' | 'AGGREGATING';
  readonly name: string;
  readonly namespace: TypeSerializer<unknown>;
  readonly value: TypeSerializer<unknown>;
}

export interface ListState {
  readonly kind: 'LIST';
  readonly name: string;
  readonly namespace: TypeSerializer<unknown>;
  readonly value: ListTypeSerializer<unknown>;
}

export interface MapState {
  readonly kind: 'MAP';
  readonly name: string;
  readonly namespace: TypeSerializer<unknown>;
  readonly value: MapTypeSerializer<unknown, unknown>;
}

export interface TimerState {
  readonly kind: 'PRIORITY_QUEUE';
  readonly name: string;
  readonly timer: TimerTypeSerializer<unknown, unknown>;
}

/**
 * What one key has in one namespace: the value, the whole list, the whole map, or (PRIORITY_QUEUE) the timestamp of
 * one timer as a bigint of milliseconds. The namespace of {@link voidNamespace} is null.
 */
export interface KeyedEntry {
  readonly namespace: unknown;
  readonly key: unknown;
  readonly value: unknown;
}

/** An entry read from a file, with the state and the key group it belongs to. */
export interface KeyedStateEntry extends KeyedEntry {
  readonly state: KeyedState;
  readonly keyGroup: number;
  /** Bytes that it takes in the file, or would take were the file not compressed. */
  readonly sizeBytes: number;
}

/** Is given an entry and its key group. */
export type EntryVisitor = (keyGroup: number, entry: KeyedEntry) => void;

/** A state and what is in it. */
export interface KeyedStateContent {
  readonly state: KeyedState;
  /** Visits the entries of all key groups, in any order. */
  forEach(visit: EntryVisitor): void;
}

/** All that one subtask writes: every key must lie in `keyGroups` under the key group it hashes to. */
export interface KeyedContent {
  readonly key: TypeSerializer<unknown>;
  readonly keyGroups: KeyGroupRange;
  readonly states: readonly KeyedStateContent[];
}

/** A state file as written; `offsets[i]` is the position of key group `keyGroups.first + i`, as a handle wants them. */
export interface WrittenKeyedState {
  readonly bytes: Uint8Array;
  readonly offsets: readonly bigint[];
}

/** Which key groups are in a file, and where each begins: the part of a KeyGroupsHandle that the formats need. */
export interface KeyGroupOffsets {
  readonly keyGroups: KeyGroupRange;
  readonly offsets: readonly bigint[];
}

/** What the reader knows of the types in a file; states it does not name are read by their snapshots alone. */
export interface DeclaredTypes {
  readonly key: TypeSerializer<unknown>;
  readonly states: readonly KeyedState[];
}

/** A keyed state file, opened: its entries, or the reason why they cannot be had although the header is sound. */
export type KeyedSnapshot =
  | {
      readonly kind: 'readable';
      readonly header: CompleteKeyedHeader;
      readonly key: TypeSerializer<unknown>;
      /** In the order of the file. */
      readonly states: readonly KeyedState[];
      /**
       * The entries of the key groups of `range` that the file has (all without one), by key group, within it in the
       * order of the file. Reads the bytes as it goes; throws FormatError where they are wrong.
       */
      entries(range?: KeyGroupRange): Iterable<KeyedStateEntry>;
    }
  | { readonly kind: 'unknown-serializer'; readonly header: PartialKeyedHeader }
  | {
      readonly kind: 'unsupported-state';
      readonly header: CompleteKeyedHeader;
      readonly stateName: string;
      readonly reason: string;
    };
