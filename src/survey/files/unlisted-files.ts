// References to what no listing told of: looked up one by one, for they may lie outside of the roots or have come since.
import type { MissingFile } from '../../model/file-survey.js';
import { baseName, formatLocation, type Location } from '../../model/location.js';
import type { Presence } from '../../model/survey.js';
import { mapConcurrently } from '../../support/concurrency.js';
import { assertNever } from '../../support/errors.js';
import { lookUp } from '../look-up.js';
import type { Readers } from '../readers.js';
import type { UnlistedFile } from './file-store.js';
import { fits } from './join.js';
import { NameSet } from './name-set.js';
import { inOrder, readRows, writeRow } from './sorted-rows.js';
import type { Spool } from './spool.js';

/** What the references of one snapshot come to; counts of distinct files. */
export interface ReferenceCounts {
  missing: number;
  wrongSize: number;
  unverified: number;
  /** The first that could not be verified, and why. */
  unverifiedBecause: string | null;
}

export interface LookUpOptions {
  readonly readers: Readers;
  readonly concurrency: number;
  /** By the index of the snapshot. */
  readonly counts: readonly ReferenceCounts[];
  /** Whether what a snapshot misses is nobody's loss: it lies in the trash. */
  readonly isInTrash: (snapshot: number) => boolean;
}

export class UnlistedFiles {
  readonly missing = { files: 0, bytes: 0 };
  /** Base names of all that resolves to nothing, or may. */
  readonly #names = new NameSet();
  readonly #options: LookUpOptions;
  readonly #missing: Spool;
  readonly #ordered: () => Spool;

  constructor(options: LookUpOptions, newSpool: () => Spool) {
    this.#options = options;
    this.#missing = newSpool();
    this.#ordered = newSpool;
  }

  /** Looks up the files of one partition. */
  async add(files: readonly UnlistedFile[]): Promise<void> {
    const { readers, concurrency } = this.#options;
    const found = await mapConcurrently(files, concurrency, ({ location }) => lookUp(location, readers));
    for (const [index, file] of files.entries()) this.#note(file, found[index]!);
  }

  /** A reference that names no place that we know. */
  addUnresolvable(path: string): void {
    this.#names.add(path.slice(path.lastIndexOf('/') + 1));
  }

  isNameOfUnresolved(name: string): boolean {
    return this.#names.has(name);
  }

  /** What is missing, in the order of the locations. */
  *missingFiles(): Generator<MissingFile> {
    const rows = () => readRows(this.#missing.whole(0));
    for (const { location, sizeBytes, snapshots } of inOrder(rows, this.#ordered()))
      yield { location, sizeBytes, snapshots };
  }

  #note(file: UnlistedFile, presence: Presence): void {
    switch (presence.kind) {
      case 'present':
        for (const { snapshot, rule, sizeBytes } of file.uses)
          if (!fits(rule, sizeBytes, presence.sizeBytes)) this.#options.counts[snapshot]!.wrongSize++;
        break;
      case 'absent':
        this.#names.add(baseName(file.location));
        this.#noteMissing(file);
        break;
      case 'unknown':
        this.#names.add(baseName(file.location));
        for (const { snapshot } of file.uses)
          this.#noteUnverified(snapshot, file.location, presence.error.message);
        break;
      default:
        assertNever(presence, 'presence');
    }
  }

  #noteMissing({ location, uses }: UnlistedFile): void {
    const { counts, isInTrash } = this.#options;
    for (const { snapshot } of uses) counts[snapshot]!.missing++;
    const losers = uses.filter(({ snapshot }) => !isInTrash(snapshot));
    if (losers.length === 0) return;
    const sizeBytes = Math.max(0, ...losers.map((use) => use.sizeBytes));
    this.missing.files++;
    this.missing.bytes += sizeBytes;
    writeRow(this.#missing, 0, {
      directory: 0,
      location,
      sizeBytes,
      modifiedMs: null,
      snapshots: losers.length,
      liveBytes: null,
    });
  }

  #noteUnverified(snapshot: number, location: Location, reason: string): void {
    const counts = this.#options.counts[snapshot]!;
    counts.unverified++;
    counts.unverifiedBecause ??= `such as ${formatLocation(location)}: ${reason}`;
  }
}
