// What would make checkpoints take less, and how much less.

export type RemedyKind =
  | 'clean-up'
  | 'empty-trash'
  | 'retain-fewer'
  | 'longer-interval'
  | 'incremental'
  | 'compression'
  | 'ttl'
  | 'file-merging'
  | 'less-amplification';

/** Savings are of what was measured; null where a remedy saves nothing of that kind, or nobody can tell. */
export interface Remedy {
  readonly kind: RemedyKind;
  /** Null where it is for all jobs. */
  readonly job: string | null;
  /** In the store. */
  readonly savesBytes: number | null;
  readonly savesBytesPerDay: number | null;
  readonly savesFiles: number | null;
  /** What to do, in the words of Flink's options or of this tool. */
  readonly how: string;
  /** On what the estimate stands, and what it costs. */
  readonly basis: string;
}
