// Which handles of a snapshot point at one place: the file there, or any file below a directory.
import type { MetadataVisitor } from '../../format/metadata/read.js';
import {
  baseName,
  canonicalKey,
  child,
  formatLocation,
  isWithin,
  type Location,
} from '../../model/location.js';
import type { OperatorHead, SubtaskState } from '../../model/metadata.js';
import { type Rewrite, resolvePath } from '../../model/rewrite.js';
import {
  type LeafStream,
  type StreamPlace,
  type StreamVisitor,
  visitCoordinatorStreams,
  visitSubtaskStreams,
} from '../../model/streams.js';
import type { SnapshotPlace } from '../../model/survey.js';
import type { PinningReference } from '../../model/why-report.js';
import { scopeOf } from '../layout.js';

/** What is looked for. */
export interface Target {
  readonly location: Location;
  readonly isDirectory: boolean;
}

export class PinningVisitor implements MetadataVisitor, StreamVisitor {
  /** One for each subtask and role. */
  readonly found = new Map<string, PinningReference>();
  /** Directories that are kept alive and that the target lies in. */
  readonly directories = new Set<string>();
  /** Absolute URI of the snapshot's directory. */
  readonly snapshot: string;
  readonly #target: Target;
  readonly #name: string;
  readonly #place: SnapshotPlace;
  readonly #rewrites: readonly Rewrite[];
  #operator: OperatorHead | null = null;

  constructor(target: Target, place: SnapshotPlace, rewrites: readonly Rewrite[]) {
    this.#target = target;
    this.#name = baseName(target.location);
    this.#place = place;
    this.snapshot = formatLocation(place.directory);
    this.#rewrites = rewrites;
  }

  header(): void {}

  operator(head: OperatorHead): void {
    this.#operator = head;
    visitCoordinatorStreams(head, this);
  }

  subtask(subtask: SubtaskState): void {
    visitSubtaskStreams(this.#operator!.id, subtask, this);
  }

  stream(stream: LeafStream, place: StreamPlace): void {
    const location = this.#locationOf(stream);
    if (location !== null && this.#isMeant(location)) this.#count(location, place);
  }

  directory(path: string): void {
    const location = resolvePath(path, this.#rewrites);
    if (location !== null && isWithin(this.#target.location, location))
      this.directories.add(formatLocation(location));
  }

  end(): void {}

  /** Null for what is no file, and for what cannot be the target by its name. */
  #locationOf(stream: LeafStream): Location | null {
    switch (stream.kind) {
      case 'file':
      case 'segment':
        return this.#mayBeMeant(stream.path) ? resolvePath(stream.path, this.#rewrites) : null;
      case 'relative-file':
        return child(this.#place.directory, stream.relativePath);
      default:
        return null;
    }
  }

  #mayBeMeant(path: string): boolean {
    return this.#target.isDirectory || this.#rewrites.length > 0 || path.includes(this.#name);
  }

  #isMeant(location: Location): boolean {
    const { location: target, isDirectory } = this.#target;
    return isDirectory ? isWithin(location, target) : canonicalKey(location) === canonicalKey(target);
  }

  #count(location: Location, { operatorId, subtaskIndex, slot, role }: StreamPlace): void {
    const scope = scopeOf(location, this.#place.directory);
    const key = `${operatorId} ${subtaskIndex} ${slot} ${role} ${scope}`;
    const known = this.found.get(key);
    this.found.set(key, {
      snapshot: this.snapshot,
      operator: operatorId,
      operatorName: this.#operator?.name ?? null,
      uid: this.#operator?.uid ?? null,
      subtask: subtaskIndex,
      scope,
      slot,
      role,
      handles: (known?.handles ?? 0) + 1,
    });
  }
}
