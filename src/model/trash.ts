// What lies in the trash of roots, and what came of bringing it back, of emptying it, and of taking a lock away.
import type { Leftover } from './cleanup-run.js';

/**
 * How files are put aside. `moved`: renamed into the trash. `hidden`: where the store keeps versions, each stays in its
 * place under a marker that hides it. `copied`: to a place that a user named, where the store can do neither.
 */
export type QuarantineForm = 'moved' | 'hidden' | 'copied';

/** What one run put aside below one root. */
export interface TrashedRun {
  readonly runId: string;
  /** The root in whose trash it lies. */
  readonly root: string;
  /** When the run began; null where no manifest says it, and nothing can be said of the files. */
  readonly startedAt: string | null;
  /** Null where no manifest says it. */
  readonly form: QuarantineForm | null;
  /** By the clock of the store. */
  readonly ageMs: number | null;
  readonly files: number;
  readonly bytes: number;
  /** Directories of the snapshots among them, as they were. */
  readonly snapshots: readonly string[];
}

export interface EmptyReport {
  /** Those that were emptied, or would be. */
  readonly emptied: readonly TrashedRun[];
  /** Those that are too young, or have no manifest. */
  readonly kept: readonly TrashedRun[];
  /** What was removed now. */
  readonly files: number;
  readonly bytesFreed: number;
  /** To be tried again by the same command. */
  readonly failed: readonly Leftover[];
}

export interface UndoReport {
  readonly runId: string;
  readonly roots: readonly string[];
  /** Files that are in their place again. */
  readonly restored: number;
  /** Still in the trash, and why. */
  readonly failed: readonly Leftover[];
  /** Directories of the snapshots that are back. */
  readonly snapshots: readonly string[];
  /** Those of them that do not restore. */
  readonly damaged: readonly string[];
  /** Snapshots below the roots that were found restorable afterwards. */
  readonly verified: number;
}

export interface UnlockReport {
  /** The lock. */
  readonly path: string;
  readonly holder: {
    readonly runId: string;
    readonly host: string;
    readonly processId: number;
    readonly heartbeatAt: string;
    readonly expiresAt: string;
  } | null;
  readonly removed: boolean;
}
