// Every file of a survey, outside of memory where there are many: taken in as a listing tells of them, then brought
// together with the references of the snapshots, then handed out again, in the order of their locations if asked.
import type { SurveyedFile } from '../../model/file-survey.js';
import { canonicalKey, type Location, parent, parseUri } from '../../model/location.js';
import { isOwnPlace } from '../../model/own-places.js';
import type { Scratch } from '../../storage/scratch.js';
import { roleOf } from '../file-place.js';
import { METADATA_NAME } from '../layout.js';
import type { FileSink } from '../listing.js';
import { Directories, type Directory, UNNUMBERED } from './directories.js';
import { type JoinVisitor, joinPartition, LISTED_TWICE, type Use } from './join.js';
import {
  directoryOf,
  fileRecord,
  KeyWriter,
  type ListedFile,
  nameOf,
  type ReferenceRow,
  referenceRecord,
  writeFile,
  writeReference,
} from './records.js';
import { type FileRow, inOrder } from './sorted-rows.js';
import { PARTITIONS, Spool } from './spool.js';

/** What stays in memory of files, and of references, before a scratch is used. */
const BUDGET_BYTES = 48 * 1024 * 1024;

/** How much is held in memory. */
export interface StoreLimits {
  readonly budgetBytes?: number;
  readonly mostDirectories?: number | undefined;
}

/** A path that snapshots reference and that no listing told of. */
export interface UnlistedFile {
  readonly location: Location;
  readonly uses: readonly Use[];
}

export class FileStore implements FileSink {
  readonly #files: Spool;
  readonly #references: Spool;
  readonly #ordered: () => Spool;
  readonly #directories: Directories;
  readonly #key: KeyWriter;
  readonly #snapshots: Uint32Array[] = [];
  readonly #liveBytes: ReadonlyMap<number, number>[] = [];
  readonly #namedMetadata = new Set<string>();

  constructor(scratch: Scratch, { budgetBytes = BUDGET_BYTES, mostDirectories }: StoreLimits = {}) {
    this.#directories = new Directories(mostDirectories);
    this.#key = new KeyWriter(this.#directories);
    this.#files = new Spool(scratch, budgetBytes);
    this.#references = new Spool(scratch, budgetBytes);
    this.#ordered = () => new Spool(scratch, budgetBytes);
  }

  /** Takes a listed file in. The same file may be told of more than once. */
  file(root: Location, file: ListedFile): void {
    const directory = this.#directoryAt(this.#key.prepare(root, file.path), { ...root, path: file.path });
    writeFile(this.#files, this.#key, file);
    const { modifiedMs } = file;
    if (modifiedMs === null || isOwnPlace({ ...root, path: file.path })) return;
    if (modifiedMs > directory.newestFileMs) directory.newestFileMs = modifiedMs;
    if (modifiedMs > directory.job.newestFileMs) directory.job.newestFileMs = modifiedMs;
  }

  reference(row: ReferenceRow): void {
    this.#key.prepare(row.location, row.location.path);
    writeReference(this.#references, this.#key, row);
  }

  /** A `_metadata` that is called otherwise. */
  nameMetadata(location: Location): void {
    this.#namedMetadata.add(canonicalKey(location));
  }

  /** Joins one partition after another, each in its turn; after the last one {@link rows} may be asked. */
  *join(visitor: JoinVisitor): Generator<readonly UnlistedFile[]> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const files = this.#files.whole(partition);
      const { snapshots, liveBytes, unlisted } = joinPartition(
        files,
        this.#references.pieces(partition),
        visitor,
      );
      this.#markUsed(files, snapshots);
      this.#snapshots.push(snapshots);
      this.#liveBytes.push(liveBytes);
      yield unlisted.map(({ bytes, at, uses }) => {
        const end = at + referenceRecord.length(bytes, at);
        return { location: this.#locationOf(bytes, referenceRecord.keyStart(at), end), uses };
      });
    }
  }

  /** Every file once; `sorted` by location. */
  *all({ sorted }: { readonly sorted: boolean }): Generator<SurveyedFile> {
    const rows = sorted ? inOrder(() => this.#rows(), this.#ordered()) : this.#rows();
    for (const row of rows) yield this.#surveyedFile(row);
  }

  jobAt(owner: string) {
    return this.#directories.jobAt(owner);
  }

  *#rows(): Generator<FileRow> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const [snapshots, liveBytes] = [this.#snapshots[partition]!, this.#liveBytes[partition]!];
      let row = 0;
      for (const bytes of this.#files.pieces(partition)) {
        for (let at = 0; at < bytes.length; at += fileRecord.length(bytes, at), row++) {
          if (snapshots[row] === LISTED_TWICE) continue;
          const start = fileRecord.keyStart(at);
          yield {
            directory: directoryOf(bytes, start),
            location: this.#locationOf(bytes, start, at + fileRecord.length(bytes, at)),
            sizeBytes: fileRecord.sizeBytes(bytes, at),
            modifiedMs: fileRecord.modifiedMs(bytes, at),
            snapshots: snapshots[row]!,
            liveBytes: liveBytes.get(row) ?? null,
          };
        }
      }
    }
  }

  #surveyedFile({ directory: number, location, ...row }: FileRow): SurveyedFile {
    const { place, newestFileMs, holdsReferenced } = this.#directoryAt(number, location);
    const { jobId, owner, snapshotDirectory } = place;
    const name = location.path.slice(location.path.lastIndexOf('/') + 1);
    const role = roleOf(name, place);
    const isMetadata =
      name === METADATA_NAME ||
      (this.#namedMetadata.size > 0 && this.#namedMetadata.has(canonicalKey(location)));
    const unnumbered = number === UNNUMBERED;
    return {
      location,
      ...row,
      role,
      isMetadata,
      directory: {
        jobId,
        owner,
        snapshotDirectory,
        newestFileMs,
        // Nothing is gathered of a directory without a number: then it counts as needed.
        holdsReferenced: holdsReferenced || unnumbered,
      },
    };
  }

  #directoryAt(number: number, file: Location): Directory {
    return number === UNNUMBERED ? this.#directories.describe(parent(file)) : this.#directories.at(number);
  }

  #locationOf(bytes: Buffer, start: number, end: number): Location {
    const number = directoryOf(bytes, start);
    const name = nameOf(bytes, start, end);
    if (number === UNNUMBERED) return parseUri(name)!;
    const { location } = this.#directories.at(number);
    const path = location.path === '/' ? `/${name}` : `${location.path}/${name}`;
    return { store: location.store, scheme: location.scheme, authority: location.authority, path };
  }

  /** Notes which directories of snapshots lend files to somebody. */
  #markUsed(files: Buffer, snapshots: Uint32Array): void {
    let row = 0;
    for (let at = 0; at < files.length; at += fileRecord.length(files, at), row++) {
      const number = directoryOf(files, fileRecord.keyStart(at));
      if (number === UNNUMBERED || snapshots[row] === 0 || snapshots[row] === LISTED_TWICE) continue;
      this.#directories.at(number).holdsReferenced = true;
    }
  }
}
