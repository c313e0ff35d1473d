// Records by the ten millions, cut into partitions by a hash so that each partition can be held at once. Small amounts
// stay in memory; past a budget the pieces go to a scratch. A record never runs across two pieces.
import type { Scratch, ScratchPiece } from '../../storage/scratch.js';

export const PARTITIONS = 256;

/** A piece grows to this, doubling. */
const LARGEST_PIECE = 64 * 1024;
const SMALLEST_PIECE = 1024;

interface Partition {
  /** Room for further records, used up to `end`. */
  open: Buffer;
  view: DataView;
  end: number;
  readonly full: Buffer[];
  readonly written: ScratchPiece[];
}

/** Where the next record is to be written; good until room is asked for again. */
export interface RecordRoom {
  bytes: Uint8Array;
  view: DataView;
  at: number;
}

const NOTHING = Buffer.alloc(0);

export class Spool {
  readonly #scratch: Scratch;
  readonly #budgetBytes: number;
  readonly #partitions: Partition[] = Array.from({ length: PARTITIONS }, () => ({
    open: NOTHING,
    view: viewOf(NOTHING),
    end: 0,
    full: [],
    written: [],
  }));
  readonly #room: RecordRoom = { bytes: NOTHING, view: viewOf(NOTHING), at: 0 };
  #heldBytes = 0;
  /** The largest pieces whose contents were written, to be filled again. */
  readonly #spare: Buffer[] = [];

  constructor(scratch: Scratch, budgetBytes: number) {
    this.#scratch = scratch;
    this.#budgetBytes = budgetBytes;
  }

  /** Room for a record of `length` bytes, which counts as written from now on. */
  room(partition: number, length: number): RecordRoom {
    const into = this.#partitions[partition]!;
    if (into.end + length > into.open.length) this.#turn(into, length);
    const room = this.#room;
    room.bytes = into.open;
    room.view = into.view;
    room.at = into.end;
    into.end += length;
    return room;
  }

  /** The pieces of a partition, each a whole number of records, in the order in which they were written. */
  *pieces(partition: number): Generator<Buffer> {
    const { written, full, open, end } = this.#partitions[partition]!;
    for (const piece of written) yield asBuffer(this.#scratch.read(piece));
    yield* full;
    if (end > 0) yield open.subarray(0, end);
  }

  /** All records of a partition in one piece. */
  whole(partition: number): Buffer {
    return Buffer.concat([...this.pieces(partition)]);
  }

  #turn(partition: Partition, length: number): void {
    if (partition.end > 0) partition.full.push(partition.open.subarray(0, partition.end));
    const doubled = Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, partition.open.length * 2));
    const size = Math.max(doubled, length);
    const spare = size === LARGEST_PIECE ? this.#spare.pop() : undefined;
    partition.open = spare ?? Buffer.allocUnsafeSlow(size);
    partition.view = viewOf(partition.open);
    partition.end = 0;
    this.#heldBytes += partition.open.length;
    if (this.#heldBytes > this.#budgetBytes) this.#writeFull();
  }

  #writeFull(): void {
    this.#heldBytes = 0;
    for (const partition of this.#partitions) {
      for (const piece of partition.full) {
        partition.written.push(this.#scratch.write(piece));
        if (piece.buffer.byteLength === LARGEST_PIECE) this.#spare.push(Buffer.from(piece.buffer));
      }
      partition.full.length = 0;
      this.#heldBytes += partition.open.length;
    }
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A view of a piece. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
