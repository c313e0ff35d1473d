// What a survey keeps of a `_metadata`: its references and sizes. The document itself is never built.
import { type MetadataVisitor, type PathMention, scanMetadata } from '../format/metadata/read.js';
import type {
  CheckpointProperties,
  KeyedStateHandle,
  MetadataHeader,
  OperatorHead,
  SubtaskState,
} from '../model/metadata.js';
import type { Rewrite } from '../model/rewrite.js';
import { addSizes, coordinatorSizes, type StateSizes, subtaskSizes } from '../model/state-sizes.js';
import { type LeafStream, visitCoordinatorStreams, visitSubtaskStreams } from '../model/streams.js';
import type { SnapshotContents, SnapshotPlace } from '../model/survey.js';
import { assertNever, BugError } from '../support/errors.js';
import { ReferenceCollector, type ReferenceSink } from './reference-collector.js';
import { ReferenceCursor } from './reference-cursor.js';

/** What to do besides with what a `_metadata` holds, in the same pass. */
export interface ScanOptions {
  readonly rewrites: readonly Rewrite[];
  /** Makes a visitor for each layout that is tried; the last one made is the one that was told everything. */
  readonly watch?: (() => MetadataVisitor) | undefined;
}

/** Reads the `_metadata` in `bytes` of the snapshot at `place`. Throws a FormatError where it cannot be understood. */
export function contentsOf(bytes: Uint8Array, place: SnapshotPlace, options: ScanOptions): SnapshotContents {
  const { sink, ...counts } = scanReferences(bytes, place, {
    ...options,
    makeSink: (paths) => new ReferenceCollector(paths),
  });
  const { references, operatorFiles } = sink;
  return { ...counts, references, operatorFiles };
}

/** What a `_metadata` tells besides its references. */
export interface ContentCounts extends Omit<SnapshotContents, 'references' | 'operatorFiles'> {
  /** The job keeps a changelog, or merges files: then it uses files of which no `_metadata` tells. */
  readonly usesChangelog: boolean;
  readonly usesFileMerging: boolean;
}

/**
 * Reads the `_metadata` in `bytes` and tells a sink of each reference as it is met: nothing of them is kept. `makeSink`
 * makes a new sink for each layout that is tried; the one that was told everything is returned. Throws a FormatError
 * where the `_metadata` cannot be understood: what sinks were told then means nothing.
 */
export function scanReferences<S extends ReferenceSink>(
  bytes: Uint8Array,
  place: SnapshotPlace,
  { rewrites, watch, makeSink }: ScanOptions & { readonly makeSink: (paths: ReferenceCursor) => S },
): ContentCounts & { readonly sink: S } {
  const scan = scanMetadata(bytes, () => {
    const cursor = new ReferenceCursor(bytes, place.directory, rewrites);
    return new ContentsScan(place, { cursor, sink: makeSink(cursor), watcher: watch?.() });
  });
  return { ...scan.counts(), sink: scan.sink };
}

interface ScanParts<S> {
  readonly cursor: ReferenceCursor;
  readonly sink: S;
  readonly watcher: MetadataVisitor | undefined;
}

class ContentsScan<S extends ReferenceSink> implements MetadataVisitor {
  readonly sink: S;
  readonly #place: SnapshotPlace;
  readonly #cursor: ReferenceCursor;
  readonly #watcher: MetadataVisitor | undefined;
  #checkpointId: bigint | null = null;
  #operatorId = '';
  #properties: CheckpointProperties | null = null;
  #sizes: StateSizes = { stateSizeBytes: 0n, checkpointedSizeBytes: 0n };
  #inlineBytes = 0;
  #recordsWritten = true;
  #usesChangelog = false;
  #usesFileMerging = false;

  constructor(place: SnapshotPlace, { cursor, sink, watcher }: ScanParts<S>) {
    this.#place = place;
    this.#cursor = cursor;
    this.sink = sink;
    this.#watcher = watcher;
  }

  header(header: MetadataHeader): void {
    this.#checkpointId = header.checkpointId;
    this.#watcher?.header(header);
  }

  operator(head: OperatorHead): void {
    this.#operatorId = head.id;
    this.#sizes = addSizes(this.#sizes, coordinatorSizes(head));
    visitCoordinatorStreams(head, this);
    this.sink.operator?.();
    this.#watcher?.operator(head);
  }

  path(mention: Readonly<PathMention>): void {
    this.#usesFileMerging ||= mention.kind === 'segment' || mention.kind === 'directory';
    this.#cursor.moveTo(mention);
    this.sink.reference(this.#cursor);
  }

  subtask(subtask: SubtaskState): void {
    this.#sizes = addSizes(this.#sizes, subtaskSizes(subtask));
    this.#recordsWritten &&= subtask.managedKeyedState.every(recordsWrittenBytes);
    this.#usesChangelog ||= [...subtask.managedKeyedState, ...subtask.rawKeyedState].some(isOfChangelog);
    visitSubtaskStreams(this.#operatorId, subtask, this);
    this.#watcher?.subtask(subtask);
  }

  stream(stream: LeafStream): void {
    if (stream.kind === 'bytes') this.#inlineBytes += stream.data.length;
    else if (stream.kind === 'segment-empty') this.#usesFileMerging = true;
  }

  end(properties: CheckpointProperties | null): void {
    this.#properties = properties;
    this.#watcher?.end(properties);
  }

  counts(): ContentCounts {
    if (this.#checkpointId === null) throw new BugError('contents were asked for before they were read');
    return {
      checkpointId: this.#checkpointId,
      kind: this.#properties?.snapshotType.kind ?? this.#place.kind ?? 'savepoint',
      stateBytes: this.#sizes.stateSizeBytes,
      checkpointedBytes: this.#recordsWritten ? this.#sizes.checkpointedSizeBytes : null,
      inlineBytes: BigInt(this.#inlineBytes),
      usesChangelog: this.#usesChangelog,
      usesFileMerging: this.#usesFileMerging,
    };
  }
}

function isOfChangelog({ kind }: KeyedStateHandle): boolean {
  return kind.startsWith('changelog');
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
