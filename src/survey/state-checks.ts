// What `verify --deep` reads of one snapshot: every stream to its end, and of those whose form is known the form too.
// Which check a stream gets is decided here; the checks themselves are in check-state.ts.
import type { MetadataVisitor } from '../format/metadata/read.js';
import { canonicalKey, type Location } from '../model/location.js';
import type {
  KeyedStateHandle,
  KeyGroupsHandle,
  OperatorHead,
  OperatorStateHandle,
  StreamStateHandle,
  SubtaskState,
} from '../model/metadata.js';
import { streamSizeBytes } from '../model/state-sizes.js';
import { type StreamPlace, visitCoordinatorStreams, visitSubtaskStreams } from '../model/streams.js';
import { tablesOf } from './keyed-entries.js';
import { StateOwners } from './state-owners.js';
import { type StreamPaths, streamLocation } from './state-streams.js';

/** How a stream is to be checked. */
export type StateForm =
  /** A RocksDB table. */
  | { readonly kind: 'table' }
  /** The header of an incremental handle. */
  | { readonly kind: 'keyed-header' }
  | { readonly kind: 'keyed'; readonly handle: KeyGroupsHandle; readonly maxParallelism: number }
  | { readonly kind: 'operator'; readonly handle: OperatorStateHandle }
  /** Nothing is known of it but its size. */
  | { readonly kind: 'bytes' };

/** One stream to be checked, with all who have state in it. */
export interface StateCheck {
  readonly stream: StreamStateHandle;
  readonly form: StateForm;
  readonly location: Location;
  readonly owners: StateOwners;
  /** Equal for checks that read the same bytes in the same way. */
  readonly key: string;
}

/** Collects the checks of one snapshot. Files of unknown stores are left out, and inline state of unknown form. */
export class StateCheckScan implements MetadataVisitor {
  readonly #checks = new Map<string, StateCheck>();
  readonly #paths: StreamPaths;
  readonly #metadata: Location;
  /** Streams that get more than being read; the walk over all streams then leaves them alone. */
  readonly #formed = new Set<StreamStateHandle>();
  #head: OperatorHead | null = null;

  /** `metadata` is the file that is scanned: inline state is there. */
  constructor(paths: StreamPaths, metadata: Location) {
    this.#paths = paths;
    this.#metadata = metadata;
  }

  get checks(): readonly StateCheck[] {
    return [...this.#checks.values()];
  }

  header(): void {}

  operator(head: OperatorHead): void {
    this.#head = head;
    visitCoordinatorStreams(head, this);
  }

  subtask(subtask: SubtaskState): void {
    const head = this.#head;
    if (head === null || subtask.finished) return;
    this.#formed.clear();
    for (const handle of subtask.managedKeyedState) this.#keyed(handle, subtask.index);
    for (const handle of subtask.managedOperatorState) {
      const place = placeOf(head, subtask.index, 'managedOperatorState');
      this.#add(handle.stream, { kind: 'operator', handle }, place);
    }
    visitSubtaskStreams(head.id, subtask, this);
  }

  stream(stream: StreamStateHandle, place: StreamPlace): void {
    if (!this.#formed.has(stream)) this.#add(stream, { kind: 'bytes' }, place);
  }

  end(): void {}

  #keyed(handle: KeyedStateHandle, subtaskIndex: number): void {
    const head = this.#head!;
    const place = { ...placeOf(head, subtaskIndex, 'managedKeyedState'), keyGroups: handle.keyGroups };
    if (handle.kind === 'key-groups' || handle.kind === 'savepoint-key-groups') {
      this.#add(handle.stream, { kind: 'keyed', handle, maxParallelism: head.maxParallelism }, place);
    } else if (handle.kind === 'incremental') {
      this.#add(handle.metaStream, { kind: 'keyed-header' }, place);
      for (const { stream } of tablesOf(handle)) this.#add(stream, { kind: 'table' }, place);
    } else if (handle.kind === 'changelog') {
      for (const part of handle.materialized) if (part !== null) this.#keyed(part, subtaskIndex);
    }
  }

  #add(stream: StreamStateHandle, form: StateForm, place: StreamPlace): void {
    let leaf = stream;
    while (leaf.kind === 'key-groups-stream') leaf = leaf.stream;
    this.#formed.add(leaf);
    const inline = leaf.kind === 'bytes';
    const location = inline ? this.#metadata : streamLocation(leaf, this.#paths);
    if (location === null || (inline && form.kind === 'bytes')) return;
    const part = inline ? `inline ${this.#checks.size}` : partOf(leaf);
    const key = `${form.kind} ${part} ${keyGroupsOf(form)} ${canonicalKey(location)}`;
    const check = this.#checks.get(key) ?? { stream: leaf, form, location, owners: new StateOwners(), key };
    this.#checks.set(key, check);
    check.owners.add(this.#head!, place);
  }
}

function placeOf(head: OperatorHead, subtaskIndex: number, slot: StreamPlace['slot']): StreamPlace {
  return { operatorId: head.id, subtaskIndex, slot, role: 'state', keyGroups: null };
}

/** Which bytes of a file: of a whole one how many. */
function partOf(stream: StreamStateHandle): string {
  const start = stream.kind === 'segment' ? stream.startPos : 0n;
  return `${start}+${streamSizeBytes(stream)}`;
}

function keyGroupsOf(form: StateForm): string {
  return form.kind === 'keyed' ? `${form.handle.keyGroups.first}-${form.handle.keyGroups.last}` : '';
}
