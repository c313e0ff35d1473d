// What a model says beside what the bundled engine does.

export interface Simulation {
  /** How many times smaller than the model the state was that was run. */
  readonly scale: number;
  readonly backend: 'hashmap' | 'rocksdb';
  readonly keys: number;
  readonly changesPerCheckpoint: number;
  readonly retained: number;
  /** Over how many checkpoints the means are. */
  readonly checkpoints: number;
  readonly comparisons: readonly Comparison[];
}

/** Both of the state that was run. */
export interface Comparison {
  readonly of: 'full-size' | 'written-per-checkpoint' | 'steady-size';
  readonly modelledBytes: number;
  readonly measuredBytes: number;
}

/** How far the model is off: 0.1 where it says a tenth more than was measured. */
export function deviation({ modelledBytes, measuredBytes }: Comparison): number {
  return modelledBytes / measuredBytes - 1;
}
