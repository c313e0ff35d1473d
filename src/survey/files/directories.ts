// The directories that files lie in, numbered: paths by the ten millions share a few thousand of them. What is known of a
// directory gathers here. Beyond a bound further directories get no number, and nothing is gathered of them.
import type { Location } from '../../model/location.js';
import { type DirectoryPlace, directoryPlaceOf } from '../file-place.js';
import { storeKey } from '../readers.js';

/** Instead of a number: the whole path stands in the record. */
export const UNNUMBERED = 0xffffffff;

const MOST_DIRECTORIES = 100_000;

/** What the files of one job's directories tell together. */
export interface JobTrace {
  /** 0 where no time is known. */
  newestFileMs: number;
  usesForSt: boolean;
  usesFileMerging: boolean;
  usesChangelog: boolean;
}

export interface Directory {
  readonly location: Location;
  readonly place: DirectoryPlace;
  readonly job: JobTrace;
  /** 0 where no time is known. */
  newestFileMs: number;
  holdsReferenced: boolean;
}

export class Directories {
  readonly #most: number;
  readonly #stores = new Map<string, Map<string, number>>();
  readonly #numbered: Directory[] = [];
  readonly #jobs = new Map<string, JobTrace>();
  #last = { store: '', path: '', number: UNNUMBERED };

  constructor(most = MOST_DIRECTORIES) {
    this.#most = most;
  }

  /** The number of the directory `path` in the store of `root`. */
  numberOf(root: Location, path: string): number {
    const store = storeKey(root);
    if (path === this.#last.path && store === this.#last.store) return this.#last.number;
    const numbers = this.#stores.get(store) ?? new Map<string, number>();
    this.#stores.set(store, numbers);
    let number = numbers.get(path);
    if (number === undefined) {
      if (this.#numbered.length >= this.#most) return UNNUMBERED;
      number = this.#numbered.push(this.describe({ ...root, path })) - 1;
      numbers.set(path, number);
    }
    this.#last = { store, path, number };
    return number;
  }

  at(number: number): Directory {
    return this.#numbered[number]!;
  }

  /** A directory, numbered or not, with the trace of its job. */
  describe(location: Location): Directory {
    const place = directoryPlaceOf(location);
    const job = this.jobAt(place.owner);
    if (place.role === 'forst') job.usesForSt = true;
    if (place.role === 'merged') job.usesFileMerging = true;
    if (place.role === 'changelog') job.usesChangelog = true;
    return { location, place, job, newestFileMs: 0, holdsReferenced: false };
  }

  jobAt(owner: string): JobTrace {
    let job = this.#jobs.get(owner);
    if (job === undefined) {
      job = { newestFileMs: 0, usesForSt: false, usesFileMerging: false, usesChangelog: false };
      this.#jobs.set(owner, job);
    }
    return job;
  }
}
