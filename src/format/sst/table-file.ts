// Where the bytes of a table come from. The caller has the storage; here there are only offsets and lengths.
import { FormatError } from '../../support/errors.js';

/** Bytes that can be read in ranges. `read` gives exactly `length` bytes, never more than the file has. */
export interface TableFile {
  readonly sizeBytes: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The error with the place of the file in it. */
  located?(error: FormatError): FormatError;
}

/** A file that is in memory as a whole. */
export function tableFileOf(bytes: Uint8Array): TableFile {
  return {
    sizeBytes: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** A file whose last bytes are kept, so that all that stands at its end costs one read. */
export async function withTail(file: TableFile, tailBytes: number): Promise<TableFile> {
  const start = Math.max(0, file.sizeBytes - tailBytes);
  const tail = await readRange(file, { offset: start, length: file.sizeBytes - start, field: 'tail' });
  return {
    ...file,
    read: async (offset, length) =>
      offset >= start ? tail.subarray(offset - start, offset - start + length) : file.read(offset, length),
  };
}

/** What is thrown of the bytes of `file`, with its place. */
export function errorIn(file: TableFile, thrown: unknown): unknown {
  return thrown instanceof FormatError && file.located !== undefined ? file.located(thrown) : thrown;
}

/** A part of a file, with the name of what it holds. */
export interface FileRange {
  readonly offset: number;
  readonly length: number;
  readonly field: string;
}

/** Reads a range; FormatError where it is not in the file, or the file turns out to be shorter than it was said to be. */
export async function readRange(file: TableFile, { offset, length, field }: FileRange): Promise<Uint8Array> {
  if (offset + length > file.sizeBytes) {
    throw new FormatError(`${length} bytes do not fit in the ${file.sizeBytes} of the file`, {
      offset,
      field,
    });
  }
  const bytes = await file.read(offset, length);
  if (bytes.length !== length) {
    throw new FormatError(`expected ${length} bytes, the file gave ${bytes.length}`, { offset, field });
  }
  return bytes;
}
