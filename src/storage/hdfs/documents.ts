// The JSON documents of WebHDFS (Hadoop `org.apache.hadoop.hdfs.web.JsonUtil`), read strictly: what does not look as
// it should is `corrupt`, and never an empty listing.
import { formatLocation, type Location } from '../../model/location.js';
import { StorageError } from '../../support/errors.js';
import type { FileStatus } from '../storage.js';

/** A FileStatus of WebHDFS and what only the NameNode knows. */
export interface RemoteStatus {
  readonly status: FileStatus;
  /** Number of entries, of directories; null where the server does not tell. */
  readonly children: number | null;
}

/** One page of a directory, in order of the names. */
export interface DirectoryPage {
  readonly entries: readonly RemoteStatus[];
  /** The last name of this page, where there are more; else null. */
  readonly next: string | null;
}

/** Totals below a directory, its snapshots included. Sizes in bytes, of one replica. */
export interface ContentSummary {
  readonly files: number;
  readonly directories: number;
  readonly sizeBytes: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** A document and where it came from, for the error where it is malformed. */
export class RemoteDocument {
  readonly #location: Location;
  readonly #fields: Fields;

  constructor(location: Location, body: Buffer) {
    this.#location = location;
    this.#fields = this.#parse(body);
  }

  /** Of GETFILESTATUS. */
  fileStatus(): RemoteStatus {
    return this.#statusOf(this.#object(this.#fields.FileStatus), this.#location.path);
  }

  /** Of LISTSTATUS_BATCH. A file in place of the directory is null. */
  directoryPage(): DirectoryPage | null {
    const listing = this.#object(this.#fields.DirectoryListing);
    const entries = this.#entries(this.#object(listing.partialListing));
    const remaining = this.#number(listing, 'remainingEntries');
    const last = entries?.at(-1);
    if (remaining > 0 && last === undefined) throw this.#malformed('a page without entries has a successor');
    if (entries === null) return null;
    return { entries, next: remaining > 0 ? nameOf(last!.status.path) : null };
  }

  /** Of LISTSTATUS: the whole directory. A file in place of the directory is null. */
  wholeDirectory(): DirectoryPage | null {
    const entries = this.#entries(this.#fields);
    return entries === null ? null : { entries, next: null };
  }

  /** Of GETCONTENTSUMMARY. */
  contentSummary(): ContentSummary {
    const summary = this.#object(this.#fields.ContentSummary);
    return {
      files: this.#number(summary, 'fileCount'),
      directories: this.#number(summary, 'directoryCount'),
      sizeBytes: this.#number(summary, 'length'),
    };
  }

  /** Of GETSNAPSHOTTABLEDIRECTORYLIST: paths. */
  snapshottableDirectories(): readonly string[] {
    const list = this.#fields.SnapshottableDirectoryList;
    if (list === null) return [];
    return this.#array(list).map((element) => {
      const directory = this.#object(element);
      const { pathSuffix } = this.#object(directory.dirStatus);
      const parent = directory.parentFullPath;
      if (typeof pathSuffix !== 'string' || typeof parent !== 'string')
        throw this.#malformed('a path is missing');
      return parent === '/' || parent === '' ? `/${pathSuffix}` : `${parent}/${pathSuffix}`;
    });
  }

  /** Of MKDIRS, RENAME and DELETE: whether something was done. */
  boolean(): boolean {
    const { boolean } = this.#fields;
    if (typeof boolean !== 'boolean') throw this.#malformed('boolean is missing');
    return boolean;
  }

  /** The text `name` of the document. */
  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== 'string') throw this.#malformed(`${name} is missing`);
    return value;
  }

  #entries(holder: Fields): readonly RemoteStatus[] | null {
    const statuses = this.#array(this.#object(holder.FileStatuses).FileStatus).map((each) =>
      this.#object(each),
    );
    // of a file the listing is the file itself, without a name
    if (statuses.length === 1 && statuses[0]!.pathSuffix === '') return null;
    const prefix = this.#location.path === '/' ? '/' : `${this.#location.path}/`;
    return statuses.map((fields) => this.#statusOf(fields, prefix + this.#entryName(fields)));
  }

  #entryName({ pathSuffix }: Fields): string {
    if (typeof pathSuffix === 'string' && !/^\.{0,2}$|[/\0]/.test(pathSuffix)) return pathSuffix;
    throw this.#malformed(`${JSON.stringify(pathSuffix)} is no name of an entry`);
  }

  #statusOf(fields: Fields, path: string): RemoteStatus {
    const { childrenNum, fileId } = fields;
    const children = typeof childrenNum === 'number' ? childrenNum : null;
    const type = this.#typeOf(fields);
    const modifiedMs = this.#number(fields, 'modificationTime');
    if (type === 'directory')
      return { status: { path, type, sizeBytes: 0, modifiedMs, etag: null }, children };
    const sizeBytes = this.#number(fields, 'length');
    // An inode has one content but for appending and truncating, which change its length and time.
    const etag = typeof fileId === 'number' ? `${fileId}-${sizeBytes}-${modifiedMs}` : null;
    return { status: { path, type, sizeBytes, modifiedMs, etag }, children };
  }

  #typeOf({ type }: Fields): FileStatus['type'] {
    if (type === 'FILE') return 'file';
    if (type === 'DIRECTORY') return 'directory';
    return type === 'SYMLINK' ? 'symlink' : 'other';
  }

  #number(fields: Fields, name: string): number {
    const value = fields[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.#malformed(`${name} is ${JSON.stringify(value)}`);
  }

  #object(value: unknown): Fields {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
    throw this.#malformed('a part of the document is missing');
  }

  #array(value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value;
    throw this.#malformed('a list is missing');
  }

  #parse(body: Buffer): Fields {
    try {
      return this.#object(JSON.parse(body.toString('utf8')));
    } catch (thrown) {
      throw thrown instanceof StorageError ? thrown : this.#malformed('it is no JSON');
    }
  }

  #malformed(what: string): StorageError {
    const where = formatLocation(this.#location);
    return new StorageError('corrupt', `the answer about ${where} is no WebHDFS: ${what}`, {
      where,
      next: 'check that the address is that of a NameNode, and what stands between it and here',
    });
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
