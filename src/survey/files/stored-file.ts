// One file of a store, as it is handed out. Its path is put together only when somebody asks for it, for of most files
// out of ten millions nobody does.
import type { FileRole } from '../../model/file-class.js';
import type { SurveyedFile } from '../../model/file-survey.js';
import {
  baseName,
  canonicalKey,
  formatLocation,
  type Location,
  parent,
  parseUri,
} from '../../model/location.js';
import { LOCK_NAME } from '../../model/own-places.js';
import { roleOf } from '../file-place.js';
import { METADATA_NAME } from '../layout.js';
import { type Directories, type Directory, UNNUMBERED } from './directories.js';
import { directoryOf, type KeyPlace, nameBytes, nameOf } from './records.js';
import type { SharedNames } from './shared-names.js';
import type { RowCodec } from './sorted-rows.js';
import { viewOf } from './spool.js';

/** What a listing and the references tell of a file besides its path. */
export type FileFacts = Pick<SurveyedFile, 'sizeBytes' | 'modifiedMs' | 'snapshots' | 'liveBytes' | 'linked'>;

/** What is known of all files together. */
export interface Surroundings {
  readonly directories: Directories;
  /** Keys of each `_metadata` that is called otherwise. */
  readonly namedMetadata: ReadonlySet<string>;
  /** Of files that nothing references and files that are; complete when files are handed out. */
  readonly sharedNames: SharedNames;
}

export class StoredFile implements SurveyedFile {
  readonly sizeBytes: number;
  readonly modifiedMs: number | null;
  readonly snapshots: number;
  readonly liveBytes: number | null;
  readonly linked: boolean;
  readonly directory: Directory;
  readonly key: KeyPlace;
  readonly #surroundings: Surroundings;
  #location: Location | null = null;
  #role: FileRole | null = null;

  constructor(surroundings: Surroundings, key: KeyPlace, facts: FileFacts) {
    this.sizeBytes = facts.sizeBytes;
    this.modifiedMs = facts.modifiedMs;
    this.snapshots = facts.snapshots;
    this.liveBytes = facts.liveBytes;
    this.linked = facts.linked;
    this.key = key;
    this.#surroundings = surroundings;
    const number = directoryOf(key);
    const { directories } = surroundings;
    this.directory =
      number === UNNUMBERED ? directories.unnumbered(parent(this.location)) : directories.at(number);
  }

  get location(): Location {
    this.#location ??= locationOf(this.key, this.#surroundings.directories);
    return this.#location;
  }

  get role(): FileRole {
    this.#role ??= roleOf(this.#name, this.directory.place);
    return this.#role;
  }

  get isOwn(): boolean {
    return this.directory.isOwn || this.#isCalled(LOCK_NAME);
  }

  get isMetadata(): boolean {
    const { namedMetadata } = this.#surroundings;
    return (
      this.#isCalled(METADATA_NAME) ||
      (namedMetadata.size > 0 && namedMetadata.has(canonicalKey(this.location)))
    );
  }

  get isNamesake(): boolean {
    return this.snapshots === 0 && this.#surroundings.sharedNames.has(this.key);
  }

  /** The name is put together only where it may be this one. */
  #isCalled(name: string): boolean {
    const isLong = directoryOf(this.key) === UNNUMBERED;
    return (isLong || nameBytes(this.key) === name.length) && this.#name === name;
  }

  get #name(): string {
    return directoryOf(this.key) === UNNUMBERED ? baseName(this.location) : nameOf(this.key);
  }
}

/** What a key stands for. */
export function locationOf(key: KeyPlace, directories: Directories): Location {
  const number = directoryOf(key);
  if (number === UNNUMBERED) return parseUri(nameOf(key))!;
  const { store, scheme, authority, path } = directories.at(number).location;
  return { store, scheme, authority, path: `${path === '/' ? '' : path}/${nameOf(key)}` };
}

const HEAD = 33;

//  | u32 length | f64 bytes | f64 modified, -1 unknown | f64 live bytes, -1 none | u32 snapshots | u8 linked | key |
/** Rows of files, to be put in order. */
export function fileRows(surroundings: Surroundings): RowCodec<StoredFile> {
  return {
    uriOf: ({ location }) => formatLocation(location),
    write(spool, partition, { key, sizeBytes, modifiedMs, liveBytes, snapshots, linked }) {
      const length = HEAD + key.end - key.start;
      const { bytes, view, at } = spool.room(partition, length);
      view.setUint32(at, length, true);
      view.setFloat64(at + 4, sizeBytes, true);
      view.setFloat64(at + 12, modifiedMs ?? -1, true);
      view.setFloat64(at + 20, liveBytes ?? -1, true);
      view.setUint32(at + 28, snapshots, true);
      view.setUint8(at + 32, linked ? 1 : 0);
      bytes.set(key.bytes.subarray(key.start, key.end), at + HEAD);
    },
    *read(bytes) {
      const view = viewOf(bytes);
      for (let at = 0, end = 0; at < bytes.length; at = end) {
        end = at + view.getUint32(at, true);
        yield new StoredFile(
          surroundings,
          { bytes, view, start: at + HEAD, end },
          {
            sizeBytes: view.getFloat64(at + 4, true),
            modifiedMs: noneIfNegative(view.getFloat64(at + 12, true)),
            liveBytes: noneIfNegative(view.getFloat64(at + 20, true)),
            snapshots: view.getUint32(at + 28, true),
            linked: view.getUint8(at + 32) === 1,
          },
        );
      }
    },
  };
}

function noneIfNegative(value: number): number | null {
  return value === -1 ? null : value;
}
