// The lines of a stored text that may be larger than memory, gzip or not.
import { createGunzip } from 'node:zlib';
import { formatLocation, type Location } from '../../model/location.js';
import type { StorageReader } from '../../storage/storage.js';
import { FormatError, messageOf } from '../../support/errors.js';

const READ_BYTES = 4 * 1024 * 1024;
/** Of unzipped text at a time: few enough lines that most are forgotten before the garbage collector meets them. */
const UNZIPPED_BYTES = 256 * 1024;
const NEW_LINE = 0x0a;
/** No path is longer than this in any store. */
const LONGEST_LINE = 1024 * 1024;

/** A text at a location of which the reader and the size are known. */
export interface StoredText {
  readonly location: Location;
  readonly reader: StorageReader;
  readonly sizeBytes: number;
}

/** Batches of lines without their ends; the last line may lack its own. Throws FormatError where gzip is damaged. */
export async function* linesOf(text: StoredText, separator = NEW_LINE): AsyncGenerator<readonly string[]> {
  let rest = Buffer.alloc(0);
  for await (const chunk of plainBytes(text)) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = bytes.lastIndexOf(separator) + 1;
    if (end > 0) yield linesIn(bytes.subarray(0, end), separator);
    rest = Buffer.from(bytes.subarray(end));
    if (rest.length > LONGEST_LINE) throw damaged(text.location, 'a line is longer than any path');
  }
  if (rest.length > 0) yield linesIn(rest, separator);
}

/** The first bytes, gzip undone. */
export async function headOf(text: StoredText): Promise<Buffer> {
  for await (const chunk of plainBytes(text)) return chunk;
  return Buffer.alloc(0);
}

/** The error of an inventory that is not what it should be. */
export function damaged(location: Location, problem: string, cause?: unknown): FormatError {
  return new FormatError(
    problem,
    { offset: 0, field: 'inventory' },
    { where: formatLocation(location), next: 'make the inventory anew, or leave --inventory out', cause },
  );
}

function linesIn(bytes: Buffer, separator: number): readonly string[] {
  const lines = bytes.toString('utf8').split(String.fromCharCode(separator));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

async function* plainBytes(text: StoredText): AsyncGenerator<Buffer> {
  const chunks = storedBytes(text);
  const first = await chunks.next();
  if (first.done === true) return;
  const all = (async function* () {
    yield first.value;
    yield* chunks;
  })();
  if (first.value[0] === 0x1f && first.value[1] === 0x8b) yield* unzipped(all, text.location);
  else yield* all;
}

async function* unzipped(chunks: AsyncIterable<Buffer>, location: Location): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: UNZIPPED_BYTES });
  const feed = (async () => {
    for await (const chunk of chunks)
      if (!gunzip.write(chunk)) await new Promise<void>((resolve) => gunzip.once('drain', resolve));
    gunzip.end();
  })();
  feed.catch((error: Error) => gunzip.destroy(error));
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (thrown) {
    throw damaged(location, `cannot be unzipped: ${messageOf(thrown)}`, thrown);
  }
  await feed;
}

async function* storedBytes({ reader, location, sizeBytes }: StoredText): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < sizeBytes; offset += READ_BYTES) {
    const bytes = await reader.readRange(location, offset, Math.min(READ_BYTES, sizeBytes - offset));
    if (bytes.length === 0) throw damaged(location, 'ends before its size');
    yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}
