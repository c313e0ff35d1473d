// Snapshots and files of a survey, brought together by the job that they belong to.
import { jobHistory } from '../capacity/job-history.js';
import { outlookOf } from '../capacity/outlook.js';
import { StoredTally } from '../capacity/stored-files.js';
import { WrittenFiles } from '../capacity/written-files.js';
import type { FileClass } from '../model/file-class.js';
import type { SurveyedFile } from '../model/file-survey.js';
import { canonicalKey, formatLocation, type Location, parent } from '../model/location.js';
import type { JobCapacity, JobHistory, SnapshotSample } from '../model/measured-capacity.js';
import type { SnapshotCondition } from '../model/snapshot.js';
import type { SnapshotPlace } from '../model/survey.js';
import { groupBy } from '../support/group-by.js';

/** A snapshot and where it is. */
export interface PlacedSample {
  readonly place: SnapshotPlace;
  readonly sample: SnapshotSample;
}

/** What belongs to no job: savepoints, and files of others. */
const NOBODY = '';

/** Is made of all snapshots, then told of files one by one. */
export class MeasuredJobs {
  readonly #jobs = new Map<string, JobMeasure>();
  readonly #nowMs: number;

  constructor(snapshots: readonly PlacedSample[], nowMs: number) {
    this.#nowMs = nowMs;
    const owned = groupBy(snapshots, ({ place }) => ownerOf(place));
    for (const [owner, group] of owned) {
      const { jobId, directory } = group[0]!.place;
      const holder = owner === NOBODY || jobId !== null ? null : parent(directory);
      const samples = group.map(({ sample }) => sample);
      this.#jobs.set(owner, new JobMeasure({ job: jobId, directory: holder }, samples, nowMs));
    }
  }

  addFile(file: SurveyedFile, fileClass: FileClass): void {
    const { jobId, owner } = file.directory;
    this.#jobAt(jobId ?? (this.#jobs.has(owner) ? owner : NOBODY), jobId).addFile(file, fileClass);
  }

  /** By job, then directory; what belongs to no job last. */
  told(): readonly JobCapacity[] {
    return [...this.#jobs.values()].map((job) => job.told()).sort(byJobAndDirectory);
  }

  #jobAt(owner: string, jobId: string | null): JobMeasure {
    const known = this.#jobs.get(owner);
    if (known !== undefined) return known;
    const job = new JobMeasure({ job: jobId, directory: null }, [], this.#nowMs);
    this.#jobs.set(owner, job);
    return job;
  }
}

class JobMeasure {
  readonly #name: { readonly job: string | null; readonly directory: Location | null };
  readonly #samples: readonly SnapshotSample[];
  readonly #history: JobHistory;
  readonly #written: WrittenFiles;
  readonly #tally = new StoredTally();

  constructor(
    name: { readonly job: string | null; readonly directory: Location | null },
    samples: readonly SnapshotSample[],
    nowMs: number,
  ) {
    this.#name = name;
    this.#samples = samples;
    this.#history = jobHistory(samples, nowMs);
    this.#written = new WrittenFiles(this.#history.checkpoints.map(({ timeMs }) => timeMs));
  }

  addFile(file: SurveyedFile, fileClass: FileClass): void {
    this.#tally.add(file, fileClass);
    if (fileClass === 'referenced') this.#written.add(file.modifiedMs);
  }

  told(): JobCapacity {
    const { job, directory } = this.#name;
    const inlineBytes = this.#samples.reduce((sum, { sizes }) => sum + (sizes?.inlineBytes ?? 0), 0);
    const stored = this.#tally.told(inlineBytes);
    return {
      job,
      directory: directory && formatLocation(directory),
      stored,
      snapshots: countConditions(this.#samples),
      history: this.#history,
      outlook: outlookOf(stored, this.#history, this.#written.told()),
    };
  }
}

/** Savepoints of all jobs are taken together: what one adds is nobody's growth. */
function ownerOf({ jobId, kind, directory }: SnapshotPlace): string {
  return jobId ?? (kind === 'checkpoint' ? canonicalKey(parent(directory)) : NOBODY);
}

function countConditions(samples: readonly SnapshotSample[]): Record<SnapshotCondition, number> {
  const counts = { complete: 0, incomplete: 0, broken: 0, unreadable: 0 };
  for (const { condition } of samples) counts[condition]++;
  return counts;
}

function byJobAndDirectory(a: JobCapacity, b: JobCapacity): number {
  return compareWithNullLast(a.job, b.job) || compareWithNullLast(a.directory, b.directory);
}

function compareWithNullLast(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}
