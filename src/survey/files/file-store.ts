// Every file of a survey, outside of memory where there are many: taken in as a listing tells of them, then brought
// together with the references of the snapshots, then handed out again, in the order of their locations if asked.
import type { SurveyedFile } from '../../model/file-survey.js';
import { canonicalKey, type Location } from '../../model/location.js';
import { LOCK_NAME } from '../../model/own-places.js';
import type { Scratch } from '../../storage/scratch.js';
import type { FileSink } from '../listing.js';
import { Directories, UNNUMBERED } from './directories.js';
import { type JoinVisitor, joinPartition, LISTED_TWICE, type Use } from './join.js';
import { ListedKey } from './listed-key.js';
import { directoryOf, fileRecord, type KeyPlace, referenceRecord, writeFile } from './records.js';
import { ReferenceWriter } from './reference-writer.js';
import { SharedNames } from './shared-names.js';
import { inOrder } from './sorted-rows.js';
import { PARTITIONS, Spool, viewOf } from './spool.js';
import { fileRows, locationOf, StoredFile, type Surroundings } from './stored-file.js';

/** What stays in memory of files, and of references, before a scratch is used. */
const BUDGET_BYTES = 48 * 1024 * 1024;

/** How much is held in memory. */
export interface StoreLimits {
  readonly budgetBytes?: number;
  readonly mostDirectories?: number | undefined;
}

/** A file as a listing tells of it. */
export interface ListedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
  readonly linked?: true;
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
  readonly #key: ListedKey;
  readonly #snapshots: Uint32Array[] = [];
  readonly #liveBytes: ReadonlyMap<number, number>[] = [];
  readonly #namedMetadata = new Set<string>();
  readonly #sharedNames = new SharedNames();
  readonly #surroundings: Surroundings;
  #listed = 0;

  constructor(scratch: Scratch, { budgetBytes = BUDGET_BYTES, mostDirectories }: StoreLimits = {}) {
    this.#directories = new Directories(mostDirectories);
    this.#surroundings = {
      directories: this.#directories,
      namedMetadata: this.#namedMetadata,
      sharedNames: this.#sharedNames,
    };
    this.#key = new ListedKey(this.#directories);
    this.#files = new Spool(scratch, budgetBytes);
    this.#references = new Spool(scratch, budgetBytes);
    this.#ordered = () => new Spool(scratch, budgetBytes);
  }

  /** Takes a listed file in. The same file may be told of more than once. */
  file(root: Location, file: ListedFile): void {
    const { path, modifiedMs } = file;
    this.#listed++;
    this.#key.setTo(root, path);
    writeFile(this.#files, this.#key.record, file);
    const { directory } = this.#key;
    if (modifiedMs === null || modifiedMs <= directory.newestFileMs) return;
    if (directory.isOwn || path.includes(LOCK_NAME)) return;
    directory.newestFileMs = modifiedMs;
    if (modifiedMs > directory.job.newestFileMs) directory.job.newestFileMs = modifiedMs;
  }

  /** Takes in what the snapshot with this number references; nothing of another may come in between. */
  referencesOf(snapshot: number): ReferenceWriter {
    return new ReferenceWriter(this.#references, this.#directories, snapshot);
  }

  /** A `_metadata` that is called otherwise. */
  nameMetadata(location: Location): void {
    this.#namedMetadata.add(canonicalKey(location));
  }

  /** Joins one partition after another, each in its turn; after the last one {@link all} may be asked. */
  *join(visitor: JoinVisitor): Generator<readonly UnlistedFile[]> {
    this.#sharedNames.makeRoom(this.#listed);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const files = this.#files.whole(partition);
      const { snapshots, liveBytes, unlisted } = joinPartition(
        files,
        this.#references.pieces(partition),
        visitor,
      );
      this.#noteUses(files, snapshots);
      this.#snapshots.push(snapshots);
      this.#liveBytes.push(liveBytes);
      yield unlisted.map(({ bytes, at, uses }) => {
        const view = viewOf(bytes);
        const key = {
          bytes,
          view,
          start: referenceRecord.keyStart(at),
          end: referenceRecord.keyEnd(view, at),
        };
        return { location: locationOf(key, this.#directories), uses };
      });
    }
    for (const { snapshots, key } of this.#rows()) if (snapshots > 0) this.#sharedNames.addReferenced(key);
  }

  /** Every file once; `sorted` by location. */
  *all({ sorted }: { readonly sorted: boolean }): Generator<SurveyedFile> {
    if (!sorted) yield* this.#rows();
    else yield* inOrder(() => this.#rows(), fileRows(this.#surroundings), this.#ordered());
  }

  jobAt(owner: string) {
    return this.#directories.jobAt(owner);
  }

  *#rows(): Generator<StoredFile> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const [snapshots, liveBytes] = [this.#snapshots[partition]!, this.#liveBytes[partition]!];
      let row = 0;
      for (const bytes of this.#files.pieces(partition)) {
        const view = viewOf(bytes);
        for (let at = 0, end = 0; at < bytes.length; at = end, row++) {
          end = fileRecord.end(view, at);
          if (snapshots[row] === LISTED_TWICE) continue;
          yield new StoredFile(
            this.#surroundings,
            { bytes, view, start: fileRecord.keyStart(at), end },
            {
              sizeBytes: fileRecord.sizeBytes(view, at),
              modifiedMs: fileRecord.modifiedMs(view, at),
              snapshots: snapshots[row]!,
              liveBytes: liveBytes.get(row) ?? null,
              linked: fileRecord.linked(view, at),
            },
          );
        }
      }
    }
  }

  /** Notes which directories lend files to somebody, and how files are called that do not. */
  #noteUses(bytes: Buffer, snapshots: Uint32Array): void {
    const view = viewOf(bytes);
    let row = 0;
    for (let at = 0, end = 0; at < bytes.length; at = end, row++) {
      end = fileRecord.end(view, at);
      if (snapshots[row] === LISTED_TWICE) continue;
      const key: KeyPlace = { bytes, view, start: fileRecord.keyStart(at), end };
      if (snapshots[row] === 0) this.#sharedNames.addUnreferenced(key);
      else this.#noteUsed(directoryOf(key));
    }
  }

  #noteUsed(directory: number): void {
    if (directory !== UNNUMBERED) this.#directories.at(directory).holdsReferenced = true;
  }
}
