// Files and references as records in spools, each found by its whole path: the directory's number and the name, or the
// whole canonical path where the directory has no number. Hashes only decide where a record lies.
//
//   a file       | u32 hash | u32 n | f64 bytes | f64 modified, -1 unknown | key, n bytes |
//   a reference  | u32 hash | u32 n | f64 bytes | f64 start of a segment   | u32 snapshot | u8 rule | key, n bytes |
//   a key        | u32 number of the directory | name, UTF-8 |      or      | ff ff ff ff | canonical path, UTF-8 |
import type { Location } from '../../model/location.js';
import type { SizeRule } from '../../model/references.js';
import { fingerprintInto, newFingerprint } from '../../support/fingerprint.js';
import { storeKey } from '../readers.js';
import { type Directories, UNNUMBERED } from './directories.js';
import { PARTITIONS, type Spool } from './spool.js';

const FILE_HEAD = 24;
const REFERENCE_HEAD = 29;

/** A segment counts only towards the live bytes of its file. */
export type ReferenceRule = SizeRule | 'segment';
const RULES: readonly ReferenceRule[] = ['exact', 'at-least', 'exact-or-one-more', 'any', 'segment'];

/** A file as a listing tells of it. */
export interface ListedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
}

export interface ReferenceRow {
  readonly location: Location;
  /** Index of the snapshot in the survey. */
  readonly snapshot: number;
  readonly rule: ReferenceRule;
  /** What the handle says; the end of a segment. */
  readonly sizeBytes: number;
  readonly startByte?: number;
}

/** Writes keys, and finds out where they belong. */
export class KeyWriter {
  readonly #directories: Directories;
  readonly #fingerprint = newFingerprint();
  #key = Buffer.alloc(1024);
  #view = viewOf(this.#key);
  length = 0;

  constructor(directories: Directories) {
    this.#directories = directories;
  }

  /** Prepares the key of the file at `path` in the store of `root`; returns the number of its directory. */
  prepare(root: Location, path: string): number {
    const slash = path.lastIndexOf('/');
    const number = this.#directories.numberOf(root, slash <= 0 ? '/' : path.slice(0, slash));
    const name = number === UNNUMBERED ? `${storeKey(root)}${path}` : path.slice(slash + 1);
    this.#reserve(4 + name.length * 3);
    this.#view.setUint32(0, number, true);
    this.length = 4 + this.#key.write(name, 4, 'utf8');
    fingerprintInto(this.#fingerprint, this.#view, this.length);
    return number;
  }

  get hash(): number {
    return this.#fingerprint[0]!;
  }

  /** Other bits than those that a table within the partition goes by. */
  get partition(): number {
    return this.#fingerprint[1]! % PARTITIONS;
  }

  copyTo(bytes: Buffer, at: number): void {
    this.#key.copy(bytes, at, 0, this.length);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#key.length) return;
    this.#key = Buffer.alloc(bytes * 2);
    this.#view = viewOf(this.#key);
  }
}

/** Appends a file, whose key was prepared. */
export function writeFile(spool: Spool, key: KeyWriter, file: ListedFile): void {
  const { bytes, at } = spool.room(key.partition, FILE_HEAD + key.length);
  bytes.writeUInt32LE(key.hash, at);
  bytes.writeUInt32LE(key.length, at + 4);
  bytes.writeDoubleLE(file.sizeBytes, at + 8);
  bytes.writeDoubleLE(file.modifiedMs ?? -1, at + 16);
  key.copyTo(bytes, at + FILE_HEAD);
}

/** Appends a reference, whose key was prepared. */
export function writeReference(spool: Spool, key: KeyWriter, row: ReferenceRow): void {
  const { bytes, at } = spool.room(key.partition, REFERENCE_HEAD + key.length);
  bytes.writeUInt32LE(key.hash, at);
  bytes.writeUInt32LE(key.length, at + 4);
  bytes.writeDoubleLE(row.sizeBytes, at + 8);
  bytes.writeDoubleLE(row.startByte ?? 0, at + 16);
  bytes.writeUInt32LE(row.snapshot, at + 24);
  bytes.writeUInt8(RULES.indexOf(row.rule), at + 28);
  key.copyTo(bytes, at + REFERENCE_HEAD);
}

/** Reads a file record that starts at `at`. */
export const fileRecord = {
  length: (bytes: Buffer, at: number): number => FILE_HEAD + bytes.readUInt32LE(at + 4),
  hash: (bytes: Buffer, at: number): number => bytes.readUInt32LE(at),
  sizeBytes: (bytes: Buffer, at: number): number => bytes.readDoubleLE(at + 8),
  modifiedMs: (bytes: Buffer, at: number): number | null => timeOf(bytes.readDoubleLE(at + 16)),
  keyStart: (at: number): number => at + FILE_HEAD,
} as const;

/** Reads a reference record that starts at `at`. */
export const referenceRecord = {
  length: (bytes: Buffer, at: number): number => REFERENCE_HEAD + bytes.readUInt32LE(at + 4),
  hash: (bytes: Buffer, at: number): number => bytes.readUInt32LE(at),
  sizeBytes: (bytes: Buffer, at: number): number => bytes.readDoubleLE(at + 8),
  startByte: (bytes: Buffer, at: number): number => bytes.readDoubleLE(at + 16),
  snapshot: (bytes: Buffer, at: number): number => bytes.readUInt32LE(at + 24),
  rule: (bytes: Buffer, at: number): ReferenceRule => RULES[bytes[at + 28]!]!,
  keyStart: (at: number): number => at + REFERENCE_HEAD,
} as const;

/** The directory's number, or UNNUMBERED, of the key at `start`. */
export function directoryOf(bytes: Buffer, start: number): number {
  return bytes.readUInt32LE(start);
}

/** The name, or the whole canonical path where the directory has no number, of the key in a range of bytes. */
export function nameOf(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('utf8', start + 4, end);
}

function timeOf(milliseconds: number): number | null {
  return milliseconds === -1 ? null : milliseconds;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
