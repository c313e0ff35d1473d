// What a survey keeps of a `_metadata`: its references and sizes. The document itself is never built.
import { type MetadataVisitor, scanMetadata } from '../format/metadata/read.js';
import type {
  CheckpointProperties,
  KeyedStateHandle,
  MetadataHeader,
  OperatorHead,
  SubtaskState,
} from '../model/metadata.js';
import type { Rewrite } from '../model/rewrite.js';
import { addSizes, coordinatorSizes, type StateSizes, subtaskSizes } from '../model/state-sizes.js';
import {
  type LeafStream,
  type StreamPlace,
  type StreamVisitor,
  visitCoordinatorStreams,
  visitSubtaskStreams,
} from '../model/streams.js';
import type { SnapshotContents, SnapshotPlace } from '../model/survey.js';
import { assertNever, BugError } from '../support/errors.js';
import { ReferenceCollector } from './references-of.js';

/** What to do besides with what a `_metadata` holds, in the same pass. */
export interface ScanOptions {
  readonly rewrites: readonly Rewrite[];
  /** Makes a visitor for each layout that is tried; the last one made is the one that was told everything. */
  readonly watch?: (() => MetadataVisitor) | undefined;
}

/** Reads the `_metadata` in `bytes` of the snapshot at `place`. Throws a FormatError where it cannot be understood. */
export function contentsOf(
  bytes: Uint8Array,
  place: SnapshotPlace,
  { rewrites, watch }: ScanOptions,
): SnapshotContents {
  return scanMetadata(bytes, () => new ContentsScan(place, rewrites, watch?.())).contents();
}

class ContentsScan implements MetadataVisitor, StreamVisitor {
  readonly #place: SnapshotPlace;
  readonly #collector: ReferenceCollector;
  readonly #watcher: MetadataVisitor | undefined;
  #checkpointId: bigint | null = null;
  #operatorId = '';
  #properties: CheckpointProperties | null = null;
  #sizes: StateSizes = { stateSizeBytes: 0n, checkpointedSizeBytes: 0n };
  #inlineBytes = 0n;
  #recordsWritten = true;

  constructor(place: SnapshotPlace, rewrites: readonly Rewrite[], watcher: MetadataVisitor | undefined) {
    this.#place = place;
    this.#watcher = watcher;
    this.#collector = new ReferenceCollector(place.directory, rewrites);
  }

  header(header: MetadataHeader): void {
    this.#checkpointId = header.checkpointId;
    this.#watcher?.header(header);
  }

  operator(head: OperatorHead): void {
    this.#operatorId = head.id;
    this.#sizes = addSizes(this.#sizes, coordinatorSizes(head));
    visitCoordinatorStreams(head, this);
    this.#watcher?.operator(head);
  }

  subtask(subtask: SubtaskState): void {
    this.#sizes = addSizes(this.#sizes, subtaskSizes(subtask));
    this.#recordsWritten &&= subtask.managedKeyedState.every(recordsWrittenBytes);
    visitSubtaskStreams(this.#operatorId, subtask, this);
    this.#watcher?.subtask(subtask);
  }

  stream(stream: LeafStream, { role }: StreamPlace): void {
    if (stream.kind === 'bytes') this.#inlineBytes += BigInt(stream.data.length);
    else if (role === 'changes') this.#collector.addChangelogStream(stream);
    else this.#collector.addStream(stream);
  }

  directory(path: string): void {
    this.#collector.addDirectory(path);
  }

  end(properties: CheckpointProperties | null): void {
    this.#properties = properties;
    this.#watcher?.end(properties);
  }

  contents(): SnapshotContents {
    if (this.#checkpointId === null) throw new BugError('contents were asked for before they were read');
    return {
      checkpointId: this.#checkpointId,
      kind: this.#properties?.snapshotType.kind ?? this.#place.kind ?? 'savepoint',
      references: this.#collector.references(),
      stateBytes: this.#sizes.stateSizeBytes,
      checkpointedBytes: this.#recordsWritten ? this.#sizes.checkpointedSizeBytes : null,
      inlineBytes: this.#inlineBytes,
    };
  }
}

/** Whether a handle that may reuse older files says how much of it is new. Flink 1.14 and older did not. */
function recordsWrittenBytes(handle: KeyedStateHandle): boolean {
  switch (handle.kind) {
    case 'incremental':
    case 'changelog':
      return handle.checkpointedSizeBytes !== null && handle.checkpointedSizeBytes >= 0n;
    case 'key-groups':
    case 'savepoint-key-groups':
    case 'changelog-files':
    case 'changelog-memory':
      return true;
    default:
      return assertNever(handle, 'keyed handle');
  }
}
