// What a table of references keeps of each row: an array for each column, nineteen bytes a row, in chunks so that no
// large array is ever copied. It knows no paths.
import type { Fingerprint } from '../support/fingerprint.js';
import { REFERENCE_SCOPES, type ReferenceKind, type ReferenceScope, type SizeRule } from './references.js';

/** Where a path is kept, for its keeper to understand. */
export interface StoredPath {
  readonly kind: ReferenceKind;
  /** Unsigned 32-bit and 16-bit numbers. */
  readonly at: number;
  readonly directory: number;
}

/** Directory number of a path whose directory is not known apart from it. */
export const NO_DIRECTORY = 0;

/** What one handle says of a place. */
export interface Mentioned extends StoredPath {
  /** As {@link PathKeeper.fingerprintInto} tells it. */
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
const ROW_MASK = CHUNK_ROWS - 1;
const FIRST_ROWS = 16;
const LONGEST_BYTES = 2n ** 63n - 1n;

/** Rows are begun in their order. */
export class ReferenceColumns {
  readonly #chunks: Chunk[] = [new Chunk(FIRST_ROWS)];

  /** The first handle of a row. */
  begin(row: number, mentioned: Mentioned): void {
    const { kind, at, directory, scope } = mentioned;
    const [chunk, i] = [this.#roomFor(row), row & ROW_MASK];
    chunk.sizeBytes[i] = reachOf(mentioned);
    chunk.handles[i] = 1;
    chunk.at[i] = at;
    chunk.directory[i] = directory;
    chunk.flags[i] =
      KINDS.indexOf(kind) | (REFERENCE_SCOPES.indexOf(scope) << SCOPE_SHIFT) | useOf(mentioned);
  }

  /** A further handle. */
  count(row: number, mentioned: Mentioned): void {
    const [chunk, i] = [this.#chunk(row), row & ROW_MASK];
    chunk.handles[i]!++;
    chunk.flags[i]! |= useOf(mentioned);
    const reach = reachOf(mentioned);
    if (reach > chunk.sizeBytes[i]!) chunk.sizeBytes[i] = reach;
  }

  at(row: number): number {
    return this.#chunk(row).at[row & ROW_MASK]!;
  }

  directory(row: number): number {
    return this.#chunk(row).directory[row & ROW_MASK]!;
  }

  /** The largest that a handle told. */
  sizeBytes(row: number): bigint {
    return this.#chunk(row).sizeBytes[row & ROW_MASK]!;
  }

  sizeRule(row: number): SizeRule {
    const flags = this.#flags(row);
    if ((flags & IN_PARTS) !== 0) return 'at-least';
    if ((flags & SIZED) === 0) return 'any';
    return (flags & OF_CHANGES) !== 0 ? 'exact-or-one-more' : 'exact';
  }

  /** Of the first handle, as the kind. */
  scope(row: number): ReferenceScope {
    return REFERENCE_SCOPES[(this.#flags(row) >> SCOPE_SHIFT) & 3]!;
  }

  kind(row: number): ReferenceKind {
    return KINDS[this.#flags(row) & 3]!;
  }

  handles(row: number): number {
    return this.#chunk(row).handles[row & ROW_MASK]!;
  }

  #flags(row: number): number {
    return this.#chunk(row).flags[row & ROW_MASK]!;
  }

  #chunk(row: number): Chunk {
    return this.#chunks[row >>> CHUNK_BITS]!;
  }

  #roomFor(row: number): Chunk {
    const index = row >>> CHUNK_BITS;
    const known = this.#chunks[index];
    if (known !== undefined && (row & ROW_MASK) < known.rows) return known;
    const chunk = known === undefined ? new Chunk(CHUNK_ROWS) : known.doubled();
    this.#chunks[index] = chunk;
    return chunk;
  }
}

/** Some rows. */
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

/** The flags that a handle adds to those of its row. */
function useOf({ kind, sizeBytes, ofChanges }: Mentioned): number {
  const use = kind === 'segment' ? IN_PARTS : sizeBytes >= 0n ? SIZED : 0;
  return ofChanges ? use | OF_CHANGES : use;
}

/** What a column has room for. */
function reachOf({ sizeBytes }: Mentioned): bigint {
  if (sizeBytes < -1n) return -1n;
  return sizeBytes > LONGEST_BYTES ? LONGEST_BYTES : sizeBytes;
}
