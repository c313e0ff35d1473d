// From the handles of a `_metadata` to the files it references: relative paths start from the directory of the
// `_metadata` that was opened (Flink `CheckpointMetadataLoadingContext`), absolute ones are rewritten where the user
// said so, and many handles of one file become one reference. Names of inline state are never taken for files.
import { canonicalKey, child, type Location } from '../model/location.js';
import type { StreamStateHandle } from '../model/metadata.js';
import type {
  DirectoryReference,
  FileReference,
  ReferenceKind,
  References,
  SizeRule,
  UnresolvableReference,
} from '../model/references.js';
import { type Rewrite, resolvePath } from '../model/rewrite.js';
import { assertNever } from '../support/errors.js';
import { scopeOf } from './layout.js';

interface Found {
  readonly location: Location;
  readonly kind: FileReference['kind'];
  handles: number;
  /** Largest size of a whole file, -1 where unknown; null where only segments are used. */
  wholeBytes: bigint | null;
  /** End of the furthest segment. */
  segmentEnd: bigint | null;
  changelog: boolean;
}

/** Collects the references of one snapshot, handle by handle. */
export class ReferenceCollector {
  readonly #directory: Location;
  readonly #rewrites: readonly Rewrite[];
  /** By the path as written, so that a path of many handles is resolved once; null: cannot be resolved. */
  readonly #absolute = new Map<string, Found | null>();
  readonly #relative = new Map<string, Found>();
  readonly #byLocation = new Map<string, Found>();
  /** Apart from the files: that a path is kept as a directory must never hide that it is needed as a file. */
  readonly #directories = new Map<string, { readonly location: Location; handles: number }>();
  readonly #unresolvable = new Map<string, { readonly kind: ReferenceKind; handles: number }>();

  constructor(directory: Location, rewrites: readonly Rewrite[]) {
    this.#directory = directory;
    this.#rewrites = rewrites;
  }

  addStream(stream: StreamStateHandle): void {
    this.#add(stream);
  }

  /** A stream of changelog storage, whose file begins with a byte that no handle counts. */
  addChangelogStream(stream: StreamStateHandle): void {
    const found = this.#add(stream);
    if (found !== null) found.changelog = true;
  }

  /** A directory that is kept alive as a whole, by its absolute path. */
  addDirectory(path: string): void {
    const location = resolvePath(path, this.#rewrites);
    if (location === null) {
      this.#countUnresolvable(path, 'directory');
      return;
    }
    const key = canonicalKey(location);
    const known = this.#directories.get(key);
    if (known === undefined) this.#directories.set(key, { location, handles: 1 });
    else known.handles++;
  }

  /** How many distinct files were collected. */
  get fileCount(): number {
    return this.#byLocation.size;
  }

  /** What was collected, each list in the order of the paths. */
  references(): References {
    return {
      files: inOrder(this.#byLocation).map(([, found]) => this.#fileReference(found)),
      directories: inOrder(this.#directories).map(([, found]): DirectoryReference => ({ ...found })),
      unresolvable: inOrder(this.#unresolvable).map(
        ([path, found]): UnresolvableReference => ({ path, ...found }),
      ),
    };
  }

  #add(stream: StreamStateHandle): Found | null {
    switch (stream.kind) {
      case 'bytes':
      case 'segment-empty':
        return null;
      case 'key-groups-stream':
        return stream.stream === null ? null : this.#add(stream.stream);
      case 'file':
        return withWholeFile(this.#findAbsolute(stream.path, 'file'), stream.sizeBytes);
      case 'relative-file':
        return withWholeFile(this.#findRelative(stream.relativePath), stream.sizeBytes);
      case 'segment':
        return withSegment(this.#findAbsolute(stream.path, 'segment'), stream.startPos + stream.sizeBytes);
      default:
        return assertNever(stream, 'stream handle');
    }
  }

  #findRelative(path: string): Found {
    const known = this.#relative.get(path);
    const found = known ?? this.#at(child(this.#directory, path), 'relative-file');
    if (known === undefined) this.#relative.set(path, found);
    found.handles++;
    return found;
  }

  #findAbsolute(path: string, kind: FileReference['kind']): Found | null {
    let found = this.#absolute.get(path);
    if (found === undefined) {
      const location = resolvePath(path, this.#rewrites);
      found = location === null ? null : this.#at(location, kind);
      this.#absolute.set(path, found);
    }
    if (found === null) this.#countUnresolvable(path, kind);
    else found.handles++;
    return found;
  }

  #countUnresolvable(path: string, kind: ReferenceKind): void {
    const known = this.#unresolvable.get(path);
    if (known === undefined) this.#unresolvable.set(path, { kind, handles: 1 });
    else known.handles++;
  }

  #at(location: Location, kind: FileReference['kind']): Found {
    const key = canonicalKey(location);
    const known = this.#byLocation.get(key);
    if (known !== undefined) return known;
    const found: Found = { location, kind, handles: 0, wholeBytes: null, segmentEnd: null, changelog: false };
    this.#byLocation.set(key, found);
    return found;
  }

  #fileReference(found: Found): FileReference {
    const { location, kind, handles } = found;
    const scope = scopeOf(location, this.#directory);
    return { location, kind, scope, handles, sizeBytes: furthest(found), sizeRule: sizeRuleOf(found) };
  }
}

function inOrder<T>(found: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function withWholeFile(found: Found | null, sizeBytes: bigint): Found | null {
  if (found !== null && (found.wholeBytes === null || sizeBytes > found.wholeBytes))
    found.wholeBytes = sizeBytes;
  return found;
}

function withSegment(found: Found | null, end: bigint): Found | null {
  if (found !== null && (found.segmentEnd === null || end > found.segmentEnd)) found.segmentEnd = end;
  return found;
}

function furthest({ wholeBytes, segmentEnd }: Found): bigint {
  const [whole, end] = [wholeBytes ?? -1n, segmentEnd ?? -1n];
  return whole > end ? whole : end;
}

function sizeRuleOf({ wholeBytes, segmentEnd, changelog }: Found): SizeRule {
  if (segmentEnd !== null) return 'at-least';
  if (wholeBytes === null || wholeBytes < 0n) return 'any';
  return changelog ? 'exact-or-one-more' : 'exact';
}
