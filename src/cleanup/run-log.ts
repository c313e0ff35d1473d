// What one process did of a run, kept beside the journal for whoever asks later: who, when, how much, and how it ended.
import type { Leftover, RunLogEntry } from '../model/cleanup-run.js';
import type { Journal } from './journal.js';
import type { Batch } from './order.js';

export class RunLog {
  readonly #head: Pick<RunLogEntry, 'runId' | 'host' | 'processId'>;
  readonly #beganAt: string;
  readonly #batches: { readonly stage: string; readonly count: number }[] = [];

  constructor(head: Pick<RunLogEntry, 'runId' | 'host' | 'processId'>, beganAt: string) {
    this.#head = head;
    this.#beganAt = beganAt;
  }

  noteBatch({ stage, deletions }: Batch): void {
    this.#batches.push({ stage, count: deletions.length });
  }

  /** Writes it down. `end` is `done`, or why the process stopped. */
  async close(
    journal: Journal,
    how: { readonly end: string; readonly endedAt: string; readonly failed: readonly Leftover[] },
  ): Promise<void> {
    await journal.log({ ...this.#head, beganAt: this.#beganAt, batches: this.#batches, ...how });
  }
}
