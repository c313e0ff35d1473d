// The directories that files lie in, numbered: paths by the ten millions share a few thousand of them. What is known of a
// directory gathers here. Beyond a bound further directories get no number, and nothing is gathered of them.
import type { SurveyedDirectory } from '../../model/file-survey.js';
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

export interface Directory extends SurveyedDirectory {
  readonly location: Location;
  readonly place: DirectoryPlace;
  readonly job: JobTrace;
  /** This tool's own: its files tell nothing of a job. */
  readonly isOwn: boolean;
  newestFileMs: number;
  holdsReferenced: boolean;
}

export class Directories {
  readonly #most: number;
  readonly #stores = new Map<string, Map<string, number>>();
  readonly #numbered: Directory[] = [];
  readonly #jobs = new Map<string, JobTrace>();

  constructor(most = MOST_DIRECTORIES) {
    this.#most = most;
  }

  /** The number of the directory `path` in the store of `root`. */
  numberOf(root: Location, path: string): number {
    const store = storeKey(root);
    const numbers = this.#stores.get(store) ?? new Map<string, number>();
    this.#stores.set(store, numbers);
    let number = numbers.get(path);
    if (number === undefined) {
      if (this.#numbered.length >= this.#most) return UNNUMBERED;
      number = this.#numbered.push(this.#describe({ ...root, path })) - 1;
      numbers.set(path, number);
    }
    return number;
  }

  at(number: number): Directory {
    return this.#numbered[number]!;
  }

  /** A directory without a number. As nothing is gathered of it, it counts as needed. */
  unnumbered(location: Location): Directory {
    return { ...this.#describe(location), holdsReferenced: true };
  }

  jobAt(owner: string): JobTrace {
    let job = this.#jobs.get(owner);
    if (job === undefined) {
      job = { newestFileMs: 0, usesForSt: false, usesFileMerging: false, usesChangelog: false };
      this.#jobs.set(owner, job);
    }
    return job;
  }

  #describe(location: Location): Directory {
    const place = directoryPlaceOf(location);
    const { jobId, owner, snapshotDirectory } = place;
    const job = this.jobAt(owner);
    if (place.role === 'forst') job.usesForSt = true;
    if (place.role === 'merged') job.usesFileMerging = true;
    if (place.role === 'changelog') job.usesChangelog = true;
    const isOwn = place.role === 'trash';
    return {
      ...{ location, place, job, isOwn, jobId, owner, snapshotDirectory },
      newestFileMs: 0,
      holdsReferenced: false,
    };
  }
}
