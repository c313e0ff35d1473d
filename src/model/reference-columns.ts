// What a table of references keeps of each row: twenty bytes side by side, so that a look at one place of memory finds all
// of a row, in chunks so that no large array is ever copied. It knows no paths.
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

//  | i64 bytes | u32 at | u32 handles | u16 directory | u8 flags |  one byte is free
const ROW_BYTES = 20;
const AT = 8;
const HANDLES = 12;
const DIRECTORY = 16;
const FLAGS = 18;

const CHUNK_BITS = 14;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const ROW_MASK = CHUNK_ROWS - 1;
const FIRST_ROWS = 16;
const LONGEST_BYTES = 2n ** 63n - 1n;

/** Rows are begun in their order. */
export class ReferenceColumns {
  readonly #chunks: DataView[] = [newChunk(FIRST_ROWS)];

  /** The first handle of a row. */
  begin(row: number, mentioned: Mentioned): void {
    const { kind, at, directory, scope } = mentioned;
    const [chunk, start] = [this.#roomFor(row), startOf(row)];
    chunk.setBigInt64(start, reachOf(mentioned), true);
    chunk.setUint32(start + AT, at, true);
    chunk.setUint32(start + HANDLES, 1, true);
    chunk.setUint16(start + DIRECTORY, directory, true);
    const flags = KINDS.indexOf(kind) | (REFERENCE_SCOPES.indexOf(scope) << SCOPE_SHIFT) | useOf(mentioned);
    chunk.setUint8(start + FLAGS, flags);
  }

  /** A further handle. */
  count(row: number, mentioned: Mentioned): void {
    const [chunk, start] = [this.#chunk(row), startOf(row)];
    chunk.setUint32(start + HANDLES, chunk.getUint32(start + HANDLES, true) + 1, true);
    chunk.setUint8(start + FLAGS, chunk.getUint8(start + FLAGS) | useOf(mentioned));
    const reach = reachOf(mentioned);
    if (reach > chunk.getBigInt64(start, true)) chunk.setBigInt64(start, reach, true);
  }

  at(row: number): number {
    return this.#chunk(row).getUint32(startOf(row) + AT, true);
  }

  directory(row: number): number {
    return this.#chunk(row).getUint16(startOf(row) + DIRECTORY, true);
  }

  /** The largest that a handle told. */
  sizeBytes(row: number): bigint {
    return this.#chunk(row).getBigInt64(startOf(row), true);
  }

  /** The same; a number where that is exact. */
  size(row: number): number | bigint {
    const [chunk, start] = [this.#chunk(row), startOf(row)];
    const size = chunk.getInt32(start + 4, true) * 2 ** 32 + chunk.getUint32(start, true);
    return Number.isSafeInteger(size) ? size : chunk.getBigInt64(start, true);
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
    return this.#chunk(row).getUint32(startOf(row) + HANDLES, true);
  }

  #flags(row: number): number {
    return this.#chunk(row).getUint8(startOf(row) + FLAGS);
  }

  #chunk(row: number): DataView {
    return this.#chunks[row >>> CHUNK_BITS]!;
  }

  #roomFor(row: number): DataView {
    const index = row >>> CHUNK_BITS;
    const known = this.#chunks[index];
    if (known !== undefined && startOf(row) < known.byteLength) return known;
    const chunk = known === undefined ? newChunk(CHUNK_ROWS) : doubled(known);
    this.#chunks[index] = chunk;
    return chunk;
  }
}

function newChunk(rows: number): DataView {
  return new DataView(new ArrayBuffer(rows * ROW_BYTES));
}

function doubled(chunk: DataView): DataView {
  const larger = new Uint8Array(chunk.byteLength * 2);
  larger.set(new Uint8Array(chunk.buffer));
  return new DataView(larger.buffer);
}

function startOf(row: number): number {
  return (row & ROW_MASK) * ROW_BYTES;
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
