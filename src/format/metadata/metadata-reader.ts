// The cursor of a `_metadata` reader: bytes, the layout they are read in, and the limits on what hostile bytes may
// cost. Memory is charged by what V8 takes for the model's objects, so that a file is refused before it swells.
import type { Dialect } from '../../model/metadata.js';
import { ByteReader } from '../bytes/byte-reader.js';
import { KeptTexts } from './kept-texts.js';
import type { Layout } from './versions.js';

/** Handles within handles: real files have three. */
const DEEPEST_HANDLE = 16;

const WORD_BYTES = 8;
const EMPTY: readonly never[] = [];

/** Memory of a long that became a bigint, of a string besides its characters, of a view of the input. */
export const BIGINT_BYTES = 24;
export const STRING_BYTES = 32;
export const VIEW_BYTES = 160;

/** Memory of an object with this many fields, and of the place in a list that holds it. */
export function objectBytes(fields: number): number {
  return (4 + fields) * WORD_BYTES;
}

/** A file or directory that a handle names, told of where it stands so that its path need not become a string. */
export interface PathMention {
  /** `segment` is a part of a file, `directory` one that file merging keeps alive. */
  kind: 'file' | 'relative-file' | 'segment' | 'directory';
  /** Offset of the u16 that tells the length in bytes of the path behind it, which is modified UTF-8. */
  at: number;
  /** Size of the file, -1 where unknown; end of the segment; 0 of a directory. */
  reachBytes: bigint;
  /** Where the segment begins; else 0. */
  startByte: bigint;
  /** The file is of a changelog: it begins with a byte that no handle counts. */
  ofChanges: boolean;
}

type OnPath = (mention: Readonly<PathMention>) => void;

/** A document is kept, and has its texts; of a scan nothing is. */
export type Purpose = 'document' | 'scan';

export interface ReadOptions {
  readonly purpose: Purpose;
  /** Told of every file and directory as it is read; the mention is good until it returns. */
  readonly onPath?: OnPath | undefined;
}

/** Reads one attempt at a file in one layout. */
export class MetadataReader extends ByteReader {
  readonly layout: Layout;
  readonly #mention: PathMention = {
    kind: 'file',
    at: 0,
    reachBytes: 0n,
    startByte: 0n,
    ofChanges: false,
  };
  readonly #onPath: OnPath | undefined;
  /** Whether texts are decoded only where somebody asks for them. */
  readonly isScan: boolean;
  /** The texts of a document. */
  readonly kept: KeptTexts;
  /** Dialects that lay out a part differently that this attempt has met: reading in any other comes to the same. */
  readonly otherDialects = new Set<Dialect>();
  #depth = 0;

  constructor(bytes: Uint8Array, layout: Layout, { purpose, onPath }: ReadOptions) {
    super(bytes);
    this.layout = layout;
    this.isScan = purpose === 'scan';
    this.kept = new KeptTexts(bytes);
    this.#onPath = onPath;
  }

  /** Tells of a path whose length stands at `at`; see {@link PathMention}. */
  mention(kind: PathMention['kind'], at: number, reachBytes: bigint, startByte = 0n): void {
    if (this.#onPath === undefined) return;
    const mention = this.#mention;
    mention.kind = kind;
    mention.at = at;
    mention.reachBytes = reachBytes;
    mention.startByte = startByte;
    this.#onPath(mention);
  }

  /** What is mentioned while `read` runs is of a changelog. */
  ofChanges<T>(read: (reader: MetadataReader) => T): T {
    this.#mention.ofChanges = true;
    const result = read(this);
    this.#mention.ofChanges = false;
    return result;
  }

  /** i32 count, then elements of at least `minimumBytes` each. */
  list<T>(field: string, minimumBytes: number, readElement: (reader: MetadataReader) => T): readonly T[] {
    const count = this.count(field, minimumBytes);
    if (count === 0) return EMPTY;
    this.charge((6 + count) * WORD_BYTES, field);
    const elements = new Array<T>(count);
    this.enter(field);
    for (let index = 0; index < count; index++) {
      this.enter(index);
      elements[index] = readElement(this);
      this.leave();
    }
    this.leave();
    return elements;
  }

  /** i32 count, then longs. */
  longs(field: string): readonly bigint[] {
    return this.longsOf(this.count(field, 8), field);
  }

  /** `count` longs; the caller has checked that they fit. */
  longsOf(count: number, field: string): readonly bigint[] {
    if (count === 0) return EMPTY;
    this.charge((6 + count) * WORD_BYTES + count * BIGINT_BYTES, field);
    const longs = new Array<bigint>(count);
    for (let index = 0; index < count; index++) longs[index] = this.i64(field);
    return longs;
  }

  /** The code of a handle; one that is newer than the layout is an error. */
  handleCode(): number {
    const code = this.u8('code');
    if (code <= this.layout.newestHandleCode) return code;
    throw this.error(`unknown handle code ${code}`, 'code', this.offset - 1);
  }

  /** Goes into a handle that may hold others of its kind; undone by {@link ascend}. */
  descend(): void {
    this.#depth++;
    if (this.#depth > DEEPEST_HANDLE) {
      throw this.error(`handles lie within each other more than ${DEEPEST_HANDLE} deep`, 'code');
    }
  }

  ascend(): void {
    this.#depth--;
  }
}
