// What is known of jobs besides their files: which run, which have ended, and which snapshots something outside of the
// store holds on to. A value, gathered by src/liveness and judged by who plans deletions; nothing here asks anybody.
import { baseName, canonicalKey, type Location, parent, parseUri } from './location.js';
import type { ReportedError } from './snapshot.js';

/** All evidence of one run. Without any source it is {@link NO_EVIDENCE}: every job is `unknown`, nothing is pinned. */
export interface Evidence {
  /** Sorted by id; a job that is not among them is `unknown`. */
  readonly jobs: readonly JobEvidence[];
  /** `--stopped LOCATION` that nothing contradicts: no job writes at or below these. */
  readonly stopped: readonly Location[];
  /** Snapshots that must stay whatever a policy says, sorted by path. */
  readonly pins: readonly Pin[];
  /** What the user said that something contradicts; it then counts for nothing. */
  readonly contradictions: readonly ReportedError[];
  /** Sources that were named and could not be asked, or not understood. Where there are any, nothing is deletable. */
  readonly blocks: readonly ReportedError[];
}

export interface JobEvidence {
  /** 32 lower-case hex digits. */
  readonly id: string;
  /** As a cluster calls it; null where none knows the job. */
  readonly name: string | null;
  readonly liveness: Liveness;
}

/** `source` is who says so: the URL of a cluster, a directory, or the flag with the user's word. */
export type Liveness =
  | {
      readonly kind: 'running';
      readonly source: string;
      /** Flink's JobStatus, any but FINISHED, CANCELED and FAILED. */
      readonly status: string;
      /** Null where the cluster tells nothing of checkpoints. */
      readonly checkpoints: RunningCheckpoints | null;
    }
  | {
      readonly kind: 'ended';
      readonly source: string;
      /** Null where only the user says that it has ended. */
      readonly endedMs: number | null;
      readonly checkpointTimeoutMs: number | null;
    }
  | { readonly kind: 'unknown' };

/**
 * Checkpoints of a running job as its cluster reports them. Numbers are null where it reports none; times are those of
 * the JobManager's clock.
 */
export interface RunningCheckpoints {
  /** Lowest id that the cluster still counts among the retained; null too where its history is too short to tell. */
  readonly lowestRetainedId: bigint | null;
  readonly latestCompletedId: bigint | null;
  /** When the latest completed checkpoint was triggered. */
  readonly latestCompletedTriggerMs: number | null;
  /** Lowest id under way. */
  readonly oldestInProgressId: bigint | null;
  readonly oldestInProgressTriggerMs: number | null;
  /** What the job was restored from. It may fall back to it until it has completed a checkpoint of its own. */
  readonly restoredId: bigint | null;
  /** Whether the job completed a checkpoint (no savepoint) since it started. */
  readonly hasCompletedOwn: boolean;
  readonly timeoutMs: number | null;
}

/** A snapshot that something outside of the store names. */
export interface Pin {
  /** As the source has it: the directory of the snapshot, or its `_metadata`. */
  readonly path: string;
  readonly source: string;
  /** In words: "job … was restored from it". */
  readonly reason: string;
}

/** What the user names as evidence. */
export interface EvidenceSources {
  /** REST APIs of Flink clusters. */
  readonly rest: readonly URL[];
  /** High-availability storage directories. */
  readonly haDirectories: readonly Location[];
  readonly word: UsersWord;
}

/** What the user says without showing it. */
export interface UsersWord {
  /** Ids of jobs that have ended. */
  readonly jobs: readonly string[];
  /** Places that no job writes to any more. */
  readonly locations: readonly Location[];
}

export const NO_EVIDENCE: Evidence = { jobs: [], stopped: [], pins: [], contradictions: [], blocks: [] };

const UNKNOWN: Liveness = { kind: 'unknown' };

/** What is known of a job; `unknown` also for a null id. */
export function livenessOf({ jobs }: Evidence, jobId: string | null): Liveness {
  return jobs.find(({ id }) => id === jobId)?.liveness ?? UNKNOWN;
}

/** The pin that holds the snapshot in `directory`, if there is one. */
export function pinOf({ pins }: Evidence, directory: Location): Pin | undefined {
  return pins.find(({ path }) => namesSnapshot(path, directory));
}

const METADATA = /\/_metadata$/;
const CHECKPOINT = /^chk-\d+$/;

/**
 * Whether `path`, of the directory of a snapshot or of its `_metadata`, is that of the one in `directory`. A store may be known
 * by two names (a mount, a gateway), so that a path that ends alike counts as the same: a pin too many does no harm.
 */
export function namesSnapshot(path: string, directory: Location): boolean {
  const location = parseUri(path.replace(METADATA, ''));
  if (location !== null && canonicalKey(location) === canonicalKey(directory)) return true;
  return ownPart(location?.path ?? path.replace(METADATA, '')) === ownPart(directory.path);
}

/** The part of a path that is a snapshot's own: its name; of a checkpoint that of its job too. */
function ownPart(path: string): string {
  const at: Location = { store: 'memory', scheme: 'memory', authority: '', path: path.replace(/\/$/, '') };
  const name = baseName(at);
  return CHECKPOINT.test(name) ? `${baseName(parent(at))}/${name}` : name;
}
