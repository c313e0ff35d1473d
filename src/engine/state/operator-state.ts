// Operator state: lists of bytes by name, such as the splits of a source and the committables of a sink. Written as
// Flink's list state, dealt out anew where the parallelism changes. Source: Flink DefaultOperatorStateBackend.
import { bytesSerializer } from '../../format/state/basic-serializers.js';
import { writeOperatorSnapshot } from '../../format/state/operator-snapshot.js';
import type { OperatorStateHandle } from '../../model/metadata.js';
import type { SnapshotWriter } from './keyed-backend.js';

/** What one subtask restores of its operator's lists, by name. */
export type RestoredLists = ReadonlyMap<string, readonly Uint8Array[]>;

/** One list of one subtask. */
export interface OperatorListState {
  /** Null where the operator was not in the snapshot, or there was none. */
  readonly restored: readonly Uint8Array[] | null;
  /** What the next snapshot holds. */
  elements: readonly Uint8Array[];
}

export class OperatorStateBackend {
  readonly #restored: RestoredLists | null;
  readonly #lists: Map<string, OperatorListState>;

  /** Lists that nobody asks for stay as they were restored. */
  constructor(restored: RestoredLists | null) {
    this.#restored = restored;
    const lists = [...(restored ?? [])].map(
      ([name, elements]) => [name, { restored: elements, elements }] as const,
    );
    this.#lists = new Map(lists);
  }

  listState(name: string): OperatorListState {
    const existing = this.#lists.get(name);
    if (existing !== undefined) return existing;
    const created: OperatorListState = { restored: this.#restored === null ? null : [], elements: [] };
    this.#lists.set(name, created);
    return created;
  }

  /** Copies now, writes later. */
  snapshot(): SnapshotWriter<OperatorStateHandle> {
    if (this.#lists.size === 0) return async () => null;
    const states = [...this.#lists].map(([name, { elements }]) => ({
      mode: 'SPLIT_DISTRIBUTE' as const,
      name,
      element: bytesSerializer,
      elements,
    }));
    const written = writeOperatorSnapshot(states as Parameters<typeof writeOperatorSnapshot>[0]);
    return async (streams) => ({
      kind: 'operator',
      states: written.states,
      stream: await streams.write(written.bytes),
      merging: null,
    });
  }
}
