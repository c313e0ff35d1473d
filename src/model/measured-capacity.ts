// What the snapshots of jobs take, as a look at the store tells it. Numbers are bytes, files and milliseconds; sizes past
// 2^53 lose their last digits.
import type { FileCount, Tally } from './audit.js';
import type { Cause } from './file-class.js';
import type { Remedy } from './remedy.js';
import type { ReportedError, RootKind, SnapshotCondition, SnapshotKind } from './snapshot.js';
import type { DescribedStateKind } from './state-report.js';

/** What bytes in the store are for. Each byte is of one kind. */
export type Portion =
  /** State in `chk-N/`, needed by a snapshot. */
  | 'exclusive'
  /** State in `shared/`. */
  | 'shared'
  /** Bytes in use of files that hold state of several subtasks or checkpoints. */
  | 'merged'
  /** Bytes of such files that nothing uses any more. */
  | 'amplified'
  | 'task-owned'
  | 'changelog'
  | 'savepoint'
  /** Needed, and in no place that Flink gives to state. */
  | 'elsewhere'
  /** State inside `_metadata`. */
  | 'inline'
  /** `_metadata` without the state in it. */
  | 'metadata'
  /** Needed by no snapshot: `orphan` and `incomplete` of `ckpt audit`. */
  | 'orphaned'
  | 'trash'
  | 'foreign';

export const PORTIONS: readonly Portion[] = [
  'exclusive',
  'shared',
  'merged',
  'amplified',
  'task-owned',
  'changelog',
  'savepoint',
  'elsewhere',
  'inline',
  'metadata',
  'orphaned',
  'trash',
  'foreign',
];

/** One snapshot in the history of its job. */
export interface SnapshotSample {
  readonly path: string;
  readonly job: string | null;
  readonly checkpointId: bigint | null;
  readonly kind: SnapshotKind;
  readonly condition: SnapshotCondition;
  readonly restorable: boolean;
  /** When its `_metadata` was written; null where that is not known. */
  readonly timeMs: number | null;
  readonly metadataBytes: number;
  /** Null where its `_metadata` could not be read. */
  readonly sizes: SnapshotSizes | null;
}

export interface SnapshotSizes {
  readonly fullBytes: number;
  /** What it wrote itself; null where the format does not record it. */
  readonly addedBytes: number | null;
  readonly inlineBytes: number;
  readonly files: number;
  readonly operators: readonly OperatorSize[];
}

export interface OperatorSize {
  /** 32 hex digits. */
  readonly id: string;
  readonly name: string | null;
  readonly fullBytes: number;
  readonly addedBytes: number;
}

/** A robust line through points in time. */
export interface Trend {
  readonly bytesPerMs: number;
  /** A quarter of the slopes between two points is below, and a quarter above. */
  readonly lowBytesPerMs: number;
  readonly highBytesPerMs: number;
  readonly points: number;
  readonly spanMs: number;
}

/** What the checkpoints of one job tell of it. Null is what too few of them tell. */
export interface JobHistory {
  /** The newest snapshot that could be read. */
  readonly newest: SnapshotSample | null;
  readonly newestRestorableMs: number | null;
  /** Of any of its snapshots. */
  readonly largestMetadataBytes: number;
  /** Checkpoints in the order of their times. */
  readonly checkpoints: readonly ReadSample[];
  /** Of the full size. */
  readonly growth: Trend | null;
  /** Operators of the newest snapshot, the largest first. */
  readonly operators: readonly (OperatorSize & { readonly growth: Trend | null })[];
  /** From one checkpoint to the next, the middle one. */
  readonly intervalMs: number | null;
  /** What a checkpoint writes, its `_metadata` included: the middle one, and the largest. */
  readonly writtenBytes: { readonly middle: number; readonly largest: number } | null;
  /** No checkpoint for much longer than the interval: the job is taken not to grow. */
  readonly idle: boolean;
}

/** Files of one range of sizes. */
export interface SizeRange extends FileCount {
  /** Exclusive; null in the last range. */
  readonly belowBytes: number | null;
}

export interface StoredFiles {
  readonly portions: Readonly<Record<Portion, number>>;
  readonly total: FileCount;
  readonly sizes: readonly SizeRange[];
}

export interface JobCapacity {
  /** Null for layouts without job ids, and for what lies in no job's directory. */
  readonly job: string | null;
  /** The directory of checkpoints, where no job id tells them apart. */
  readonly directory: string | null;
  readonly stored: StoredFiles;
  readonly snapshots: Readonly<Record<SnapshotCondition, number>>;
  readonly history: JobHistory;
  readonly outlook: Outlook;
}

/** A snapshot whose `_metadata` was read, at a time that is known. */
export type ReadSample = SnapshotSample & { readonly timeMs: number; readonly sizes: SnapshotSizes };

/** What comes of a job that goes on as it did. */
export interface Outlook {
  /** All that snapshots need. */
  readonly steadyBytes: number;
  /** All that lies there, and the largest checkpoint under way. */
  readonly peakBytes: number;
  /** Of the store, while as many snapshots are kept as now. 0 for a job that is idle; null where nothing is known. */
  readonly growth: Trend | null;
  /** What checkpoints write in a day, as if none were ever subsumed. */
  readonly writtenBytesPerDay: number | null;
  /** Files that one checkpoint writes, its `_metadata` included: the middle one. */
  readonly filesPerCheckpoint: number | null;
  readonly checkpointsPerDay: number | null;
}

/** When a quota is full. Days are null where it never comes to it, or where that is not known. */
export interface QuotaForecast {
  readonly quotaBytes: number;
  readonly freeBytes: number;
  readonly days: number | null;
  /** With the fast end of the spread, and with the slow one. */
  readonly earliestDays: number | null;
  readonly latestDays: number | null;
  readonly verdict: 'growing' | 'full' | 'not-growing' | 'not-enough-history';
}

/** What requests and storage cost, at a date. */
export interface PriceTable {
  /** The day from which the prices are. */
  readonly asOf: string;
  readonly currency: string;
  readonly storagePerGibMonth: number;
  readonly putPer1000: number;
  readonly listPer1000: number;
  readonly getPer1000: number;
  /** Neither can be seen in the store; 0 where not told. */
  readonly listsPerCheckpoint: number;
  readonly restoresPerMonth: number;
}

/** Requests and money of thirty days. */
export interface MonthlyCost {
  readonly prices: PriceTable;
  readonly putRequests: number;
  readonly listRequests: number;
  readonly getRequests: number;
  readonly storage: number;
  readonly put: number;
  readonly list: number;
  readonly get: number;
  readonly total: number;
  /** Jobs whose requests are not among these, since their history is too short. */
  readonly jobsLeftOut: number;
}

/** A named state in the newest checkpoint of a job. */
export interface StateSize {
  readonly operatorId: string;
  readonly operatorName: string | null;
  readonly name: string;
  readonly kind: DescribedStateKind;
  /** As it lies in the store; null where the files do not tell it. */
  readonly bytes: number | null;
  /** Keys and values before compression; null as above. */
  readonly rawBytes: number | null;
  readonly growth: Trend | null;
}

/** What the state files of one job tell. */
export interface JobStates {
  readonly job: string | null;
  readonly directory: string | null;
  /** How many checkpoints were looked into. */
  readonly checkpoints: number;
  /** The largest first. */
  readonly states: readonly StateSize[];
  /** Bytes before compression for a byte in the store, of states of which both are known; null where of none. */
  readonly compressionRatio: number | null;
  /** Keyed state that is stored uncompressed, and to which share of it a sample shrinks; null where there is none. */
  readonly uncompressed: {
    readonly storedBytes: number;
    readonly sampleBytes: number;
    readonly shrunkShare: number;
  } | null;
  /** What could not be told, and why. */
  readonly remarks: readonly string[];
}

/** A file and the checkpoints that reference it, as flags in the order of {@link JobSharing.checkpoints}. */
export interface SharedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly presentIn: readonly boolean[];
}

/** Which files the newest checkpoints of one job have in common. */
export interface JobSharing {
  readonly job: string | null;
  readonly directory: string | null;
  /** Oldest first. */
  readonly checkpoints: readonly { readonly path: string; readonly checkpointId: bigint }[];
  /** `cohorts[i][j]`: bytes of files that are first met in checkpoint i, and that checkpoint j references. */
  readonly cohorts: readonly (readonly number[])[];
  /** The largest ones, by the checkpoint in which they are first met, then by size. */
  readonly files: readonly SharedFile[];
  /** How many there are in all. */
  readonly fileCount: number;
}

export interface MeasuredCapacity {
  /** By the clock of the store. */
  readonly nowMs: number;
  readonly roots: readonly { readonly path: string; readonly takenFor: RootKind }[];
  /** Sorted by job and directory; what belongs to no job last. */
  readonly jobs: readonly JobCapacity[];
  readonly stored: StoredFiles;
  /** What no snapshot needs, by how it came to be. Largest first. */
  readonly causes: readonly Tally<Cause | null>[];
  /** Which files checkpoints have in common; null where nobody asked. */
  readonly sharing: readonly JobSharing[] | null;
  /** By the names of states; null where nobody asked. */
  readonly states: readonly JobStates[] | null;
  /** What would make it less, the most first. */
  readonly remedies: readonly Remedy[];
  /** Of all jobs together. */
  readonly growth: Trend | null;
  readonly peakBytes: number;
  readonly quota: QuotaForecast | null;
  readonly cost: MonthlyCost | null;
  /** Time to read back the newest snapshot of the largest job; null where no bandwidth was told. */
  readonly restoreMs: number | null;
  readonly problems: readonly ReportedError[];
}
