// Files and references of one partition brought together: by hash, then by their whole keys, so that no two paths are
// ever taken for one. Pure: what was listed and what snapshots name is all that it knows.
import { liveBytesOf } from './live-bytes.js';
import { fileRecord, type ReferenceRule, referenceRecord } from './records.js';

/** In place of a count: the same file stands in an earlier record. */
export const LISTED_TWICE = 0xffffffff;

/** Told of what a reference comes to. */
export interface JoinVisitor {
  /** A file that was listed and has another size than the reference allows. */
  wrongSize(snapshot: number): void;
}

/** The files of a partition, and what is known of each from the references. */
export interface JoinedPartition {
  /** How many snapshots reference each file, in the order of the records; LISTED_TWICE for repetitions. */
  readonly snapshots: Uint32Array;
  /** Bytes within merged files that some snapshot uses, by the number of the record; only of files used by segments. */
  readonly liveBytes: ReadonlyMap<number, number>;
  /** References to what was not listed. */
  readonly unlisted: readonly Unlisted[];
}

/** References of any number of snapshots to one path that was not listed. */
export interface Unlisted {
  /** A record of one of the references. */
  readonly bytes: Buffer;
  readonly at: number;
  readonly uses: Use[];
}

/** One snapshot's reference. */
export interface Use {
  readonly snapshot: number;
  readonly rule: ReferenceRule;
  readonly sizeBytes: number;
}

/** Joins the `files` of a partition with the pieces of its references. */
export function joinPartition(
  files: Buffer,
  references: Iterable<Buffer>,
  visitor: JoinVisitor,
): JoinedPartition {
  const table = new FileTable(files);
  const segments = new Map<number, number[]>();
  const unlisted = new UnlistedPaths();
  const { starts, snapshots } = table;
  for (const bytes of references) {
    for (let at = 0; at < bytes.length; at += referenceRecord.length(bytes, at)) {
      const rule = referenceRecord.rule(bytes, at);
      const row = table.rowOf(bytes, at);
      if (rule === 'segment') {
        if (row >= 0) addSegment(segments, row, bytes, at);
      } else if (row < 0) unlisted.add(bytes, at, rule);
      else {
        snapshots[row]!++;
        const actual = fileRecord.sizeBytes(files, starts[row]!);
        if (!fits(rule, referenceRecord.sizeBytes(bytes, at), actual))
          visitor.wrongSize(referenceRecord.snapshot(bytes, at));
      }
    }
  }
  const liveBytes = new Map([...segments].map(([row, ranges]) => [row, liveBytesOf(ranges)]));
  return { snapshots, liveBytes, unlisted: unlisted.all() };
}

/** Whether a file of `actualBytes` is what a reference says. */
export function fits(rule: ReferenceRule, sizeBytes: number, actualBytes: number): boolean {
  switch (rule) {
    case 'exact':
      return actualBytes === sizeBytes;
    case 'at-least':
      return actualBytes >= sizeBytes;
    case 'exact-or-one-more':
      return actualBytes === sizeBytes || actualBytes === sizeBytes + 1;
    default:
      return true;
  }
}

function addSegment(segments: Map<number, number[]>, row: number, bytes: Buffer, at: number): void {
  const ranges = segments.get(row) ?? [];
  ranges.push(referenceRecord.startByte(bytes, at), referenceRecord.sizeBytes(bytes, at));
  segments.set(row, ranges);
}

/** File records of one partition, found by key. */
class FileTable {
  readonly #files: Buffer;
  /** Row + 1, by hash with open addressing; 0 where free. */
  readonly #slots: Int32Array;
  readonly starts: Uint32Array;
  readonly snapshots: Uint32Array;

  constructor(files: Buffer) {
    this.#files = files;
    let records = 0;
    for (let at = 0; at < files.length; at += fileRecord.length(files, at)) records++;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(records * 2 + 2)));
    this.starts = new Uint32Array(records);
    this.snapshots = new Uint32Array(records);
    let row = 0;
    for (let at = 0; at < files.length; at += fileRecord.length(files, at)) {
      const end = at + fileRecord.length(files, at);
      const slot = this.#slotOf(fileRecord.hash(files, at), files, fileRecord.keyStart(at), end);
      this.starts[row++] = at;
      if (this.#slots[slot] === 0) this.#slots[slot] = row;
      else this.snapshots[row - 1] = LISTED_TWICE;
    }
  }

  /** The row of the file that the reference at `at` names; -1 where it was not listed. */
  rowOf(bytes: Buffer, at: number): number {
    const end = at + referenceRecord.length(bytes, at);
    const hash = referenceRecord.hash(bytes, at);
    return this.#slots[this.#slotOf(hash, bytes, referenceRecord.keyStart(at), end)]! - 1;
  }

  /** The slot of a key, or the free one where it belongs. */
  #slotOf(hash: number, bytes: Buffer, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1;
      if (row < 0) return slot;
      const at = this.starts[row]!;
      if (fileRecord.hash(this.#files, at) !== hash) continue;
      const fileEnd = at + fileRecord.length(this.#files, at);
      if (bytes.compare(this.#files, fileRecord.keyStart(at), fileEnd, start, end) === 0) return slot;
    }
  }
}

/** References to what was not listed, one entry for each path. */
class UnlistedPaths {
  readonly #found = new Map<string, Unlisted>();

  add(bytes: Buffer, at: number, rule: ReferenceRule): void {
    const end = at + referenceRecord.length(bytes, at);
    const key = bytes.toString('latin1', referenceRecord.keyStart(at), end);
    const entry = this.#found.get(key) ?? { bytes, at, uses: [] };
    this.#found.set(key, entry);
    entry.uses.push({
      snapshot: referenceRecord.snapshot(bytes, at),
      rule,
      sizeBytes: referenceRecord.sizeBytes(bytes, at),
    });
  }

  all(): readonly Unlisted[] {
    return [...this.#found.values()];
  }
}
