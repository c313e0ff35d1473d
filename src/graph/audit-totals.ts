// Files counted by class, by job, by cause and by the rule that holds them back.
import type { ClassTotals, FileCount, FileVerdict, JobAudit, Tally } from '../model/audit.js';
import type { Liveness } from '../model/evidence.js';
import { type Cause, FILE_CLASSES, type HeldBack } from '../model/file-class.js';
import type { AuditedSnapshot } from '../model/file-survey.js';
import type { SnapshotCondition } from '../model/snapshot.js';

class Count implements FileCount {
  files = 0;
  bytes = 0;

  add(bytes: number): void {
    this.files++;
    this.bytes += bytes;
  }
}

function classCounts() {
  return Object.fromEntries(FILE_CLASSES.map((name) => [name, new Count()])) as Record<
    keyof ClassTotals,
    Count
  >;
}

interface JobCounts {
  readonly liveness: Liveness;
  readonly totals: Record<keyof ClassTotals, Count>;
  readonly deletable: Count;
  readonly snapshots: Record<SnapshotCondition, number>;
}

export class AuditTotals {
  readonly totals = classCounts();
  readonly deletable = new Count();
  readonly merged = { files: 0, bytes: 0, liveBytes: 0 };
  readonly #jobs = new Map<string | null, JobCounts>();
  readonly #causes = new Map<Cause | null, Count>();
  readonly #heldBack = new Map<HeldBack, Count>();

  /** Adds a file of the job, of which `livenessOf` is asked once. */
  addFile(file: FileVerdict, job: string | null, livenessOf: () => Liveness): void {
    const counts = this.#job(job, livenessOf);
    this.totals[file.class].add(file.bytes);
    counts.totals[file.class].add(file.bytes);
    if (file.class === 'referenced') this.#addMerged(file);
    if (file.class === 'orphan' || file.class === 'incomplete')
      countOf(this.#causes, file.cause).add(file.bytes);
    if (file.reason !== null && file.class !== 'foreign')
      countOf(this.#heldBack, file.reason).add(file.bytes);
    if (!file.deletable) return;
    this.deletable.add(file.bytes);
    counts.deletable.add(file.bytes);
  }

  addSnapshot({ place, condition, inTrash }: AuditedSnapshot, livenessOf: () => Liveness): void {
    if (!inTrash) this.#job(place.jobId, livenessOf).snapshots[condition]++;
  }

  /** Sorted by id, what has none last. */
  jobs(): readonly JobAudit[] {
    return [...this.#jobs]
      .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : 1))
      .map(([job, { liveness, ...counts }]) => ({
        job,
        liveness: liveness.kind,
        evidence: liveness.kind === 'unknown' ? null : liveness.source,
        ...counts,
      }));
  }

  causes(): readonly Tally<Cause | null>[] {
    return tallies(this.#causes);
  }

  heldBack(): readonly Tally<HeldBack>[] {
    return tallies(this.#heldBack);
  }

  #addMerged({ bytes, liveBytes }: FileVerdict): void {
    if (liveBytes === null) return;
    this.merged.files++;
    this.merged.bytes += bytes;
    this.merged.liveBytes += liveBytes;
  }

  #job(job: string | null, livenessOf: () => Liveness): JobCounts {
    let counts = this.#jobs.get(job);
    if (counts === undefined) {
      const snapshots = { complete: 0, incomplete: 0, broken: 0, unreadable: 0 };
      counts = { liveness: livenessOf(), totals: classCounts(), deletable: new Count(), snapshots };
      this.#jobs.set(job, counts);
    }
    return counts;
  }
}

function countOf<K>(counts: Map<K, Count>, key: K): Count {
  let count = counts.get(key);
  if (count === undefined) {
    count = new Count();
    counts.set(key, count);
  }
  return count;
}

function tallies<K extends string | null>(counts: ReadonlyMap<K, Count>): readonly Tally<K>[] {
  return [...counts]
    .map(([of, { files, bytes }]) => ({ of, files, bytes }))
    .sort((a, b) => b.bytes - a.bytes || b.files - a.files || (String(a.of) < String(b.of) ? -1 : 1));
}
