// The file of a subtask's operator state: list, union list and broadcast states.
// Source: Flink OperatorBackendSerializationProxy, DefaultOperatorStateBackendSnapshotStrategy.
import type { OperatorStateOffsets } from '../../model/metadata.js';
import { BugError } from '../../support/errors.js';
import type { TypeSerializer, UnknownSnapshot } from './serializer.js';
import type { StateMeta } from './state-meta.js';

/** One operator state. SPLIT_DISTRIBUTE is Flink's list state, UNION its union list state. */
export type OperatorStateType =
  | {
      readonly mode: 'SPLIT_DISTRIBUTE' | 'UNION';
      readonly name: string;
      readonly element: TypeSerializer<unknown>;
    }
  | {
      readonly mode: 'BROADCAST';
      readonly name: string;
      readonly key: TypeSerializer<unknown>;
      readonly value: TypeSerializer<unknown>;
    };

/** An operator state with what is in it. */
export type OperatorStateContent =
  | {
      readonly mode: 'SPLIT_DISTRIBUTE' | 'UNION';
      readonly name: string;
      readonly element: TypeSerializer<unknown>;
      readonly elements: readonly unknown[];
    }
  | {
      readonly mode: 'BROADCAST';
      readonly name: string;
      readonly key: TypeSerializer<unknown>;
      readonly value: TypeSerializer<unknown>;
      readonly entries: ReadonlyMap<unknown, unknown>;
    };

/** The file, and what an OperatorStateHandle says of it. */
export interface WrittenOperatorState {
  readonly bytes: Uint8Array;
  readonly states: readonly OperatorStateOffsets[];
}

/** An operator state file, opened: what is in it, or why that cannot be told. */
export type OperatorSnapshot =
  | { readonly kind: 'readable'; readonly states: readonly OperatorStateContent[] }
  | { readonly kind: 'compressed'; readonly states: readonly StateMeta[] }
  | {
      readonly kind: 'unknown-serializer';
      /** States of the header up to the unknown one. */
      readonly states: readonly StateMeta[];
      readonly unknown: UnknownSnapshot;
    };

/** Writes an operator state file (version 6, which Flink 1.18 and later read). */
export function writeOperatorSnapshot(_states: readonly OperatorStateContent[]): WrittenOperatorState {
  throw new BugError('being written');
}

/**
 * Reads an operator state file by the offsets of its handle. With `declared`, states of those names are read with the
 * serializers given, and a UsageError tells where the file was written with other types.
 */
export function openOperatorSnapshot(
  _bytes: Uint8Array,
  _offsets: readonly OperatorStateOffsets[],
  _declared?: readonly OperatorStateType[],
): OperatorSnapshot {
  throw new BugError('being written');
}
