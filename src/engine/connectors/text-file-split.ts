// Which files a text source reads, and how they are cut into byte ranges. A line belongs to the range in which it
// begins (Flink `TextLineInputFormat`, Hadoop `TextInputFormat`). Directories are read as Flink's FileSource does:
// recursively, without names that begin with `.` or `_` (`NonSplittingRecursiveEnumerator`, `DefaultFileFilter`).
import type { Dirent, Stats } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError, StorageError, UsageError } from '../../support/errors.js';
import { fileError, statusOf } from './local-file.js';

/** The lines that begin in bytes [`from`, `to`) of a file; `position` is where the first line not yet emitted begins. */
export interface TextFileSplit {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly position: number;
  /** Size of the file when the job first started: what is appended later is not read. */
  readonly fileBytes: number;
}

/** Ranges are not cut smaller than this, nor larger than {@link MAX_RANGE_BYTES}. */
const MIN_RANGE_BYTES = 1024 * 1024;
const MAX_RANGE_BYTES = 64 * 1024 * 1024;

/**
 * The splits of the file at `path`, or of all files below it in the order of their paths, such that splits dealt in
 * turn to `parallelism` subtasks give each about the same number of bytes.
 */
export async function discoverTextFiles(path: string, parallelism: number): Promise<TextFileSplit[]> {
  const splits: TextFileSplit[] = [];
  for await (const file of filesBelow(path)) splits.push(...rangesOf(file.path, file.sizeBytes, parallelism));
  return splits;
}

async function* filesBelow(path: string): AsyncGenerator<{ path: string; sizeBytes: number }> {
  const status = await inputStatus(path);
  if (status.isFile()) yield { path, sizeBytes: status.size };
  else if (status.isDirectory()) for (const name of await namesIn(path)) yield* filesBelow(join(path, name));
  else throw new UsageError(`${path} is neither a file nor a directory`, { where: path, next: NEXT_FILE });
}

const NEXT_FILE = 'name a text file, or a directory of text files';

async function namesIn(directory: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { withFileTypes: true });
  } catch (thrown) {
    throw fileError(thrown, 'list the input directory', directory);
  }
  const visible = entries.filter((entry) => !/^[._]/.test(entry.name));
  for (const entry of visible)
    if (entry.isSymbolicLink()) await refuseLinkedDirectory(join(directory, entry.name));
  return visible.map((entry) => entry.name).sort();
}

/** A link to a directory may lead in a circle; a link to a file is read like a file. */
async function refuseLinkedDirectory(path: string): Promise<void> {
  if (!(await inputStatus(path)).isDirectory()) return;
  throw new UsageError(`the input directory holds a symbolic link to a directory: ${path}`, {
    where: path,
    next: 'read the linked directory as an input of its own, or take the link away',
  });
}

async function inputStatus(path: string): Promise<Stats> {
  try {
    return await statusOf(path, 'read the input');
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.kind !== 'not-found') throw thrown;
    throw new UsageError(`the input ${path} does not exist`, { where: path, next: NEXT_FILE, cause: thrown });
  }
}

/** As many equal ranges as there are subtasks, or a multiple of that; a small file stays whole. */
function rangesOf(path: string, fileBytes: number, parallelism: number): TextFileSplit[] {
  const rounds = Math.ceil(fileBytes / parallelism / MAX_RANGE_BYTES);
  const count = Math.max(1, Math.min(rounds * parallelism, Math.floor(fileBytes / MIN_RANGE_BYTES)));
  const borders = Array.from({ length: count + 1 }, (_, index) => Math.floor((fileBytes * index) / count));
  return borders.slice(1).map((to, index) => {
    const from = borders[index]!;
    return { path, from, to, position: from, fileBytes };
  });
}

/** Throws where the file of a split is gone, or shorter than when the job first started. */
export async function checkStillThere(split: TextFileSplit): Promise<void> {
  const { size } = await statusOf(split.path, `go on at byte ${split.position} of`);
  if (size < split.fileBytes) throw shrunk(split, size);
}

/** The file of a split holds only `sizeBytes` by now. */
export function shrunk(split: TextFileSplit, sizeBytes: number): StorageError {
  const message = `the input ${split.path} was cut short: ${sizeBytes} bytes, but ${split.fileBytes} when the job first read it`;
  return new StorageError('conflict', message, { where: split.path, next: NEXT_ORIGINAL });
}

const NEXT_ORIGINAL = 'put the original file back, or start the job afresh, without -s';

/** The file of a split has no line where one began when its position was written down. */
export function changed(split: TextFileSplit): StorageError {
  const message = `the input ${split.path} was rewritten: no line begins at byte ${split.position}, where the job is to go on`;
  return new StorageError('conflict', message, { where: split.path, next: NEXT_ORIGINAL });
}

/** A split as JSON, the form in which it stands in the source's operator state. */
export function encodeTextFileSplit({ path, from, to, position, fileBytes }: TextFileSplit): Uint8Array {
  return Buffer.from(JSON.stringify({ path, from, to, position, fileBytes }));
}

/** Throws a FormatError where `bytes` are no split of a text file. */
export function decodeTextFileSplit(bytes: Uint8Array): TextFileSplit {
  const split = parse(bytes);
  if (isSplit(split)) return split;
  throw new FormatError(
    'not the position of a text file',
    { offset: 0, field: 'split' },
    { next: NEXT_SPLIT },
  );
}

const NEXT_SPLIT = 'give the source the uid that it had when the snapshot was taken';

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

function isSplit(value: unknown): value is TextFileSplit {
  if (typeof value !== 'object' || value === null) return false;
  const { path, from, to, position, fileBytes } = value as Record<string, unknown>;
  const numbers = [from, to, position, fileBytes];
  if (typeof path !== 'string' || !numbers.every((number) => Number.isSafeInteger(number))) return false;
  const [first, end, next, size] = numbers as [number, number, number, number];
  return 0 <= first && first <= next && next <= size && first <= end && end <= size;
}
