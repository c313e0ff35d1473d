// What a snapshot references, in columns: one row for each place, however many handles point there and however they
// spell it. A row takes some thirty bytes; its path stays where it was read. Rows are numbered as they came.
import { BugError } from '../support/errors.js';
import { type Fingerprint, newFingerprint } from '../support/fingerprint.js';
import { CROWDED, FingerprintTable } from '../support/fingerprint-table.js';
import { sortByKey } from './key-order.js';
import { type Location, parent } from './location.js';
import { LocationKey } from './location-key.js';
import {
  type FileReference,
  REFERENCE_SCOPES,
  type ReferenceKind,
  type ReferenceScope,
  type References,
  type SizeRule,
} from './references.js';

/** Where a path is kept, for its keeper to understand. */
export interface StoredPath {
  readonly kind: ReferenceKind;
  /** Unsigned 32-bit and 16-bit numbers. */
  readonly at: number;
  readonly directory: number;
}

/** Directory number of a path whose directory is not known apart from it. */
export const NO_DIRECTORY = 0;

/** Keeps the paths of a table. */
export interface PathKeeper {
  /** Null where the path names no place that we know. */
  locationOf(path: StoredPath): Location | null;
  /** The path as written. */
  textAt(at: number): string;
  /** The key of the location; the path itself where it has none. */
  writeKey(path: StoredPath, into: LocationKey): void;
}

/** Chooses rows. */
export type IsWanted = (row: number) => boolean;

/** What one handle says of a place. */
export interface Mentioned extends StoredPath {
  /** Of the key that {@link PathKeeper.writeKey} writes. */
  readonly fingerprint: Fingerprint;
  readonly scope: ReferenceScope;
  /** Size of the file, -1 where unknown; end of the segment; 0 of a directory. */
  readonly sizeBytes: bigint;
  /** The file is of a changelog. */
  readonly ofChanges: boolean;
}

const KINDS: readonly ReferenceKind[] = ['file', 'relative-file', 'segment', 'directory'];
//  flags: | 7 unused | 6 of changes | 5 size is told | 4 used in parts | 3..2 scope | 1..0 kind |
const SCOPE_SHIFT = 2;
const IN_PARTS = 1 << 4;
const SIZED = 1 << 5;
const OF_CHANGES = 1 << 6;

const CHUNK_BITS = 14;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const FIRST_ROWS = 16;
const LONGEST_BYTES = 2n ** 63n - 1n;

export class ReferenceTable {
  readonly #paths: PathKeeper;
  /** Paths are at hand to be compared, so first words will do. */
  readonly #fingerprints = new FingerprintTable(1);
  readonly #chunks: Chunk[] = [new Chunk(FIRST_ROWS)];
  readonly #key = new LocationKey();
  readonly #otherKey = new LocationKey();
  #order: Uint32Array | null = null;

  constructor(paths: PathKeeper) {
    this.#paths = paths;
  }

  /** Rows are numbered from 0 to `count - 1`. */
  get count(): number {
    return this.#fingerprints.count;
  }

  /** Counts a handle; its row, a new one for a place not seen before, or {@link CROWDED}. */
  add(mentioned: Mentioned): number {
    const before = this.count;
    const row = this.#fingerprints.add(mentioned.fingerprint, (known) => this.#isAt(known, mentioned));
    if (row === CROWDED) return row;
    const [chunk, at] = [this.#chunkFor(row), row & (CHUNK_ROWS - 1)];
    if (row === before) chunk.begin(at, mentioned);
    chunk.count(at, mentioned);
    return row;
  }

  /** The row of the place that is in `row` of `other`, or -1. */
  find(other: ReferenceTable, row: number): number {
    const fingerprint = newFingerprint();
    other.readFingerprint(row, fingerprint);
    return this.#fingerprints.find(fingerprint, (known) => {
      this.writeKey(known, this.#key);
      other.writeKey(row, this.#otherKey);
      return this.#key.equals(this.#otherKey);
    });
  }

  /** The fingerprint of the location, computed anew. */
  readFingerprint(row: number, into: Fingerprint): void {
    this.writeKey(row, this.#key);
    this.#key.fingerprintInto(into);
  }

  /** The `canonicalKey` of the location as bytes. */
  writeKey(row: number, into: LocationKey): void {
    this.#paths.writeKey(this.#storedPath(row), into);
  }

  /** Throws for a row of unresolvable references. */
  location(row: number): Location {
    const location = this.#paths.locationOf(this.#storedPath(row));
    if (location === null) throw new BugError(`${this.path(row)} has no location`);
    return location;
  }

  /** As the `_metadata` has it. */
  path(row: number): string {
    return this.#paths.textAt(this.#chunk(row).at[row & (CHUNK_ROWS - 1)]!);
  }

  /** Rows of one number, but {@link NO_DIRECTORY}, lie in one directory. */
  directory(row: number): number {
    return this.#chunk(row).directory[row & (CHUNK_ROWS - 1)]!;
  }

  /** See {@link FileReference.sizeBytes}. */
  sizeBytes(row: number): bigint {
    return this.#chunk(row).sizeBytes[row & (CHUNK_ROWS - 1)]!;
  }

  sizeRule(row: number): SizeRule {
    const flags = this.#flags(row);
    if ((flags & IN_PARTS) !== 0) return 'at-least';
    if ((flags & SIZED) === 0) return 'any';
    return (flags & OF_CHANGES) !== 0 ? 'exact-or-one-more' : 'exact';
  }

  scope(row: number): ReferenceScope {
    return REFERENCE_SCOPES[(this.#flags(row) >> SCOPE_SHIFT) & 3]!;
  }

  /** As the first of its handles named it. */
  kind(row: number): ReferenceKind {
    return KINDS[this.#flags(row) & 3]!;
  }

  /** Number of handles that point there. */
  handles(row: number): number {
    return this.#chunk(row).handles[row & (CHUNK_ROWS - 1)]!;
  }

  /** The row as a value, of a table of files. */
  file(row: number): FileReference {
    const kind = this.kind(row);
    if (kind === 'directory') throw new BugError(`${this.path(row)} is a directory`);
    return {
      location: this.location(row),
      kind,
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

  /** The rows for which `isWanted`, in the order of their locations. All of them are sorted only once. */
  inOrder(isWanted?: IsWanted): Uint32Array {
    const known = this.#order?.length === this.count ? this.#order : null;
    const rows = this.#chosen(known, isWanted);
    if (known !== null) return rows;
    sortByKey(rows, (row, into) => this.writeKey(row, into));
    if (rows.length === this.count) this.#order = rows;
    return rows;
  }

  #chosen(known: Uint32Array | null, isWanted: IsWanted | undefined): Uint32Array {
    const rows = new Uint32Array(this.count);
    let chosen = 0;
    for (let i = 0; i < this.count; i++) {
      const row = known?.[i] ?? i;
      if (isWanted === undefined || isWanted(row)) rows[chosen++] = row;
    }
    return chosen === rows.length ? rows : rows.slice(0, chosen);
  }

  #isAt(row: number, place: StoredPath): boolean {
    this.writeKey(row, this.#key);
    this.#paths.writeKey(place, this.#otherKey);
    return this.#key.equals(this.#otherKey);
  }

  #storedPath(row: number): StoredPath {
    const chunk = this.#chunk(row);
    const i = row & (CHUNK_ROWS - 1);
    return { kind: KINDS[chunk.flags[i]! & 3]!, at: chunk.at[i]!, directory: chunk.directory[i]! };
  }

  #flags(row: number): number {
    return this.#chunk(row).flags[row & (CHUNK_ROWS - 1)]!;
  }

  #chunk(row: number): Chunk {
    return this.#chunks[row >>> CHUNK_BITS]!;
  }

  #chunkFor(row: number): Chunk {
    const index = row >>> CHUNK_BITS;
    const known = this.#chunks[index];
    if (known !== undefined && (row & (CHUNK_ROWS - 1)) < known.rows) return known;
    const chunk = known === undefined ? new Chunk(CHUNK_ROWS) : known.doubled();
    this.#chunks[index] = chunk;
    return chunk;
  }
}

/** Tables without a row. */
export function noReferences(): References {
  const none = new ReferenceTable({ locationOf: () => null, textAt: () => '', writeKey: () => {} });
  return { files: none, directories: none, unresolvable: none };
}

/** Some rows: an array for each column. */
class Chunk {
  readonly rows: number;
  readonly sizeBytes: BigInt64Array;
  readonly handles: Uint32Array;
  readonly at: Uint32Array;
  readonly directory: Uint16Array;
  readonly flags: Uint8Array;

  constructor(rows: number) {
    this.rows = rows;
    this.sizeBytes = new BigInt64Array(rows);
    this.handles = new Uint32Array(rows);
    this.at = new Uint32Array(rows);
    this.directory = new Uint16Array(rows);
    this.flags = new Uint8Array(rows);
  }

  begin(i: number, { kind, at, directory, scope }: Mentioned): void {
    this.sizeBytes[i] = -1n;
    this.at[i] = at;
    this.directory[i] = directory;
    this.flags[i] = KINDS.indexOf(kind) | (REFERENCE_SCOPES.indexOf(scope) << SCOPE_SHIFT);
  }

  count(i: number, { kind, sizeBytes, ofChanges }: Mentioned): void {
    this.handles[i]!++;
    if (kind === 'segment') this.flags[i]! |= IN_PARTS;
    else if (sizeBytes >= 0n) this.flags[i]! |= SIZED;
    if (ofChanges) this.flags[i]! |= OF_CHANGES;
    const reach = sizeBytes > LONGEST_BYTES ? LONGEST_BYTES : sizeBytes;
    if (reach > this.sizeBytes[i]!) this.sizeBytes[i] = reach;
  }

  doubled(): Chunk {
    const larger = new Chunk(this.rows * 2);
    larger.sizeBytes.set(this.sizeBytes);
    larger.handles.set(this.handles);
    larger.at.set(this.at);
    larger.directory.set(this.directory);
    larger.flags.set(this.flags);
    return larger;
  }
}
