// The answer of `ckpt latest`. Fields marked JSON are the public contract, with these names.
import type { ReportedError } from './snapshot.js';

export interface LatestAnswer {
  /** Null where no snapshot would restore. */
  readonly latest: LatestSnapshot | null;
  /** What is newer and would not restore, the newest first. */
  readonly passedOver: readonly PassedOver[];
  /** What could not be looked at and is no snapshot, and what is to be known of the answer. */
  readonly problems: readonly ReportedError[];
}

export interface LatestSnapshot {
  /** JSON. Absolute URI of its directory, or of its metadata file where that is not called `_metadata`. */
  readonly path: string;
  /** JSON. Null where no directory tells it. */
  readonly job: string | null;
  /** JSON. */
  readonly id: bigint;
}

export interface PassedOver {
  readonly path: string;
  readonly reason: string;
}
