// What it takes to have a snapshot whole in one directory, as Flink has a savepoint: each file once, under a name of its
// own beside the `_metadata`. Of a merged file only the parts that the snapshot needs are taken, each as a file. The same
// snapshot always gives the same names, so that a copy can be resumed. Pure.
//
// The `_metadata` names files relative to itself, but for those that were named by absolute paths and that later
// checkpoints go on naming: Flink would write a relative name into those as it is, where it leads nowhere (Flink 2.3
// RelativeFileStateHandle, SharedStateRegistryImpl).
import { createHash } from 'node:crypto';
import { baseName, canonicalKey, child, formatLocation, type Location } from '../model/location.js';
import type {
  FileHandle,
  Metadata,
  RelativeFileHandle,
  SegmentHandle,
  StreamStateHandle,
} from '../model/metadata.js';
import { METADATA_NAME } from '../model/snapshot.js';
import type { LeafStream } from '../model/streams.js';
import { uuidOf } from '../support/random.js';
import { relocate, type StreamUse } from './relocate.js';

/** Of others, Flink might take a part for a scheme, and we for a file in progress. */
const PLAIN_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** Bytes that are to be in a file of the copy. */
export interface CarriedFile {
  readonly from: Location;
  /** Where they begin; null where they are the whole file. */
  readonly startPos: number | null;
  readonly sizeBytes: number;
  /** In the directory of the copy. */
  readonly name: string;
}

export interface CopyPlan {
  /** What the `_metadata` of the copy says. */
  readonly metadata: Metadata;
  /** The `_metadata` says the same as before: the snapshot was in one directory already. */
  readonly isUnchanged: boolean;
  /** No file is named by an absolute path. */
  readonly isMovable: boolean;
  readonly files: readonly CarriedFile[];
}

/** What is known of the files of the snapshot, and where they are to be. */
export interface Originals {
  /** The directory of the copy. */
  readonly directory: Location;
  /** Where a path of the `_metadata` leads. */
  readonly locate: (handle: FileHandle | RelativeFileHandle | SegmentHandle) => Location;
  /** The size of a file as it is. */
  readonly sizeBytesOf: (file: Location) => number;
}

/** Plans the copy of what `metadata` tells of. */
export function planCopy(metadata: Metadata, originals: Originals): CopyPlan {
  const naming = new Naming(originals);
  const relocated = relocate(metadata, (stream, use) => naming.relocated(stream, use));
  const { isUnchanged, isMovable, files } = naming;
  return { metadata: relocated, isUnchanged, isMovable, files };
}

class Naming {
  readonly #originals: Originals;
  readonly #files = new Map<string, CarriedFile>();
  readonly #taken = new Set([METADATA_NAME]);
  isUnchanged = true;
  isMovable = true;

  constructor(originals: Originals) {
    this.#originals = originals;
  }

  get files(): readonly CarriedFile[] {
    return [...this.#files.values()];
  }

  relocated(stream: LeafStream, use: StreamUse): StreamStateHandle {
    switch (stream.kind) {
      case 'bytes':
        return stream;
      case 'segment-empty':
        this.isUnchanged = false;
        return stream;
      default: {
        const { name } = this.#fileOf(stream);
        const { sizeBytes } = stream;
        const isRelative = stream.kind === 'relative-file';
        this.isUnchanged &&= isRelative && stream.relativePath === name;
        if (isRelative || use === 'own') return { kind: 'relative-file', relativePath: name, sizeBytes };
        this.isMovable = false;
        return { kind: 'file', path: formatLocation(child(this.#originals.directory, name)), sizeBytes };
      }
    }
  }

  #fileOf(handle: FileHandle | RelativeFileHandle | SegmentHandle): CarriedFile {
    const from = this.#originals.locate(handle);
    const startPos = handle.kind === 'segment' ? Number(handle.startPos) : null;
    const sizeBytes =
      handle.kind === 'segment' ? Number(handle.sizeBytes) : this.#originals.sizeBytesOf(from);
    const key = startPos === null ? canonicalKey(from) : `${canonicalKey(from)} ${startPos} ${sizeBytes}`;
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const name = this.#nameFor(key, startPos === null ? baseName(from) : null);
    const file = { from, startPos, sizeBytes, name };
    this.#files.set(key, file);
    return file;
  }

  /** The name that the file has, where that is free, so that people find it again. */
  #nameFor(key: string, wanted: string | null): string {
    const isFree = wanted !== null && PLAIN_NAME.test(wanted) && !this.#taken.has(wanted);
    const name = isFree ? wanted : uuidOf(createHash('sha256').update(key).digest());
    this.#taken.add(name);
    return name;
  }
}
