// What a snapshot references, in columns: one row for each place, however many handles point there and however they
// spell it. A row takes some thirty bytes; its path stays where it was read. Rows are numbered as they came.
import { BugError } from '../support/errors.js';
import { type Fingerprint, newFingerprint } from '../support/fingerprint.js';
import { CROWDED, FingerprintTable } from '../support/fingerprint-table.js';
import { firstByKey, type WriteKey } from './key-order.js';
import { type Location, parent } from './location.js';
import { LocationKey } from './location-key.js';
import { sortByLocation } from './location-order.js';
import { type Mentioned, NO_DIRECTORY, ReferenceColumns, type StoredPath } from './reference-columns.js';
import type {
  FileKind,
  FileReference,
  ReferenceKind,
  ReferenceScope,
  References,
  SizeRule,
} from './references.js';

export { type Mentioned, NO_DIRECTORY, type StoredPath };

/** Keeps the paths of a table. */
export interface PathKeeper {
  /** Null where the path names no place that we know. */
  locationOf(path: StoredPath): Location | null;
  /** The path as written. */
  textAt(at: number): string;
  /** The key of the location; the path itself where it has none. */
  writeKey(path: StoredPath, into: LocationKey): void;
  /** The absolute URI of the location; it must have one. */
  writeUri(path: StoredPath, into: LocationKey): void;
  /** Any byte of the name: to have it fetched. */
  byteOf(path: StoredPath): number;
  /** The fingerprint of that key. */
  fingerprintInto(path: StoredPath, into: Fingerprint): void;
}

/** Chooses rows. */
export type IsWanted = (row: number) => boolean;

/** Rows in order that most readers are content with: one as an example, or ten. */
const FEW = 16;
/** Rows whose memory is fetched together. */
const AT_ONCE = 64;

export class ReferenceTable {
  readonly #paths: PathKeeper;
  /** Rows by fingerprint. Null where it was let go, to make room for what sorting takes. */
  #index: FingerprintTable | null = new FingerprintTable(1);
  #count = 0;
  readonly #columns = new ReferenceColumns();
  readonly #key = new LocationKey();
  readonly #otherKey = new LocationKey();
  #added: StoredPath = { kind: 'file', at: 0, directory: NO_DIRECTORY };
  readonly #stored: { -readonly [K in keyof StoredPath]: StoredPath[K] } = { ...this.#added };
  #order: Uint32Array | null = null;
  #touched = 0;
  readonly #writeKey: WriteKey = (row, into) => this.writeKey(row, into);

  constructor(paths: PathKeeper) {
    this.#paths = paths;
  }

  /** Rows are numbered from 0 to `count - 1`. */
  get count(): number {
    return this.#count;
  }

  /** Counts a handle; its row, a new one for a place not seen before, or {@link CROWDED}. */
  add(mentioned: Mentioned): number {
    this.#added = mentioned;
    this.#index ??= this.#indexed();
    const row = this.#index.add(mentioned.fingerprint, this.#isAdded);
    if (row === this.#count) {
      this.#columns.begin(row, mentioned);
      this.#count++;
    } else if (row !== CROWDED) this.#columns.count(row, mentioned);
    return row;
  }

  /** The row of the place that is in `row` of `other`, or -1. */
  find(other: ReferenceTable, row: number): number {
    const fingerprint = newFingerprint();
    other.readFingerprint(row, fingerprint);
    this.#index ??= this.#indexed();
    return this.#index.find(fingerprint, (known) => {
      this.writeKey(known, this.#key);
      other.writeKey(row, this.#otherKey);
      return this.#key.equals(this.#otherKey);
    });
  }

  /** The fingerprint of the location, computed anew. */
  readFingerprint(row: number, into: Fingerprint): void {
    this.#paths.fingerprintInto(this.#storedPath(row), into);
  }

  /** The `canonicalKey` of the location as bytes. */
  writeKey(row: number, into: LocationKey): void {
    this.#paths.writeKey(this.#storedPath(row), into);
  }

  /** The URI of the location as bytes; throws as {@link location} does. */
  writeUri(row: number, into: LocationKey): void {
    this.#paths.writeUri(this.#storedPath(row), into);
  }

  /** Throws for a row of unresolvable references. */
  location(row: number): Location {
    const location = this.#paths.locationOf(this.#storedPath(row));
    if (location === null) throw new BugError(`${this.path(row)} has no location`);
    return location;
  }

  /** As the `_metadata` has it. */
  path(row: number): string {
    return this.#paths.textAt(this.#columns.at(row));
  }

  /** Rows of one number, but {@link NO_DIRECTORY}, lie in one directory. */
  directory(row: number): number {
    return this.#columns.directory(row);
  }

  /** See {@link FileReference.sizeBytes}. */
  sizeBytes(row: number): bigint {
    return this.#columns.sizeBytes(row);
  }

  /** The same; a number where that is exact. */
  size(row: number): number | bigint {
    return this.#columns.size(row);
  }

  sizeRule(row: number): SizeRule {
    return this.#columns.sizeRule(row);
  }

  scope(row: number): ReferenceScope {
    return this.#columns.scope(row);
  }

  /** As the first of its handles named it. */
  kind(row: number): ReferenceKind {
    return this.#columns.kind(row);
  }

  /** Number of handles that point there. */
  handles(row: number): number {
    return this.#columns.handles(row);
  }

  /** The same of a table of files. */
  fileKind(row: number): FileKind {
    const kind = this.kind(row);
    if (kind === 'directory') throw new BugError(`${this.path(row)} is a directory`);
    return kind;
  }

  /** The row as a value, of a table of files. */
  file(row: number): FileReference {
    return {
      location: this.location(row),
      kind: this.fileKind(row),
      scope: this.scope(row),
      sizeBytes: this.sizeBytes(row),
      sizeRule: this.sizeRule(row),
      handles: this.handles(row),
    };
  }

  /** The directories that the files lie in, with how many; one may come more than once. */
  *parents(): Generator<{ readonly directory: Location; readonly files: number }> {
    const numbered = new Map<number, { readonly row: number; files: number }>();
    for (let row = 0; row < this.count; row++) {
      const number = this.directory(row);
      const known = numbered.get(number);
      if (known !== undefined) known.files++;
      else if (number !== NO_DIRECTORY) numbered.set(number, { row, files: 1 });
      else yield { directory: parent(this.location(row)), files: 1 };
    }
    for (const { row, files } of numbered.values()) yield { directory: parent(this.location(row)), files };
  }

  /** {@link sorted}, only for who goes beyond the first few. */
  *inOrder(isWanted: IsWanted = () => true): Generator<number> {
    const isSorted = this.#order?.length === this.count;
    const few = isSorted ? [] : firstByKey({ count: this.count, isWanted }, this.#writeKey, FEW);
    yield* few;
    if (!isSorted && few.length < FEW) return;
    let passed = 0;
    for (const row of this.sorted(isWanted)) if (++passed > few.length) yield row;
  }

  /** The rows for which `isWanted`, in the order of their locations. */
  *sorted(isWanted: IsWanted = () => true): Generator<number> {
    const order = this.#ordered(isWanted);
    for (let start = 0; start < order.length; start += AT_ONCE) {
      const next = order.subarray(start, start + AT_ONCE);
      this.#touch(next);
      for (const row of next) if (isWanted(row)) yield row;
    }
  }

  /** What rows hold lies far apart: here it is fetched for all of them at once, and not for one after the other. */
  #touch(rows: Uint32Array): void {
    for (const row of rows) this.#touched ^= this.#paths.byteOf(this.#storedPath(row));
  }

  /** The rows for which `isWanted`, and maybe others. All of them are sorted only once. */
  #ordered(isWanted: IsWanted): Uint32Array {
    if (this.#order?.length === this.count) return this.#order;
    this.#index = null;
    const rows = new Uint32Array(this.count);
    let chosen = 0;
    for (let row = 0; row < rows.length; row++) if (isWanted(row)) rows[chosen++] = row;
    const wanted = chosen === rows.length ? rows : rows.slice(0, chosen);
    sortByLocation(wanted, { writeKey: this.#writeKey, directory: (row) => this.directory(row) });
    if (chosen === rows.length) this.#order = wanted;
    return wanted;
  }

  /** Paths are at hand to be compared, so first words will do. */
  #indexed(): FingerprintTable {
    const index = new FingerprintTable(1);
    const fingerprint = newFingerprint();
    for (let row = 0; row < this.#count; row++) {
      this.readFingerprint(row, fingerprint);
      index.add(fingerprint, () => false);
    }
    return index;
  }

  /** Whether the row is of the place that is being added. */
  readonly #isAdded: IsWanted = (row) => {
    this.writeKey(row, this.#key);
    this.#paths.writeKey(this.#added, this.#otherKey);
    return this.#key.equals(this.#otherKey);
  };

  /** Good until that of another row is asked for. */
  #storedPath(row: number): StoredPath {
    const [columns, stored] = [this.#columns, this.#stored];
    stored.kind = columns.kind(row);
    stored.at = columns.at(row);
    stored.directory = columns.directory(row);
    return stored;
  }
}

/** Tables without a row. */
export function noReferences(): References {
  const none = new ReferenceTable({
    locationOf: () => null,
    textAt: () => '',
    writeKey: () => {},
    writeUri: () => {},
    byteOf: () => 0,
    fingerprintInto: () => {},
  });
  return { files: none, directories: none, unresolvable: none };
}
