// Whose state lies in a file: operators with their subtasks and key groups. What a lost file costs is told from it.
import { type MetadataVisitor, scanMetadata } from '../format/metadata/read.js';
import { canonicalKey } from '../model/location.js';
import type { KeyGroupRange, OperatorHead, SubtaskState } from '../model/metadata.js';
import {
  type LeafStream,
  type StreamPlace,
  visitCoordinatorStreams,
  visitSubtaskStreams,
} from '../model/streams.js';
import type { StateOwner } from '../model/verify-report.js';
import { type StreamPaths, streamLocation } from './state-streams.js';

/** Operators of one file or part of one, told stream by stream. */
export class StateOwners {
  readonly #owners = new Map<
    string,
    {
      readonly head: OperatorHead;
      readonly subtasks: Set<number>;
      ranges: KeyGroupRange[];
      coordinator: boolean;
    }
  >();

  add(head: OperatorHead, { subtaskIndex, keyGroups }: StreamPlace): void {
    const owner = this.#owners.get(head.id) ?? {
      head,
      subtasks: new Set<number>(),
      ranges: [],
      coordinator: false,
    };
    this.#owners.set(head.id, owner);
    if (subtaskIndex === null) owner.coordinator = true;
    else owner.subtasks.add(subtaskIndex);
    if (keyGroups !== null && keyGroups.last >= keyGroups.first) owner.ranges.push(keyGroups);
  }

  /** In the order in which the operators came. */
  list(): readonly StateOwner[] {
    return [...this.#owners.values()].map(({ head: { id, name, uid }, subtasks, ranges, coordinator }) => ({
      id,
      name,
      uid,
      subtasks: [...subtasks].sort((a, b) => a - b),
      keyGroups: joined(ranges),
      coordinator,
    }));
  }
}

/**
 * The owners of each file of `wanted` (`canonicalKey` of its location) in the `_metadata` that `bytes` are. A file that
 * it does not reference is not among them.
 */
export function ownersOfFiles(
  bytes: Uint8Array,
  paths: StreamPaths,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, StateOwners> {
  return scanMetadata(bytes, () => new OwnerScan(paths, wanted)).found;
}

class OwnerScan implements MetadataVisitor {
  readonly found = new Map<string, StateOwners>();
  readonly #paths: StreamPaths;
  readonly #wanted: ReadonlySet<string>;
  #head: OperatorHead | null = null;

  constructor(paths: StreamPaths, wanted: ReadonlySet<string>) {
    this.#paths = paths;
    this.#wanted = wanted;
  }

  header(): void {}

  operator(head: OperatorHead): void {
    this.#head = head;
    visitCoordinatorStreams(head, this);
  }

  subtask(subtask: SubtaskState): void {
    if (this.#head !== null) visitSubtaskStreams(this.#head.id, subtask, this);
  }

  stream(stream: LeafStream, place: StreamPlace): void {
    const location = streamLocation(stream, this.#paths);
    const key = location === null ? null : canonicalKey(location);
    if (key === null || this.#head === null || !this.#wanted.has(key)) return;
    const owners = this.found.get(key) ?? new StateOwners();
    this.found.set(key, owners);
    owners.add(this.#head, place);
  }

  end(): void {}
}

/** Ranges without overlaps; such that touch become one. */
function joined(ranges: readonly KeyGroupRange[]): readonly KeyGroupRange[] {
  const result: { first: number; last: number }[] = [];
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last);
    else result.push({ first, last });
  }
  return result;
}
