// Lines into the files of a directory, each exactly once (Flink `FileSink.forRowFormat` rolling on every checkpoint).
// What a subtask wrote between two barriers is one hidden file; the checkpoint that closed it makes it visible by
// renaming it. The output is the files whose names begin with `part-`.
import { mkdir, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FormatError, StorageError, UsageError } from '../../support/errors.js';
import { type Random, randomUuid, systemRandom } from '../../support/random.js';
import type { Sink, SinkContext, SinkWriter } from '../job/sink.js';
import { exists, fileError, localPath, syncDirectory } from './local-file.js';
import { hiddenName, parseHiddenName } from './part-name.js';
import { PartWriter } from './part-writer.js';

/** What one subtask wrote before a barrier. */
export interface FileCommittable {
  /** Whose file it is, see part-name.ts; there even where nothing was written, for the next run to know its own. */
  readonly owner: string;
  /** Absolute path of the hidden file; null where there was nothing to write. */
  readonly hidden: string | null;
}

/**
 * Writes each record as a line of UTF-8. The directory is made where it is missing. Throws a UsageError where
 * `directory` is no local path; the job fails with one where it starts afresh and another run's unfinished output lies
 * in there.
 */
export function fileSink(directory: string, random: Random = systemRandom): Sink<string, FileCommittable> {
  const path = localPath(directory);
  const ownership = { owners: [shortId(random)], isChecked: false };
  return {
    createWriter: (context) => new FileSinkWriter(path, { context, ownership, attempt: shortId(random) }),
    serializeCommittable: ({ owner, hidden }) => Buffer.from(JSON.stringify({ owner, hidden })),
    deserializeCommittable: decodeCommittable,
  };
}

function shortId(random: Random): string {
  return randomUuid(random).slice(0, 8);
}

/** Shared by all subtasks and attempts. */
interface Ownership {
  /** Drawn for a fresh start, then those that a restored checkpoint named. */
  readonly owners: string[];
  /** That no other run has left unfinished output: told once, before sinks beside this one write theirs. */
  isChecked: boolean;
}

interface Identity {
  readonly context: SinkContext;
  readonly ownership: Ownership;
  readonly attempt: string;
}

class FileSinkWriter implements SinkWriter<string, FileCommittable> {
  readonly #directory: string;
  readonly #identity: Identity;
  #part: PartWriter | undefined;
  #parts = 0;
  /** Set at the first use: resolves when the directory stands. */
  #ready: Promise<void> | undefined;

  constructor(directory: string, identity: Identity) {
    this.#directory = directory;
    this.#identity = identity;
  }

  write(record: string): void {
    this.#part ??= this.#nextPart();
    this.#part.writeLine(record);
  }

  backpressure(): Promise<void> | undefined {
    return this.#part?.backpressure();
  }

  async prepareCommit(): Promise<readonly FileCommittable[]> {
    this.#ready ??= makeDirectory(this.#directory);
    await this.#ready;
    const hidden = this.#part === undefined ? null : await this.#part.finish();
    this.#part = undefined;
    if (hidden !== null) await syncDirectory(this.#directory);
    return [{ owner: this.#owner, hidden }];
  }

  async commit(committables: readonly FileCommittable[]): Promise<void> {
    const { owners } = this.#identity.ownership;
    for (const { owner } of committables) if (!owners.includes(owner)) owners.push(owner);
    const hidden = committables.map((committable) => committable.hidden).filter((path) => path !== null);
    for (const path of hidden) await show(path);
    for (const directory of new Set(hidden.map((path) => dirname(path)))) await syncDirectory(directory);
  }

  async recover(): Promise<void> {
    const { context, ownership } = this.#identity;
    const { owners } = ownership;
    const hidden = await hiddenParts(this.#directory);
    const foreign = hidden.find(({ owner }) => !owners.includes(owner));
    const isRestored = owners.length > 1;
    if (foreign !== undefined && !isRestored && !ownership.isChecked)
      throw unfinished(this.#directory, foreign.name);
    ownership.isChecked = true;
    for (const { name, owner, subtaskIndex } of hidden) {
      // Each file has one subtask that takes it away, and that has not begun to write yet.
      const ours = owners.includes(owner) && subtaskIndex % context.parallelism === context.subtaskIndex;
      if (ours) await remove(join(this.#directory, name));
    }
  }

  async close(): Promise<void> {
    await this.#part?.discard();
  }

  get #owner(): string {
    return this.#identity.ownership.owners.at(-1)!;
  }

  #nextPart(): PartWriter {
    const { context, attempt } = this.#identity;
    const name = hiddenName(this.#owner, context.subtaskIndex, attempt, this.#parts++);
    this.#ready ??= makeDirectory(this.#directory);
    return new PartWriter(join(this.#directory, name), this.#ready);
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (thrown) {
    throw fileError(thrown, 'make the output directory', path);
  }
}

/** Hidden files of file sinks in `directory`; none where it does not exist. */
async function hiddenParts(directory: string) {
  if (!(await exists(directory))) return [];
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (thrown) {
    throw fileError(thrown, 'list the output directory', directory);
  }
  return names.map(parseHiddenName).filter((part) => part !== null);
}

function unfinished(directory: string, name: string): UsageError {
  return new UsageError(`the output directory ${directory} holds unfinished output of another run`, {
    where: join(directory, name),
    next: `go on with that run (-s and its newest checkpoint), choose another directory, or remove its .part-* files`,
  });
}

/** Gives a hidden file its visible name. Nothing is done where that happened before. */
async function show(path: string): Promise<void> {
  const visible = join(dirname(path), parseHiddenName(basename(path))!.committedName);
  try {
    await rename(path, visible);
  } catch (thrown) {
    const error = fileError(thrown, 'commit the output', path);
    if (error.kind !== 'not-found') throw error;
    if (!(await exists(visible))) throw lost(path, visible);
  }
}

function lost(path: string, visible: string): StorageError {
  return new StorageError('not-found', `output that a checkpoint had prepared is gone: ${path}`, {
    where: path,
    next: `restore an older checkpoint to write it again; or, if ${basename(visible)} was taken away on purpose after it was committed, put an empty file of that name in its place`,
  });
}

async function remove(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (thrown) {
    const error = fileError(thrown, 'remove the leftover', path);
    if (error.kind !== 'not-found') throw error;
  }
}

function decodeCommittable(bytes: Uint8Array): FileCommittable {
  const value = parse(bytes);
  if (isCommittable(value)) return value;
  throw new FormatError(
    'not the output of a file sink',
    { offset: 0, field: 'committable' },
    {
      next: 'give the sink the uid that it had when the snapshot was taken',
    },
  );
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

function isCommittable(value: unknown): value is FileCommittable {
  if (typeof value !== 'object' || value === null) return false;
  const { owner, hidden } = value as Record<string, unknown>;
  if (typeof owner !== 'string' || !/^[0-9a-f]{8}$/.test(owner)) return false;
  return hidden === null || (typeof hidden === 'string' && parseHiddenName(basename(hidden)) !== null);
}
