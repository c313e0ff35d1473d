// Which files a snapshot needs, as its `_metadata` names them: one entry per file however many handles point there.
// Nothing here says whether a file exists; that is what src/graph finds out.
import type { Location } from './location.js';

/**
 * How a file is named: `file` by an absolute URI, `relative-file` beside the `_metadata`, `segment` as a merged file
 * of which parts are used, `directory` as a directory that file merging keeps alive (Flink's handle code 17).
 */
export type ReferenceKind = 'file' | 'relative-file' | 'segment' | 'directory';

/**
 * Whose place a file lies in, seen from the snapshot that references it: `exclusive` is the snapshot's own directory,
 * `shared` and `task-owned` are Flink's directories of these names, `other` is any other place (changelog, the
 * directory of another snapshot).
 */
export type ReferenceScope = 'exclusive' | 'shared' | 'task-owned' | 'other';

export const REFERENCE_SCOPES: readonly ReferenceScope[] = ['exclusive', 'shared', 'task-owned', 'other'];

/** How the size of a file must relate to {@link FileReference.sizeBytes} for the file to be usable. */
export type SizeRule =
  /** The file has exactly this size. */
  | 'exact'
  /** The file reaches at least this far: the end of the furthest segment. */
  | 'at-least'
  /** The size, or one byte more: changelog files begin with a mark that handles do not count. */
  | 'exact-or-one-more'
  /** The `_metadata` does not know the size. */
  | 'any';

/** A file that a snapshot references, at the place where it resolves. */
export interface FileReference {
  readonly location: Location;
  readonly kind: Exclude<ReferenceKind, 'directory'>;
  readonly scope: ReferenceScope;
  /** What the `_metadata` says: the size of the file, the end of the furthest segment, or -1 where it knows none. */
  readonly sizeBytes: bigint;
  readonly sizeRule: SizeRule;
  /** Number of handles that point there. */
  readonly handles: number;
}

/** A directory that a snapshot keeps alive as a whole. */
export interface DirectoryReference {
  readonly location: Location;
  readonly handles: number;
}

/** A path that names nothing we can look up: no URI, or one of a store that is not supported. It keeps counting. */
export interface UnresolvableReference {
  /** As the `_metadata` has it. */
  readonly path: string;
  readonly kind: ReferenceKind;
  readonly handles: number;
}

/** All that a snapshot references, each list in the order of its paths. Names of inline state are not among them. */
export interface References {
  readonly files: readonly FileReference[];
  readonly directories: readonly DirectoryReference[];
  readonly unresolvable: readonly UnresolvableReference[];
}
