// The steps of one run and what came of them. A `_metadata` that would not go keeps every file that it references.
import type { Leftover, RunOutcome, RunRecord } from '../model/cleanup-run.js';
import { parseUri } from '../model/location.js';
import { freedBytes, type PlannedDeletion } from '../model/plan.js';
import type { OpenRemover } from '../storage/open.js';
import { messageOf, StorageError } from '../support/errors.js';
import type { Batch } from './order.js';
import type { TakeAway } from './take-away.js';

export class Removal {
  readonly #record: RunRecord;
  readonly #takeAway: TakeAway;
  readonly #openRemover: OpenRemover;
  readonly #failed: Leftover[] = [];
  readonly #skipped: Leftover[] = [];
  /** Files that a snapshot needs which could not be taken away. */
  readonly #kept = new Set<string>();
  readonly #keptSnapshots = new Set<string>();
  #files = 0;
  #bytes = 0;
  #uploads = 0;

  constructor(record: RunRecord, takeAway: TakeAway, openRemover: OpenRemover) {
    this.#record = record;
    this.#takeAway = takeAway;
    this.#openRemover = openRemover;
  }

  async carryOut({ stage, deletions }: Batch): Promise<void> {
    if (stage === 'directories') {
      for (const directory of deletions) await this.#removeDirectory(directory);
      return;
    }
    if (stage === 'uploads') {
      for (const upload of deletions) await this.#giveUp(upload);
      return;
    }
    const going = deletions.filter((deletion) => !this.#isKept(deletion));
    for (const { deletion, error } of await this.#takeAway(going)) {
      if (error === null) this.#count(deletion);
      else this.#fail(deletion, error);
    }
  }

  /** What has come of it so far. */
  tally(): Omit<RunOutcome, 'verified'> {
    const { runId, mode, plan } = this.#record;
    const isForGood = mode === 'remove';
    return {
      runId,
      planId: plan.planId,
      deleted: isForGood ? this.#files : 0,
      quarantined: isForGood ? 0 : this.#files,
      uploads: this.#uploads,
      skipped: this.#skipped,
      failed: this.#failed,
      // in a store that keeps versions, what is removed goes on costing
      bytesFreed: isForGood && plan.totals.bytesFreedNow > 0 ? this.#bytes : 0,
    };
  }

  #isKept({ path, snapshot }: PlannedDeletion): boolean {
    const isKept = this.#kept.has(path) || (snapshot !== undefined && this.#keptSnapshots.has(snapshot));
    if (isKept) this.#failed.push({ path, reason: 'a snapshot that needs it could not be deleted' });
    return isKept;
  }

  #count(deletion: PlannedDeletion): void {
    this.#files++;
    this.#bytes += freedBytes(deletion);
  }

  #fail({ path, kind, snapshot }: PlannedDeletion, error: Error): void {
    this.#failed.push({ path, reason: messageOf(error) });
    if (kind !== 'metadata') return;
    this.#keptSnapshots.add(snapshot!);
    const needed = this.#record.references.find((references) => references.snapshot === snapshot);
    for (const file of needed?.files ?? []) this.#kept.add(file);
  }

  /** For good: what has been uploaded of it cannot be put aside. */
  async #giveUp({ path, uploadId, modified }: PlannedDeletion): Promise<void> {
    const location = parseUri(path)!;
    const initiatedMs = modified === null ? null : Date.parse(modified);
    try {
      const storage = await this.#openRemover(location);
      await storage.abortUpload?.(location, { path: location.path, uploadId: uploadId!, initiatedMs });
      this.#uploads++;
    } catch (thrown) {
      if (!(thrown instanceof StorageError)) throw thrown;
      this.#failed.push({ path, reason: thrown.message });
    }
  }

  /** One that is not empty stays. */
  async #removeDirectory({ path }: PlannedDeletion): Promise<void> {
    const location = parseUri(path)!;
    try {
      await (await this.#openRemover(location)).removeEmptyDirectory(location);
    } catch (thrown) {
      if (!(thrown instanceof StorageError)) throw thrown;
      if (thrown.kind === 'conflict') this.#skipped.push({ path, reason: 'not-empty' });
      else this.#failed.push({ path, reason: thrown.message });
    }
  }
}
