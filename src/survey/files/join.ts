// Files and references of one partition brought together: by hash, then by their whole keys, so that no two paths are
// ever taken for one. Pure: what was listed and what snapshots name is all that it knows. Handles of one snapshot follow
// one another, so that those of one file are counted once.
import { fits, type SizeRule } from '../../model/references.js';
import { liveBytesOf } from './live-bytes.js';
import { fileRecord, referenceRecord, sizeRuleOf } from './records.js';
import { viewOf } from './spool.js';

/** In place of a count: the same file stands in an earlier record. */
export const LISTED_TWICE = 0xffffffff;

/** Knows the snapshots, and is told of what a reference comes to. */
export interface JoinVisitor {
  /** Whether what was read of it counts. */
  counts(snapshot: number): boolean;
  /** A file that was listed and has another size than the references of a snapshot allow; once for each file. */
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

/** What all handles of one snapshot say of a file together. */
export interface Use {
  readonly snapshot: number;
  rule: SizeRule;
  /** -1 where unknown; with `at-least`, where the furthest segment ends. */
  sizeBytes: number;
}

/** Joins the `files` of a partition with the pieces of its references. */
export function joinPartition(
  files: Buffer,
  references: Iterable<Buffer>,
  visitor: JoinVisitor,
): JoinedPartition {
  const table = new FileTable(files, visitor);
  const unlisted = new UnlistedPaths();
  for (const bytes of references) {
    const view = viewOf(bytes);
    for (let at = 0; at < bytes.length; at = referenceRecord.end(view, at)) {
      if (!visitor.counts(referenceRecord.snapshot(view, at))) continue;
      const row = table.rowOf(view, at);
      if (row < 0) unlisted.add(bytes, view, at);
      else table.use(row, view, at);
    }
  }
  return { ...table.result(), unlisted: unlisted.all() };
}

/** File records of one partition, found by key, with what the snapshot that is being gone through says of each. */
class FileTable {
  readonly #view: DataView;
  readonly #visitor: JoinVisitor;
  /** Row + 1, by hash with open addressing; 0 where free. */
  readonly #slots: Int32Array;
  readonly #starts: Uint32Array;
  readonly #hashes: Uint32Array;
  readonly #snapshots: Uint32Array;
  /** The snapshot whose handles were met last, counted from 1, with their flags or-ed and the largest size. */
  readonly #users: Uint32Array;
  readonly #flags: Uint8Array;
  readonly #sizes: Float64Array;
  readonly #segments = new Map<number, number[]>();

  constructor(files: Buffer, visitor: JoinVisitor) {
    this.#view = viewOf(files);
    this.#visitor = visitor;
    let records = 0;
    for (let at = 0; at < files.length; at = fileRecord.end(this.#view, at)) records++;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(records * 2 + 2)));
    this.#starts = new Uint32Array(records);
    this.#hashes = new Uint32Array(records);
    this.#snapshots = new Uint32Array(records);
    this.#users = new Uint32Array(records);
    this.#flags = new Uint8Array(records);
    this.#sizes = new Float64Array(records);
    this.#addAll();
  }

  /** The row of the file that the reference at `at` names; -1 where it was not listed. */
  rowOf(view: DataView, at: number): number {
    const [start, end] = [referenceRecord.keyStart(at), referenceRecord.keyEnd(view, at)];
    return this.#slots[this.#slotOf(referenceRecord.hash(view, at), view, start, end)]! - 1;
  }

  /** Counts the reference at `at` to the file in `row`. */
  use(row: number, view: DataView, at: number): void {
    const user = referenceRecord.snapshot(view, at) + 1;
    if (this.#users[row] !== user) {
      this.#judge(row);
      this.#users[row] = user;
      this.#flags[row] = 0;
      this.#sizes[row] = -1;
      this.#snapshots[row]!++;
    }
    const sizeBytes = referenceRecord.sizeBytes(view, at);
    this.#flags[row]! |= referenceRecord.flags(view, at);
    if (sizeBytes > this.#sizes[row]!) this.#sizes[row] = sizeBytes;
    if (!referenceRecord.isSegment(view, at)) return;
    const ranges = this.#segments.get(row) ?? [];
    ranges.push(referenceRecord.startByte(view, at), sizeBytes);
    this.#segments.set(row, ranges);
  }

  result(): Omit<JoinedPartition, 'unlisted'> {
    for (let row = 0; row < this.#users.length; row++) this.#judge(row);
    const liveBytes = new Map([...this.#segments].map(([row, ranges]) => [row, liveBytesOf(ranges)]));
    return { snapshots: this.#snapshots, liveBytes };
  }

  /** Holds what the last snapshot said against the file. */
  #judge(row: number): void {
    const user = this.#users[row]!;
    if (user === 0) return;
    const excess = fileRecord.sizeBytes(this.#view, this.#starts[row]!) - this.#sizes[row]!;
    if (!fits(sizeRuleOf(this.#flags[row]!), excess)) this.#visitor.wrongSize(user - 1);
  }

  #addAll(): void {
    const view = this.#view;
    let row = 0;
    for (let at = 0; at < view.byteLength; row++) {
      const end = fileRecord.end(view, at);
      const hash = fileRecord.hash(view, at);
      const slot = this.#slotOf(hash, view, fileRecord.keyStart(at), end);
      this.#starts[row] = at;
      this.#hashes[row] = hash;
      if (this.#slots[slot] === 0) this.#slots[slot] = row + 1;
      else this.#snapshots[row] = LISTED_TWICE;
      at = end;
    }
  }

  /** The slot of a key, or the free one where it belongs. */
  #slotOf(hash: number, view: DataView, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot]! - 1;
      if (row < 0 || (this.#hashes[row] === hash && this.#isAt(row, view, start, end))) return slot;
    }
  }

  #isAt(row: number, view: DataView, start: number, end: number): boolean {
    const fileStart = fileRecord.keyStart(this.#starts[row]!);
    const files = this.#view;
    if (fileRecord.end(files, this.#starts[row]!) - fileStart !== end - start) return false;
    const shift = fileStart - start;
    let at = end;
    for (; at - 4 >= start; at -= 4)
      if (view.getInt32(at - 4) !== files.getInt32(at - 4 + shift)) return false;
    for (; at > start; at--) if (view.getUint8(at - 1) !== files.getUint8(at - 1 + shift)) return false;
    return true;
  }
}

/** References to what was not listed, one entry for each path. */
class UnlistedPaths {
  readonly #found = new Map<string, Unlisted & { flags: number }>();

  add(bytes: Buffer, view: DataView, at: number): void {
    const key = bytes.toString('latin1', referenceRecord.keyStart(at), referenceRecord.keyEnd(view, at));
    const entry = this.#found.get(key) ?? { bytes, at, uses: [], flags: 0 };
    this.#found.set(key, entry);
    const snapshot = referenceRecord.snapshot(view, at);
    let use = entry.uses.at(-1);
    if (use?.snapshot !== snapshot) {
      use = { snapshot, rule: 'any', sizeBytes: -1 };
      entry.uses.push(use);
      entry.flags = 0;
    }
    entry.flags |= referenceRecord.flags(view, at);
    use.rule = sizeRuleOf(entry.flags);
    use.sizeBytes = Math.max(use.sizeBytes, referenceRecord.sizeBytes(view, at));
  }

  all(): readonly Unlisted[] {
    return [...this.#found.values()];
  }
}
