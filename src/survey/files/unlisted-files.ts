// References to what no listing told of: looked up one by one, for they may lie outside of the roots or have come since.
import type { MissingFile } from '../../model/file-survey.js';
import { baseName, formatLocation, type Location, parseUri } from '../../model/location.js';
import { fits } from '../../model/references.js';
import type { Presence } from '../../model/survey.js';
import { mapConcurrently } from '../../support/concurrency.js';
import { assertNever } from '../../support/errors.js';
import { newFingerprint } from '../../support/fingerprint.js';
import { lookUp } from '../look-up.js';
import type { Readers } from '../readers.js';
import type { UnlistedFile } from './file-store.js';
import { fingerprintOfName, NameSet } from './name-set.js';
import { inOrder, type RowCodec } from './sorted-rows.js';
import { type Spool, viewOf } from './spool.js';

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
  readonly countsOf: (snapshot: number) => ReferenceCounts;
  /** Whether what a snapshot misses is nobody's loss: it lies in the trash. */
  readonly isInTrash: (snapshot: number) => boolean;
}

export class UnlistedFiles {
  readonly missing = { files: 0, bytes: 0 };
  /**
   * Base names of all that is not where the listing looked: what resolves to nothing, or may; and what is there under
   * another path, which may be a second name of a listed file (a link, a mount, another address of the store).
   */
  readonly #names = new NameSet();
  readonly #name = newFingerprint();
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
    this.#addName(path.slice(path.lastIndexOf('/') + 1));
  }

  isNameOfUnresolved(name: string): boolean {
    if (this.#names.isEmpty) return false;
    fingerprintOfName(this.#name, name);
    return this.#names.has(this.#name);
  }

  /** What is missing, in the order of the locations. */
  *missingFiles(): Generator<MissingFile> {
    yield* inOrder(() => MISSING_ROWS.read(this.#missing.whole(0)), MISSING_ROWS, this.#ordered());
  }

  #note(file: UnlistedFile, presence: Presence): void {
    this.#addName(baseName(file.location));
    switch (presence.kind) {
      case 'present':
        for (const { snapshot, rule, sizeBytes } of file.uses)
          if (!fits(rule, presence.sizeBytes - sizeBytes)) this.#options.countsOf(snapshot).wrongSize++;
        break;
      case 'absent':
        this.#noteMissing(file);
        break;
      case 'unknown':
        for (const { snapshot } of file.uses)
          this.#noteUnverified(snapshot, file.location, presence.error.message);
        break;
      default:
        assertNever(presence, 'presence');
    }
  }

  #addName(name: string): void {
    fingerprintOfName(this.#name, name);
    this.#names.add(this.#name);
  }

  #noteMissing({ location, uses }: UnlistedFile): void {
    const { countsOf, isInTrash } = this.#options;
    for (const { snapshot } of uses) countsOf(snapshot).missing++;
    const losers = uses.filter(({ snapshot }) => !isInTrash(snapshot));
    if (losers.length === 0) return;
    const sizeBytes = Math.max(0, ...losers.map((use) => use.sizeBytes));
    this.missing.files++;
    this.missing.bytes += sizeBytes;
    MISSING_ROWS.write(this.#missing, 0, { location, sizeBytes, snapshots: losers.length });
  }

  #noteUnverified(snapshot: number, location: Location, reason: string): void {
    const counts = this.#options.countsOf(snapshot);
    counts.unverified++;
    counts.unverifiedBecause ??= `such as ${formatLocation(location)}: ${reason}`;
  }
}

const HEAD = 16;

//  | u32 length | f64 bytes | u32 snapshots | URI, UTF-8 |
const MISSING_ROWS: RowCodec<MissingFile> = {
  uriOf: ({ location }) => formatLocation(location),
  write(spool, partition, { location, sizeBytes, snapshots }) {
    const uri = Buffer.from(formatLocation(location), 'utf8');
    const { bytes, view, at } = spool.room(partition, HEAD + uri.length);
    view.setUint32(at, HEAD + uri.length, true);
    view.setFloat64(at + 4, sizeBytes, true);
    view.setUint32(at + 12, snapshots, true);
    bytes.set(uri, at + HEAD);
  },
  *read(bytes) {
    const view = viewOf(bytes);
    for (let at = 0, end = 0; at < bytes.length; at = end) {
      end = at + view.getUint32(at, true);
      const location = parseUri(bytes.toString('utf8', at + HEAD, end))!;
      yield { location, sizeBytes: view.getFloat64(at + 4, true), snapshots: view.getUint32(at + 12, true) };
    }
  },
};
