// Files and references as records in spools, each found by its whole path: the directory's number and the name, or the
// whole canonical path where the directory has no number. Hashes only decide where a record lies. Text is modified
// UTF-8, as in `_metadata` files.
//
//   a file       | u32 hash | u32 n, the first bit of it that of links | f64 bytes | f64 modified, -1 unknown | key, n bytes |
//   a reference  | u32 hash | u32 n | f64 bytes | u32 snapshot | u8 flags  | key, n bytes | of a segment: f64 start |
//   a key        | u32 number of the directory | name |      or      | ff ff ff ff | canonical path |
import type { LocationKey } from '../../model/location-key.js';
import type { SizeRule } from '../../model/references.js';
import type { Fingerprint } from '../../support/fingerprint.js';
import { decodeModifiedUtf8 } from '../../support/modified-utf8.js';
import { UNNUMBERED } from './directories.js';
import { PARTITIONS, type Spool } from './spool.js';

const FILE_HEAD = 24;
const REFERENCE_HEAD = 21;
const LINKED = 2 ** 31;
const START_BYTES = 8;
const SLASH = 0x2f;

//  flags: | 7..3 unused | 2 of changes | 1 size is told | 0 a segment |
const SEGMENT = 1;
const SIZED = 2;
const OF_CHANGES = 4;

/** Where a file lies, as a record has it. The text that it is given must not change before it is written. */
export class RecordKey {
  hash = 0;
  partition = 0;
  /** Of the directory's number and the name, in bytes. */
  length = 0;
  #directory = UNNUMBERED;
  #text: DataView = new DataView(new ArrayBuffer(0));
  #start = 0;

  /** The file of this name in the directory with this number; `fingerprint` is that of its location. */
  setName({ view, nameStart, nameEnd }: NameText, fingerprint: Fingerprint, directory: number): void {
    this.#set(fingerprint);
    this.length = 4 + nameEnd - nameStart;
    this.#directory = directory;
    this.#text = view;
    this.#start = nameStart;
  }

  /** The file that `key` is of, in a directory without a number. */
  setWhole({ view, length }: LocationKey, fingerprint: Fingerprint): void {
    this.#set(fingerprint);
    this.length = 4 + length;
    this.#directory = UNNUMBERED;
    this.#text = view;
    this.#start = 0;
  }

  /** Four bytes at a time: names are short, and there are many. */
  writeTo(view: DataView, at: number): void {
    view.setUint32(at, this.#directory, true);
    const from = this.#text;
    const shift = this.#start - at - 4;
    const end = at + this.length;
    let to = at + 4;
    for (; to + 4 <= end; to += 4) view.setInt32(to, from.getInt32(to + shift));
    for (; to < end; to++) view.setUint8(to, from.getUint8(to + shift));
  }

  #set(fingerprint: Fingerprint): void {
    this.hash = fingerprint[0]!;
    // Other bits than those that a table within the partition goes by.
    this.partition = fingerprint[1]! % PARTITIONS;
  }
}

/** The name of a file as bytes. */
export interface NameText {
  readonly view: DataView;
  readonly nameStart: number;
  readonly nameEnd: number;
}

/** What a listing says of a file besides its path. */
export interface Listed {
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
  readonly linked?: true;
}

/** Appends a file at `key`. */
export function writeFile(spool: Spool, key: RecordKey, { sizeBytes, modifiedMs, linked }: Listed): void {
  const { view, at } = spool.room(key.partition, FILE_HEAD + key.length);
  view.setUint32(at, key.hash, true);
  view.setUint32(at + 4, linked ? key.length + LINKED : key.length, true);
  view.setFloat64(at + 8, sizeBytes, true);
  view.setFloat64(at + 16, modifiedMs ?? -1, true);
  key.writeTo(view, at + FILE_HEAD);
}

/** What a handle says of a file. */
export interface Mention {
  readonly kind: 'file' | 'relative-file' | 'segment' | 'directory';
  /** -1 where unknown; the end of a segment. */
  readonly sizeBytes: bigint;
  readonly startByte: bigint;
  readonly ofChanges: boolean;
}

/** Appends what a handle of the snapshot with this number says of the file at `key`. */
export function writeReference(spool: Spool, key: RecordKey, snapshot: number, mention: Mention): void {
  const { kind, ofChanges } = mention;
  const sizeBytes = Number(mention.sizeBytes);
  const isSegment = kind === 'segment';
  const tail = isSegment ? START_BYTES : 0;
  const { view, at } = spool.room(key.partition, REFERENCE_HEAD + key.length + tail);
  view.setUint32(at, key.hash, true);
  view.setUint32(at + 4, key.length, true);
  view.setFloat64(at + 8, sizeBytes, true);
  view.setUint32(at + 16, snapshot, true);
  view.setUint8(at + 20, (isSegment ? SEGMENT : sizeBytes >= 0 ? SIZED : 0) | (ofChanges ? OF_CHANGES : 0));
  key.writeTo(view, at + REFERENCE_HEAD);
  if (isSegment) view.setFloat64(at + REFERENCE_HEAD + key.length, Number(mention.startByte), true);
}

/** Reads a file record that starts at `at`. */
export const fileRecord = {
  end: (view: DataView, at: number): number => at + FILE_HEAD + (view.getUint32(at + 4, true) % LINKED),
  linked: (view: DataView, at: number): boolean => view.getUint32(at + 4, true) >= LINKED,
  hash: (view: DataView, at: number): number => view.getUint32(at, true),
  sizeBytes: (view: DataView, at: number): number => view.getFloat64(at + 8, true),
  modifiedMs: (view: DataView, at: number): number | null => timeOf(view.getFloat64(at + 16, true)),
  keyStart: (at: number): number => at + FILE_HEAD,
} as const;

/** Reads a reference record that starts at `at`. */
export const referenceRecord = {
  end: (view: DataView, at: number): number =>
    referenceRecord.keyEnd(view, at) + (referenceRecord.isSegment(view, at) ? START_BYTES : 0),
  hash: (view: DataView, at: number): number => view.getUint32(at, true),
  sizeBytes: (view: DataView, at: number): number => view.getFloat64(at + 8, true),
  snapshot: (view: DataView, at: number): number => view.getUint32(at + 16, true),
  flags: (view: DataView, at: number): number => view.getUint8(at + 20),
  isSegment: (view: DataView, at: number): boolean => (view.getUint8(at + 20) & SEGMENT) !== 0,
  startByte: (view: DataView, at: number): number => view.getFloat64(referenceRecord.keyEnd(view, at), true),
  keyStart: (at: number): number => at + REFERENCE_HEAD,
  keyEnd: (view: DataView, at: number): number => at + REFERENCE_HEAD + view.getUint32(at + 4, true),
} as const;

/** What the flags of all handles of one snapshot, or-ed, ask of a file's size. */
export function sizeRuleOf(flags: number): SizeRule {
  if ((flags & SEGMENT) !== 0) return 'at-least';
  if ((flags & SIZED) === 0) return 'any';
  return (flags & OF_CHANGES) !== 0 ? 'exact-or-one-more' : 'exact';
}

/** Where a key stands in a piece of a spool. */
export interface KeyPlace {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

/** The directory's number, or UNNUMBERED. */
export function directoryOf({ view, start }: Pick<KeyPlace, 'view' | 'start'>): number {
  return view.getUint32(start, true);
}

/** Length of the name, or of the whole canonical path, in bytes. */
export function nameBytes({ start, end }: Pick<KeyPlace, 'start' | 'end'>): number {
  return end - start - 4;
}

/** Where the name begins, in either kind of key. */
export function nameStartOf({ bytes, view, start, end }: KeyPlace): number {
  return directoryOf({ view, start }) === UNNUMBERED ? bytes.lastIndexOf(SLASH, end - 1) + 1 : start + 4;
}

/** The name, or the whole canonical path where the directory has no number. */
export function nameOf({ bytes, start, end }: KeyPlace): string {
  const first = start + 4;
  let at = first;
  while (at < end && bytes[at]! < 0x80) at++;
  return at === end
    ? bytes.toString('latin1', first, end)
    : (decodeModifiedUtf8(bytes, first, end) as string);
}

function timeOf(milliseconds: number): number | null {
  return milliseconds === -1 ? null : milliseconds;
}
