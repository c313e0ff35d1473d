// Which files a snapshot needs, as its `_metadata` names them.
// Nothing here says whether a file exists; that is what src/graph finds out.
import { assertNever } from '../support/errors.js';
import type { Location } from './location.js';
import type { ReferenceTable } from './reference-table.js';

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

export type FileKind = Exclude<ReferenceKind, 'directory'>;

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

/** The rule of one handle of a file; `ofChanges` where it is of a changelog. */
export function sizeRuleOf(kind: ReferenceKind, sizeBytes: bigint, ofChanges: boolean): SizeRule {
  if (kind === 'segment') return 'at-least';
  if (kind === 'directory' || sizeBytes < 0n) return 'any';
  return ofChanges ? 'exact-or-one-more' : 'exact';
}

/** A file that a snapshot references, at the place where it resolves. */
export interface FileReference {
  readonly location: Location;
  readonly kind: FileKind;
  readonly scope: ReferenceScope;
  /** What the `_metadata` says: the size of the file, the end of the furthest segment, or -1 where it knows none. */
  readonly sizeBytes: bigint;
  readonly sizeRule: SizeRule;
  /** Number of handles that point there. */
  readonly handles: number;
}

/** All that a snapshot references. Names of inline state are not among them. */
export interface References {
  readonly files: ReferenceTable;
  /** Directories that are kept alive as a whole. */
  readonly directories: ReferenceTable;
  /** Paths that name nothing we can look up: no URI, or one of a store that is not supported. They keep counting. */
  readonly unresolvable: ReferenceTable;
}

/** Whether a file that is so many bytes longer than its reference says, or shorter where negative, is what that needs. */
export function fits(sizeRule: SizeRule, excessBytes: number): boolean {
  switch (sizeRule) {
    case 'exact':
      return excessBytes === 0;
    case 'at-least':
      return excessBytes >= 0;
    case 'exact-or-one-more':
      return excessBytes === 0 || excessBytes === 1;
    case 'any':
      return true;
    default:
      return assertNever(sizeRule, 'size rule');
  }
}
