// Snapshots written by the project's own format code, for real Flink to read: a job of one or two operators whose
// state is given, in the formats and places that a snapshot can have.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeMetadata } from '../../../src/format/metadata/write.js';
import { writeCanonicalSnapshot } from '../../../src/format/state/canonical-snapshot.js';
import { writeHeapSnapshot } from '../../../src/format/state/heap-snapshot.js';
import type { EntryVisitor, KeyedEntry, KeyedState } from '../../../src/format/state/keyed-state.js';
import {
  type OperatorStateContent,
  writeOperatorSnapshot,
} from '../../../src/format/state/operator-snapshot.js';
import type { TypeSerializer } from '../../../src/format/state/serializer.js';
import { keyGroupOf, keyGroupRangeOf } from '../../../src/model/key-groups.js';
import type {
  KeyGroupRange,
  KeyGroupsHandle,
  OperatorState,
  StreamStateHandle,
  SubtaskState,
  WritableVersion,
} from '../../../src/model/metadata.js';
import { operatorIdOfUid } from '../../../src/model/operator-id.js';

/** How a snapshot is laid down. */
export interface SnapshotForm {
  readonly format: 'heap' | 'canonical';
  readonly place: 'inline' | 'files';
  readonly version: WritableVersion;
  readonly parallelism: number;
  readonly maxParallelism: number;
}

/** Keyed states with all their entries, whatever the subtask. */
export interface KeyedContents {
  readonly key: TypeSerializer<unknown>;
  readonly states: readonly { readonly state: KeyedState; readonly entries: readonly KeyedEntry[] }[];
}

export interface OperatorContents {
  readonly uid: string;
  readonly keyed?: KeyedContents;
  /** Operator states of each subtask. */
  readonly lists?: (subtaskIndex: number) => readonly OperatorStateContent[];
}

const CHECKPOINT_ID = 41n;
const NO_STATE = {
  finished: false,
  managedOperatorState: [],
  rawOperatorState: [],
  managedKeyedState: [],
  rawKeyedState: [],
  inputChannelState: [],
  resultSubpartitionState: [],
  legacyState: [],
};

/** Writes a snapshot into `directory`, its data files first and `_metadata` last. */
export function writeSnapshotFiles(
  directory: string,
  form: SnapshotForm,
  operators: readonly OperatorContents[],
): void {
  mkdirSync(directory, { recursive: true });
  const files = new StreamFiles(directory, form.place);
  const metadata = writeMetadata(
    {
      formatVersion: form.version,
      dialect: 'current',
      checkpointId: CHECKPOINT_ID,
      masterStates: [],
      operators: operators.map((operator) => operatorState(operator, form, files)),
      properties: null,
    },
    form.version,
  );
  writeFileSync(join(directory, '_metadata'), metadata);
}

/** Puts bytes where the form wants them, under names 1, 2, 3. */
class StreamFiles {
  readonly #directory: string;
  readonly #place: 'inline' | 'files';
  #count = 0;

  constructor(directory: string, place: 'inline' | 'files') {
    this.#directory = directory;
    this.#place = place;
  }

  put(bytes: Uint8Array): StreamStateHandle {
    const name = `state-${++this.#count}`;
    if (this.#place === 'inline') return { kind: 'bytes', handleName: name, data: bytes };
    writeFileSync(join(this.#directory, name), bytes);
    return { kind: 'relative-file', relativePath: name, sizeBytes: BigInt(bytes.length) };
  }
}

function operatorState(contents: OperatorContents, form: SnapshotForm, files: StreamFiles): OperatorState {
  const { uid } = contents;
  return {
    id: operatorIdOfUid(uid),
    name: uid,
    uid,
    parallelism: form.parallelism,
    maxParallelism: form.maxParallelism,
    fullyFinished: false,
    coordinatorState: null,
    subtasks: Array.from({ length: form.parallelism }, (_, index) =>
      subtaskState(contents, form, { index, files }),
    ),
  };
}

function subtaskState(
  { keyed, lists }: OperatorContents,
  form: SnapshotForm,
  { index, files }: { readonly index: number; readonly files: StreamFiles },
): SubtaskState {
  const keyGroups = keyGroupRangeOf(index, form.parallelism, form.maxParallelism);
  const managedKeyedState = keyed === undefined ? [] : [keyedHandle(keyed, form, { keyGroups, files })];
  if (lists === undefined) return { index, ...NO_STATE, managedKeyedState };
  const { bytes, states } = writeOperatorSnapshot(lists(index));
  const managedOperatorState = [
    { kind: 'operator' as const, states, stream: files.put(bytes), merging: null },
  ];
  return { index, ...NO_STATE, managedKeyedState, managedOperatorState };
}

function keyedHandle(
  { key, states }: KeyedContents,
  form: SnapshotForm,
  { keyGroups, files }: { readonly keyGroups: KeyGroupRange; readonly files: StreamFiles },
): KeyGroupsHandle {
  const { maxParallelism } = form;
  const groupOf = (entry: KeyedEntry) => keyGroupOf(key.javaHashCode(entry.key), maxParallelism);
  const content = {
    key,
    keyGroups,
    states: states.map(({ state, entries }) => ({
      state,
      forEach: (visit: EntryVisitor) => {
        for (const entry of entries) {
          const keyGroup = groupOf(entry);
          if (keyGroup >= keyGroups.first && keyGroup <= keyGroups.last) visit(keyGroup, entry);
        }
      },
    })),
  };
  const isHeap = form.format === 'heap';
  const { bytes, offsets } = isHeap
    ? writeHeapSnapshot(content)
    : writeCanonicalSnapshot({ ...content, maxParallelism });
  return {
    kind: isHeap ? 'key-groups' : 'savepoint-key-groups',
    keyGroups,
    offsets,
    stream: files.put(bytes),
    stateHandleId: isHeap ? `00000000-0000-4000-8000-${String(keyGroups.first).padStart(12, '0')}` : null,
  };
}
