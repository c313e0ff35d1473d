// Directories in which nothing is left when all that goes has gone: those of snapshots, and of a job that has ended all of
// its own. Never above the directory of a job, never a root; whoever removes them asks the store whether they are empty.
import type { SurveyedDirectory } from '../model/file-survey.js';
import {
  baseName,
  canonicalKey,
  formatLocation,
  isWithin,
  type Location,
  parent,
} from '../model/location.js';
import type { PlanBasis } from './plan.js';

type Basis = Pick<PlanBasis, 'roots' | 'judge' | 'unfinished' | 'hasDirectories' | 'isInScope'>;

export class EmptiedDirectories {
  readonly #basis: Basis;
  /** In which something stays, below it or in it. */
  readonly #occupied = new Set<string>();
  readonly #candidates = new Map<string, Location>();
  readonly #seen = new Set<string>();

  constructor(basis: Basis) {
    this.#basis = basis;
  }

  /** Tells of a file that is left where it is. */
  stays(location: Location): void {
    let at = parent(location);
    for (let key = canonicalKey(at); !this.#occupied.has(key); key = canonicalKey(at)) {
      this.#occupied.add(key);
      at = parent(at);
    }
  }

  /** Tells of a file that goes. */
  goes(location: Location, { jobId, snapshotDirectory }: SurveyedDirectory): void {
    const holder = parent(location);
    if (this.#seen.has(canonicalKey(holder))) return;
    this.#seen.add(canonicalKey(holder));
    if (this.#basis.judge.hasEnded(holder, jobId)) this.#addUpTo(holder, jobId);
    else if (snapshotDirectory !== null && canonicalKey(snapshotDirectory) === canonicalKey(holder))
      this.#add(holder);
  }

  /** All of them, as URIs; asked when every file has been told of. */
  paths(): readonly string[] {
    for (const { location, jobId } of this.#basis.unfinished)
      if (this.#basis.isInScope(location) && this.#basis.judge.hasEnded(location, jobId))
        this.#addUpTo(location, jobId);
    return [...this.#candidates]
      .filter(([key]) => !this.#occupied.has(key))
      .map(([, location]) => formatLocation(location));
  }

  /** A directory and those above it, up to that of its job. */
  #addUpTo(directory: Location, jobId: string | null): void {
    this.#add(directory);
    if (jobId === null || baseName(directory) === jobId || !directory.path.includes(`/${jobId}/`)) return;
    this.#addUpTo(parent(directory), jobId);
  }

  #add(directory: Location): void {
    const root = this.#basis.roots.find((place) => isWithin(directory, place));
    const isBelow = root !== undefined && root.path !== directory.path;
    const isRoot = this.#basis.roots.some((place) => canonicalKey(place) === canonicalKey(directory));
    if (isBelow && !isRoot && this.#basis.hasDirectories(root))
      this.#candidates.set(canonicalKey(directory), directory);
  }
}
