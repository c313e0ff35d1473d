// The paths that a `_metadata` mentions, one after the other: where each resolves, whose place that is, and the
// fingerprint of its location. Paths are told apart by their bytes and those of one directory are resolved together, so
// that millions of them need no strings. Relative paths start from the directory of the `_metadata` that was opened
// (Flink `CheckpointMetadataLoadingContext`), absolute ones are rewritten where the user said so.
import type { PathMention } from '../format/metadata/read.js';
import { baseName, canonicalKey, child, formatLocation, type Location, parent } from '../model/location.js';
import { LocationKey } from '../model/location-key.js';
import { type Mentioned, NO_DIRECTORY, type PathKeeper, type StoredPath } from '../model/reference-table.js';
import type { ReferenceKind, ReferenceScope } from '../model/references.js';
import { isRewrittenAlone, type Rewrite, resolvePath } from '../model/rewrite.js';
import { BugError } from '../support/errors.js';
import {
  continueFingerprint,
  copyFingerprint,
  type Fingerprint,
  fingerprintInto,
  newFingerprint,
} from '../support/fingerprint.js';
import { knownText } from '../support/modified-utf8.js';
import { scopeOf } from './layout.js';

/** Directories that are kept: with entropy in their paths files may lie in a directory each. */
const MOST_DIRECTORIES = 0xffff;
const SLASH = 0x2f;
/** Of the u16 before a path. */
const LENGTH_BYTES = 2;

/** What paths have before their last slash, and what that comes to. */
interface Directory {
  /** Null: no location of a store that is known. */
  readonly location: Location | null;
  readonly scope: ReferenceScope;
  /** From where a path stands to its name. */
  readonly nameOffset: number;
  /** What is before a file's name in its URI; empty where there is no location. */
  readonly uri: LocationKey;
  /** What is before a file's name in its key, and the fingerprint of that. */
  readonly prefix: LocationKey;
  readonly fingerprint: Fingerprint;
}

/** Where a path stands: from the two bytes of its length on, its name behind the last slash, its end. */
interface PathBounds {
  readonly at: number;
  readonly name: number;
  readonly end: number;
}

/** Where the directory of a mention stood, which most often is that of the next one too. */
interface Last {
  start: number;
  end: number;
  directory: number;
}

/** A cursor over the `_metadata` in `bytes` of the snapshot in `base`. What it tells is of the last mention. */
export class ReferenceCursor implements PathKeeper, Mentioned {
  kind: ReferenceKind = 'file';
  sizeBytes = 0n;
  /** Where a segment begins; else 0. */
  startByte = 0n;
  ofChanges = false;
  scope: ReferenceScope = 'other';
  /** Whether the path names a place in a store that is known; else the fingerprint is that of the path itself. */
  resolved = false;
  at = 0;
  directory = NO_DIRECTORY;
  /** Of the location's key; changes with every mention. */
  readonly fingerprint: Fingerprint = newFingerprint();

  /** What stands behind the last slash of the path: {@link view} from here to {@link nameEnd}. */
  nameStart = 0;
  nameEnd = 0;
  readonly view: DataView;

  readonly #bytes: Buffer;
  readonly #base: Location;
  readonly #rewrites: readonly Rewrite[];
  readonly #directories: (Directory | null)[] = [null];
  readonly #known = new Map<string, number>();
  readonly #lastAbsolute: Last = { start: 0, end: -1, directory: NO_DIRECTORY };
  readonly #lastRelative: Last = { start: 0, end: -1, directory: NO_DIRECTORY };
  readonly #key = new LocationKey();

  constructor(bytes: Uint8Array, base: Location, rewrites: readonly Rewrite[]) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#base = base;
    this.#rewrites = rewrites;
  }

  /** Goes to what is mentioned. */
  moveTo({ kind, at, reachBytes, startByte, ofChanges }: Readonly<PathMention>): void {
    this.kind = kind;
    this.at = at;
    this.sizeBytes = reachBytes;
    this.startByte = startByte;
    this.ofChanges = ofChanges;
    const end = this.#endOf(at);
    const name = this.#nameStart(at, end);
    this.nameStart = name;
    this.nameEnd = end;
    this.directory = this.#directoryOf({ at, name, end }, kind === 'relative-file');
    const directory = this.#directories[this.directory]!;
    if (directory === null) this.#describeSingle();
    else {
      this.resolved = directory.location !== null;
      this.scope = directory.scope;
      copyFingerprint(this.fingerprint, directory.fingerprint);
      continueFingerprint(this.fingerprint, this.view, name, end);
    }
  }

  /** Where the path resolves; null where that is no location of a known store. */
  location(): Location | null {
    return this.locationOf(this);
  }

  locationOf({ kind, at, directory }: StoredPath): Location | null {
    const found = this.#directories[directory]!;
    if (found === null) return this.#resolve(this.textAt(at), kind === 'relative-file');
    if (found.location === null) return null;
    const name = knownText(this.#bytes, at + found.nameOffset, this.#endOf(at));
    const { store, scheme, authority, path } = found.location;
    return { store, scheme, authority, path: path === '/' ? `/${name}` : `${path}/${name}` };
  }

  textAt(at: number): string {
    return knownText(this.#bytes, at + LENGTH_BYTES, this.#endOf(at));
  }

  writeKey(path: StoredPath, into: LocationKey): void {
    const { at, directory } = path;
    const found = this.#directories[directory]!;
    const location = found === null ? this.locationOf(path) : null;
    if (location !== null) into.setTo(location);
    else if (found !== null) {
      into.startWith(found.prefix);
      into.addBytes(this.view, at + found.nameOffset, this.#endOf(at));
    } else {
      into.clear();
      into.addBytes(this.view, at + LENGTH_BYTES, this.#endOf(at));
    }
  }

  writeUri(path: StoredPath, into: LocationKey): void {
    const { at, directory } = path;
    const found = this.#directories[directory]!;
    const location = found === null ? this.locationOf(path) : found.location;
    if (location === null) throw new BugError(`${this.textAt(at)} has no location`);
    if (found === null) {
      into.clear();
      into.addText(formatLocation(location));
    } else {
      into.startWith(found.uri);
      into.addBytes(this.view, at + found.nameOffset, this.#endOf(at));
    }
  }

  byteOf({ at, directory }: StoredPath): number {
    return this.#bytes[at + (this.#directories[directory]?.nameOffset ?? 0)]!;
  }

  fingerprintInto(path: StoredPath, into: Fingerprint): void {
    const found = this.#directories[path.directory]!;
    if (found === null) {
      this.writeKey(path, this.#key);
      this.#key.fingerprintInto(into);
    } else {
      copyFingerprint(into, found.fingerprint);
      continueFingerprint(into, this.view, path.at + found.nameOffset, this.#endOf(path.at));
    }
  }

  /** Of a path whose directory is not known apart from it. */
  #describeSingle(): void {
    const location = this.location();
    this.resolved = location !== null;
    this.scope = location === null ? 'other' : scopeOf(location, this.#base);
    this.fingerprintInto(this, this.fingerprint);
  }

  #directoryOf(path: PathBounds, relative: boolean): number {
    const { at, name, end } = path;
    const start = at + LENGTH_BYTES;
    const last = relative ? this.#lastRelative : this.#lastAbsolute;
    if (!this.#isName(name, end)) return NO_DIRECTORY;
    if (last.end - last.start === name - start && this.#sameBytes(last.start, start, name - start)) {
      return last.directory;
    }
    const text = this.#bytes.toString('latin1', start, name);
    // No path holds this character as one byte.
    const key = relative ? `\0${text}` : text;
    const directory = this.#known.get(key) ?? this.#addDirectory(key, path, relative);
    last.start = start;
    last.end = name;
    last.directory = directory;
    return directory;
  }

  #addDirectory(key: string, { at, name, end }: PathBounds, relative: boolean): number {
    if (this.#directories.length > MOST_DIRECTORIES) return NO_DIRECTORY;
    const path = this.textAt(at);
    const location = this.#resolve(path, relative);
    const apart =
      (location === null || baseName(location) === knownText(this.#bytes, name, end)) &&
      (relative || !isRewrittenAlone(path, this.#rewrites));
    const directory = apart ? this.#directories.push(this.#describe(location, at, name)) - 1 : NO_DIRECTORY;
    this.#known.set(key, directory);
    return directory;
  }

  /** Of a path that stands at `at` and is that of `file`, where it is one of a location. */
  #describe(file: Location | null, at: number, name: number): Directory {
    const [uri, prefix, fingerprint] = [new LocationKey(), new LocationKey(), newFingerprint()];
    const location = file === null ? null : parent(file);
    if (location === null) prefix.addBytes(this.view, at + LENGTH_BYTES, name);
    else {
      const end = location.path === '/' ? '' : '/';
      uri.addText(formatLocation(location) + end);
      prefix.addText(canonicalKey(location) + end);
    }
    fingerprintInto(fingerprint, prefix.view, prefix.length);
    const scope = file === null ? 'other' : scopeOf(file, this.#base);
    return { location, scope, nameOffset: name - at, uri, prefix, fingerprint };
  }

  #resolve(path: string, relative: boolean): Location | null {
    return relative ? child(this.#base, path) : resolvePath(path, this.#rewrites);
  }

  #endOf(at: number): number {
    return at + LENGTH_BYTES + ((this.#bytes[at]! << 8) | this.#bytes[at + 1]!);
  }

  /** Behind the last slash; four bytes at a time. */
  #nameStart(at: number, end: number): number {
    const start = at + LENGTH_BYTES;
    let name = end;
    while (name - 4 >= start && !hasSlash(this.view.getInt32(name - 4))) name -= 4;
    while (name > start && this.#bytes[name - 1] !== SLASH) name--;
    return name;
  }

  /** Whether these bytes are the name of something in a directory, and not the directory or the one above. */
  #isName(start: number, end: number): boolean {
    if (end - start > 2) return true;
    const name = this.#bytes.toString('latin1', start, end);
    return name !== '' && name !== '.' && name !== '..';
  }

  #sameBytes(a: number, b: number, length: number): boolean {
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      if (this.view.getInt32(a + i) !== this.view.getInt32(b + i)) return false;
    }
    for (; i < length; i++) if (this.#bytes[a + i] !== this.#bytes[b + i]) return false;
    return true;
  }
}

/** Whether one of four bytes is a slash. */
function hasSlash(four: number): boolean {
  const others = four ^ 0x2f2f2f2f;
  return ((others - 0x01010101) & ~others & 0x80808080) !== 0;
}
