// The keys of files as a listing tells of them: most lie in the directory of the file before.
import { canonicalKey, type Location } from '../../model/location.js';
import { LocationKey } from '../../model/location-key.js';
import {
  continueFingerprint,
  copyFingerprint,
  fingerprintInto,
  newFingerprint,
} from '../../support/fingerprint.js';
import { hasPrefix } from '../../support/prefix.js';
import { type Directories, type Directory, UNNUMBERED } from './directories.js';
import { RecordKey } from './records.js';

/** Of the file that {@link ListedKey.setTo} was given last. */
export class ListedKey {
  readonly record = new RecordKey();
  readonly #directories: Directories;
  readonly #key = new LocationKey();
  readonly #fingerprint = newFingerprint();
  readonly #directoryFingerprint = newFingerprint();
  #root: Location | null = null;
  #path = '';
  #number = UNNUMBERED;
  #directory: Directory | null = null;
  /** Length of the key up to the name. */
  #prefixLength = 0;

  constructor(directories: Directories) {
    this.#directories = directories;
  }

  get directory(): Directory {
    return this.#directory!;
  }

  /** Goes to the file at `path` in the store of `root`. */
  setTo(root: Location, path: string): void {
    const slash = path.lastIndexOf('/');
    if (root !== this.#root || slash !== this.#path.length || !hasPrefix(path, this.#path))
      this.#enter(root, path.slice(0, slash));
    const key = this.#key;
    const nameStart = this.#prefixLength;
    key.length = nameStart;
    key.addText(path, slash + 1);
    copyFingerprint(this.#fingerprint, this.#directoryFingerprint);
    continueFingerprint(this.#fingerprint, key.view, nameStart, key.length);
    if (this.#number === UNNUMBERED) this.record.setWhole(key, this.#fingerprint);
    else {
      const name = { view: key.view, nameStart, nameEnd: key.length };
      this.record.setName(name, this.#fingerprint, this.#number);
    }
  }

  /** `path` of the root of a store is empty. */
  #enter(root: Location, path: string): void {
    const location = { ...root, path: path || '/' };
    this.#root = root;
    this.#path = path;
    this.#number = this.#directories.numberOf(root, location.path);
    this.#directory =
      this.#number === UNNUMBERED
        ? this.#directories.unnumbered(location)
        : this.#directories.at(this.#number);
    this.#key.clear();
    this.#key.addText(`${canonicalKey({ ...root, path })}/`);
    this.#prefixLength = this.#key.length;
    fingerprintInto(this.#directoryFingerprint, this.#key.view, this.#prefixLength);
  }
}
