// What became of referenced files that the listing did not tell of. Where more than a few lie in one directory, that is
// listed, so that a snapshot whose files are all gone costs a listing and not a request for each. A directory that is
// absent has no files; of one that could not be listed nothing is known.
import { canonicalKey, type Location, parent } from '../model/location.js';
import { NO_DIRECTORY, type ReferenceTable } from '../model/reference-table.js';
import type { Presence, PresenceOf } from '../model/survey.js';
import { mapConcurrently } from '../support/concurrency.js';
import { BugError, CkptError, StorageError } from '../support/errors.js';
import { newFingerprint } from '../support/fingerprint.js';
import type { ListedFiles } from './listed-files.js';
import type { Readers } from './readers.js';

/** Files of one directory that are asked for one by one. */
const FEW = 8;
const ABSENT: Presence = { kind: 'absent' };

export interface LookUpOptions {
  readonly listed: ListedFiles;
  readonly readers: Readers;
  /** Requests under way at once. */
  readonly concurrency: number;
}

/** Looks up every file of `tables` that is not among the listed ones; answers for all rows of these tables. */
export async function lookUpUnlisted(
  tables: readonly ReferenceTable[],
  { listed, readers, concurrency }: LookUpOptions,
): Promise<PresenceOf> {
  const look = new LookUp(listed, readers);
  for (const files of tables) look.count(files);
  await mapConcurrently(look.directoriesOfMany(), concurrency, (directory) => look.list(directory));
  for (const files of tables) look.collectSingles(files);
  await mapConcurrently(look.singles.values(), concurrency, (file) => look.ask(file));
  return look.presenceOf;
}

/** A directory with files that were not listed. */
interface Directory {
  readonly location: Location;
  files: number;
  /** `settled`: a listing told of its files, or that it is absent; `unknown`: it could not be listed. */
  state: 'not-listed' | 'settled' | 'unknown';
  /** Where its files could not be looked up as a whole. */
  error: CkptError | null;
  /** Names of which the listing does not tell whether they lead to a file. */
  readonly unclear: Set<string>;
}

class LookUp {
  /** Files to be asked for, by key. */
  readonly singles = new Map<string, Location>();
  readonly #listed: ListedFiles;
  readonly #readers: Readers;
  readonly #directories = new Map<string, Directory>();
  /** By table, then by the number that a directory has there. */
  readonly #numbered = new Map<ReferenceTable, (Directory | undefined)[]>();
  /** By key of the file. */
  readonly #errors = new Map<string, CkptError>();
  readonly #fingerprint = newFingerprint();

  constructor(listed: ListedFiles, readers: Readers) {
    this.#listed = listed;
    this.#readers = readers;
  }

  readonly presenceOf: PresenceOf = (files, row) => {
    const sizeBytes = this.#sizeOf(files, row);
    if (sizeBytes !== undefined) return { kind: 'present', sizeBytes };
    const error =
      this.#numbered.get(files)?.[files.directory(row)]?.error ??
      (this.#errors.size === 0 ? undefined : this.#errors.get(canonicalKey(files.location(row))));
    return error === undefined ? ABSENT : { kind: 'unknown', error };
  };

  /** Counts the files of each directory that were not listed. */
  count(files: ReferenceTable): void {
    const numbered: (Directory | undefined)[] = [];
    this.#numbered.set(files, numbered);
    for (let row = 0; row < files.count; row++) {
      const number = files.directory(row);
      if (number === NO_DIRECTORY || this.#sizeOf(files, row) !== undefined) continue;
      const directory = numbered[number] ?? this.#directoryAt(parent(files.location(row)));
      numbered[number] = directory;
      directory.files++;
    }
  }

  directoriesOfMany(): readonly Directory[] {
    return [...this.#directories.values()].filter(({ files }) => files > FEW);
  }

  async list(directory: Directory): Promise<void> {
    const { location, unclear } = directory;
    try {
      const reader = await this.#readers.of(location);
      for (const { path, type, sizeBytes } of await reader.listDirectory(location)) {
        if (type === 'file') this.#listed.file(location, { path, sizeBytes });
        else if (type !== 'directory') unclear.add(path);
      }
      directory.state = 'settled';
    } catch (thrown) {
      if (thrown instanceof StorageError && thrown.kind === 'conflict') return;
      directory.state = isAbsence(thrown) ? 'settled' : 'unknown';
      if (!isAbsence(thrown)) directory.error = expectedError(thrown);
    }
  }

  /** Collects the files of which nothing is known yet. */
  collectSingles(files: ReferenceTable): void {
    const numbered = this.#numbered.get(files) ?? [];
    for (let row = 0; row < files.count; row++) {
      const directory = numbered[files.directory(row)];
      const settled = directory?.state === 'settled';
      if (directory?.state === 'unknown' || (settled && directory.unclear.size === 0)) continue;
      if (this.#sizeOf(files, row) !== undefined) continue;
      const location = files.location(row);
      if (settled && !directory.unclear.has(location.path)) continue;
      this.singles.set(canonicalKey(location), location);
    }
  }

  async ask(location: Location): Promise<void> {
    const presence = await lookUp(location, this.#readers);
    if (presence.kind === 'present') this.#listed.file(location, { ...presence, path: location.path });
    else if (presence.kind === 'unknown') this.#errors.set(canonicalKey(location), presence.error);
  }

  #sizeOf(files: ReferenceTable, row: number): number | undefined {
    files.readFingerprint(row, this.#fingerprint);
    return this.#listed.sizeOf(this.#fingerprint);
  }

  #directoryAt(location: Location): Directory {
    const key = canonicalKey(location);
    const known = this.#directories.get(key);
    if (known !== undefined) return known;
    const directory: Directory = {
      location,
      files: 0,
      state: 'not-listed',
      error: null,
      unclear: new Set(),
    };
    this.#directories.set(key, directory);
    return directory;
  }
}

/** Asks the store for one file. */
export async function lookUp(location: Location, readers: Readers): Promise<Presence> {
  try {
    const { type, sizeBytes } = await (await readers.of(location)).stat(location);
    return type === 'file' ? { kind: 'present', sizeBytes } : ABSENT;
  } catch (thrown) {
    return isAbsence(thrown) ? ABSENT : { kind: 'unknown', error: expectedError(thrown) };
  }
}

/** Whether what was thrown says that something is not there. */
export function isAbsence(thrown: unknown): boolean {
  return thrown instanceof StorageError && thrown.kind === 'not-found';
}

/** Errors of stores and formats are findings; anything else is a bug, and goes on. */
export function expectedError(thrown: unknown): CkptError {
  if (thrown instanceof CkptError && !(thrown instanceof BugError)) return thrown;
  throw thrown;
}
