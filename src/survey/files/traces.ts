// What a survey for millions of files takes from a `_metadata` besides its references: segments of merged files, and
// whether the job keeps a changelog or merges files, which means that it uses files no `_metadata` tells of.
import type { MetadataVisitor } from '../../format/metadata/read.js';
import type { Location } from '../../model/location.js';
import type { OperatorHead, SubtaskState } from '../../model/metadata.js';
import { type Rewrite, resolvePath } from '../../model/rewrite.js';
import {
  type LeafStream,
  type StreamVisitor,
  visitCoordinatorStreams,
  visitSubtaskStreams,
} from '../../model/streams.js';

/** A part of a merged file that a handle uses. */
export interface UsedSegment {
  readonly location: Location;
  readonly startByte: number;
  readonly endByte: number;
}

export class TraceVisitor implements MetadataVisitor, StreamVisitor {
  readonly segments: UsedSegment[] = [];
  usesChangelog = false;
  usesFileMerging = false;
  readonly #rewrites: readonly Rewrite[];
  readonly #resolved = new Map<string, Location | null>();
  #operatorId = '';

  constructor(rewrites: readonly Rewrite[]) {
    this.#rewrites = rewrites;
  }

  header(): void {}

  operator(head: OperatorHead): void {
    this.#operatorId = head.id;
    visitCoordinatorStreams(head, this);
  }

  subtask(subtask: SubtaskState): void {
    const keyed = [...subtask.managedKeyedState, ...subtask.rawKeyedState];
    this.usesChangelog ||= keyed.some(({ kind }) => kind.startsWith('changelog'));
    visitSubtaskStreams(this.#operatorId, subtask, this);
  }

  stream(stream: LeafStream): void {
    if (stream.kind !== 'segment' && stream.kind !== 'segment-empty') return;
    this.usesFileMerging = true;
    if (stream.kind === 'segment-empty') return;
    const location = this.#resolve(stream.path);
    if (location === null) return;
    const startByte = Number(stream.startPos);
    this.segments.push({ location, startByte, endByte: startByte + Number(stream.sizeBytes) });
  }

  directory(): void {
    this.usesFileMerging = true;
  }

  end(): void {}

  #resolve(path: string): Location | null {
    let location = this.#resolved.get(path);
    if (location === undefined) {
      location = resolvePath(path, this.#rewrites);
      this.#resolved.set(path, location);
    }
    return location;
  }
}
