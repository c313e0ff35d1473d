// What the user allows of deletions, and what is taken where nothing is said. Audits and plans judge by it.

export interface SafetyPolicy {
  /** Nothing younger goes; never taken for less than what the state of a job makes safe. */
  readonly minAgeMs: number;
  /** Whether unreferenced files of jobs of which nothing is known may go under the strictest conditions. */
  readonly unknownJobs: boolean;
  /** The user's word that no sink of these jobs keeps a write-ahead log in `taskowned/`. */
  readonly noWriteAheadSinks: boolean;
}

export const DEFAULT_POLICY: SafetyPolicy = {
  minAgeMs: 7 * 24 * 3_600_000,
  unknownJobs: false,
  noWriteAheadSinks: false,
};
