// How many files each checkpoint wrote: those that came between the checkpoint before it and itself. All that a checkpoint
// wrote is there for as long as the checkpoint is.

export class WrittenFiles {
  readonly #timesMs: readonly number[];
  readonly #counts: number[];

  /** `timesMs` of checkpoints, ascending. */
  constructor(timesMs: readonly number[]) {
    this.#timesMs = timesMs;
    this.#counts = timesMs.map(() => 0);
  }

  /** A file that a snapshot needs, by the time it was written. */
  add(writtenMs: number | null): void {
    if (writtenMs === null) return;
    const index = this.#firstNotBefore(writtenMs);
    if (index < this.#counts.length) this.#counts[index]!++;
  }

  /** Of each checkpoint but the first: nobody knows when the one before that was. */
  told(): readonly number[] {
    return this.#counts.slice(1);
  }

  #firstNotBefore(timeMs: number): number {
    let [low, high] = [0, this.#timesMs.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timesMs[middle]! < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
