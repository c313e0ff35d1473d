// A block on its way from the file to its entries: bounds, checksum, compression, then keys that leave out what they
// share with the key before. Source: RocksDB BlockFetcher, BlockBuilder, DataBlockFooter.
//
//     block      entries | [hash index: u8 buckets | u16 n] | n * u32 restart offset | u32 n, top bit: hash index
//     in a file  the block, maybe compressed | u8 compression | u32 checksum of all before it
//     entry      varint shared | varint unshared | [varint value length] | unshared bytes of the key | value
//
// Restart offsets and the hash index serve searches; reading in order needs neither.
import { FormatError } from '../../support/errors.js';
import { checksumOf, contextModifier } from './checksum.js';
import { compressionName, decompressBlock } from './compression.js';
import { type BlockHandle, type Footer, TRAILER_BYTES } from './footer.js';
import { type Origin, TableCursor } from './table-cursor.js';
import { readRange, type TableFile } from './table-file.js';

/** A block, verified and no longer compressed. */
export interface Block {
  readonly bytes: Uint8Array;
  readonly origin: Origin;
}

/** Where blocks are and what their checksums are made of. */
export interface BlockSource {
  readonly file: TableFile;
  readonly footer: Footer;
}

/** Shorter than this is no block: the number of restarts alone takes 4 bytes. */
const LEAST_BYTES = 4;
const HASH_INDEX = 0x80000000;
/** Keys of a block, written out, may take this much and {@link KEY_EXPANSION} times the block's own bytes. */
const KEY_ALLOWANCE_BYTES = 16 * 1024 * 1024;
const KEY_EXPANSION = 64;

export async function readBlock(source: BlockSource, handle: BlockHandle, field: string): Promise<Block> {
  expectInFile(source.footer, handle, field);
  const length = handle.sizeBytes + TRAILER_BYTES;
  const bytes = await readRange(source.file, { offset: handle.offset, length, field });
  return openBlock(bytes, { footer: source.footer, offset: handle.offset, field });
}

/** How blocks are read: what they are, for errors, and how much at once. */
export interface BlockReading {
  readonly field: string;
  readonly readAheadBytes: number;
}

/** Reads blocks that follow each other in the file, many with one read of up to `readAheadBytes`. */
export async function* readBlocks(
  source: BlockSource,
  handles: AsyncIterable<BlockHandle>,
  reading: BlockReading,
): AsyncGenerator<Block> {
  for await (const { bytes, place } of storedBlocks(source, handles, reading)) yield openBlock(bytes, place);
}

/** Reads blocks like {@link readBlocks} and does no more than hold them against their checksums. */
export async function verifyBlocks(
  source: BlockSource,
  handles: AsyncIterable<BlockHandle>,
  reading: BlockReading,
): Promise<void> {
  for await (const { bytes, place } of storedBlocks(source, handles, reading)) expectChecksum(bytes, place);
}

/** A block with what stands behind it, as the file has it. */
interface StoredBlock {
  readonly bytes: Uint8Array;
  readonly place: BlockPlace;
}

interface BlockPlace {
  readonly footer: Footer;
  readonly offset: number;
  readonly field: string;
}

async function* storedBlocks(
  { file, footer }: BlockSource,
  handles: AsyncIterable<BlockHandle>,
  { field, readAheadBytes }: BlockReading,
): AsyncGenerator<StoredBlock> {
  for await (const run of adjacentHandles(handles, readAheadBytes)) {
    const first = run[0]!;
    for (const handle of run) expectInFile(footer, handle, field);
    const last = run[run.length - 1]!;
    const length = last.offset + last.sizeBytes + TRAILER_BYTES - first.offset;
    const bytes = await readRange(file, { offset: first.offset, length, field });
    for (const { offset, sizeBytes } of run) {
      const start = offset - first.offset;
      const whole = bytes.subarray(start, start + sizeBytes + TRAILER_BYTES);
      yield { bytes: whole, place: { footer, offset, field } };
    }
  }
}

async function* adjacentHandles(
  handles: AsyncIterable<BlockHandle>,
  mostBytes: number,
): AsyncGenerator<BlockHandle[]> {
  let run: BlockHandle[] = [];
  let end = 0;
  for await (const handle of handles) {
    const next = handle.offset + handle.sizeBytes + TRAILER_BYTES;
    if (run.length > 0 && (handle.offset !== end || next - run[0]!.offset > mostBytes)) {
      yield run;
      run = [];
    }
    run.push(handle);
    end = next;
  }
  if (run.length > 0) yield run;
}

function expectInFile(footer: Footer, { offset, sizeBytes }: BlockHandle, field: string): void {
  if (sizeBytes < LEAST_BYTES || offset + sizeBytes + TRAILER_BYTES > footer.offset) {
    throw new FormatError(`a block of ${sizeBytes} bytes cannot be here`, { offset, field });
  }
}

function openBlock(bytes: Uint8Array, place: BlockPlace): Block {
  expectChecksum(bytes, place);
  const { offset, field } = place;
  const sizeBytes = bytes.length - TRAILER_BYTES;
  const compression = bytes[sizeBytes]!;
  if (compressionName(compression) === null) {
    throw new FormatError(`no compression ${compression}`, { offset: offset + sizeBytes, field });
  }
  const stored = { offset, field, wasCompressed: false };
  const block = decompressBlock(compression, bytes.subarray(0, sizeBytes), stored);
  return { bytes: block, origin: { offset, field, wasCompressed: compression !== 0 } };
}

function expectChecksum(bytes: Uint8Array, { footer, offset, field }: BlockPlace): void {
  if (footer.checksum === 'none') return;
  const sizeBytes = bytes.length - TRAILER_BYTES;
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + sizeBytes, TRAILER_BYTES);
  const covered = bytes.subarray(0, sizeBytes + 1);
  const checksum = checksumOf(footer.checksum, covered) + contextModifier(footer.baseContext, offset);
  if (checksum >>> 0 !== trailer.getUint32(1, true)) {
    throw new FormatError('the checksum does not match', { offset, field });
  }
}

/** An entry of a block, its key written out. */
export interface BlockEntry<Value> {
  readonly key: Buffer;
  readonly value: Value;
  /** Where the entry begins in the block, for errors. */
  readonly position: number;
}

/** How the values of a block are told apart from what follows them. */
export interface ValueLayout<Value> {
  /** Whether each value has its length in front of the key; else it tells its own end. */
  readonly hasLength: boolean;
  /** `shared` is what the key took from the one before; `length` is 0 where the layout has none. */
  read(source: TableCursor, entry: { readonly shared: number; readonly length: number }): Value;
}

/** Values that are bytes: views of the block. */
export const BYTE_VALUES: ValueLayout<Buffer> = {
  hasLength: true,
  read: (source, { length }) => source.bytes(length, 'value'),
};

/** The entries of a block, in their order. Every key is a copy of its own. */
export function* blockEntries<Value>(block: Block, layout: ValueLayout<Value>): Generator<BlockEntry<Value>> {
  const source = cursorOfEntries(block);
  let allowance = KEY_ALLOWANCE_BYTES + KEY_EXPANSION * block.bytes.length;
  let key: Buffer = Buffer.alloc(0);
  while (source.remaining > 0) {
    const position = source.position;
    const shared = source.varint32('shared');
    const unshared = source.varint32('unshared');
    const length = layout.hasLength ? source.varint32('valueLength') : 0;
    if (shared > key.length) {
      throw source.error(`shares ${shared} bytes with a key of ${key.length}`, 'shared', position);
    }
    const rest = source.bytes(unshared, 'key');
    allowance -= shared + unshared;
    if (allowance < 0) throw source.error('keys far longer than their block', 'shared', position);
    const previous = key;
    key = Buffer.allocUnsafe(shared + unshared);
    previous.copy(key, 0, 0, shared);
    rest.copy(key, shared);
    yield { key, value: layout.read(source, { shared, length }), position };
  }
}

/** A cursor that ends where the entries do. */
function cursorOfEntries({ bytes, origin }: Block): TableCursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wrong = (message: string) => new TableCursor(bytes, origin).error(message, 'restarts', countAt);
  const countAt = bytes.length - 4;
  if (countAt < 0) throw wrong('too short for a block');
  const packed = view.getUint32(countAt, true);
  let restartsEnd = countAt;
  if (packed >= HASH_INDEX) {
    restartsEnd -= 2;
    if (restartsEnd < 0) throw wrong('too short for a hash index');
    restartsEnd -= view.getUint16(restartsEnd, true);
  }
  const end = restartsEnd - 4 * (packed % HASH_INDEX);
  if (end < 0) throw wrong(`${packed % HASH_INDEX} restarts do not fit`);
  return new TableCursor(bytes, origin, end);
}
