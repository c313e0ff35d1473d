// Carrying a plan out: the only place that takes files away. What it decides by are functions and values from outside; it
// knows steps, locks and journals. Killed at any point, the same call finishes what was begun.
import { createHash } from 'node:crypto';
import type { Leftover, RemovalMode, RunOutcome, RunRecord } from '../model/cleanup-run.js';
import { canonicalKey, child, type Location, parseUri } from '../model/location.js';
import { LOCK_NAME } from '../model/own-places.js';
import type { Plan } from '../model/plan.js';
import type { OpenRemover } from '../storage/open.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import { type Checked, checkDeletions, type Look, referencesIn } from './check.js';
import { whileConfirming } from './heartbeat.js';
import { homesOf } from './homes.js';
import { Journal, journalsOf, runIdOf } from './journal.js';
import { excessOf, type Limits } from './limits.js';
import type { LockOwner } from './lock.js';
import { LockSet, nothingChanged } from './lock-set.js';
import { type Batch, batchesOf } from './order.js';
import { requireFresh } from './plan-document.js';
import { type Quarantine, quarantine, quarantineFormOf } from './quarantine.js';
import { Removal } from './removal.js';
import {
  requireAnythingLeft,
  requireEvidence,
  requirePlaceForCopies,
  requireQuarantine,
  requireUnblocked,
} from './requirements.js';
import { RunLog } from './run-log.js';
import { puttingAside, removing, type TakeAway } from './take-away.js';
import { beginTrash, filesBelow } from './trash.js';

export interface ExecuteOptions {
  readonly openRemover: OpenRemover;
  readonly mode: RemovalMode;
  /** Where files are copied to that are put aside; null where the store is to do it without. */
  readonly copiesTo: Location | null;
  readonly clock: Clock;
  /** Where the journal is kept, and locks for which the store has no room; in the first root where not given. */
  readonly journals?: Location | undefined;
  readonly owner: Omit<LockOwner, 'runId'>;
  /** Looks at the roots again: at what is listed first, at every `_metadata` after that. */
  readonly look: (plan: Plan, runId: string) => Promise<Look>;
  /** How much may go at once; asked before the first deletion. */
  readonly limits: Limits;
  /** Why the evidence does not hold any more; asked before every batch. */
  readonly objections: () => Promise<readonly string[]>;
  /** Looked at afterwards: how many snapshots under the roots restore, and which of those that stay do not any more. */
  readonly verify: () => Promise<Verified>;
  /** Aborted: nothing further is begun, and its reason is thrown. */
  readonly signal: AbortSignal;
  /** Told of every batch when it is done. */
  readonly onBatch?: ((batch: Batch) => void) | undefined;
}

export interface Verified {
  readonly verified: number;
  readonly damaged: readonly Leftover[];
}

export interface Executed {
  readonly outcome: RunOutcome;
  /** The run had ended before; nothing was done now. */
  readonly wasDone: boolean;
}

/**
 * Carries `plan` out, or finishes what was begun of it. Throws a RefusalError where nothing may go, with nothing changed
 * unless the run had begun before; a LockError; and the reason of the signal.
 */
export async function executePlan(plan: Plan, options: ExecuteOptions): Promise<Executed> {
  return new Execution(plan, options).run();
}

class Execution {
  readonly #plan: Plan;
  readonly #options: ExecuteOptions;
  readonly #runId: string;
  readonly #homes: readonly Location[];
  readonly #journals: Location;

  constructor(plan: Plan, options: ExecuteOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#runId = runIdOf(plan);
    this.#homes = homesOf(plan.roots.map((root) => parseUri(root)!));
    this.#journals = options.journals ?? journalsOf(this.#homes[0]!);
  }

  async run(): Promise<Executed> {
    const { openRemover, owner } = this.#options;
    const journal = new Journal(this.#journals, this.#runId, await openRemover(this.#journals));
    const places = this.#homes.map((home) => child(home, LOCK_NAME));
    const spares = this.#options.journals === undefined ? [] : places.map((at) => this.#spareOf(at));
    const holder = { ...owner, runId: this.#runId };
    const done = await journal.outcome();
    if (done !== null) {
      await LockSet.sweep([...places, ...spares], openRemover, holder);
      return { outcome: done, wasDone: true };
    }
    const locks = await LockSet.acquire(
      places,
      openRemover,
      holder,
      (at) => spares[places.indexOf(at)] ?? null,
    ).catch((thrown) => {
      throw nothingChanged(thrown);
    });
    try {
      return await this.#underLock(journal, locks);
    } finally {
      await locks.release();
    }
  }

  /** Beside the journal, where that is kept elsewhere. */
  #spareOf(at: Location): Location {
    const digest = createHash('sha256').update(canonicalKey(at)).digest('hex');
    return child(this.#journals, `lock-${digest.slice(0, 16)}`);
  }

  async #underLock(journal: Journal, locks: LockSet): Promise<Executed> {
    const done = await journal.outcome();
    if (done !== null) return { outcome: done, wasDone: true };
    const begun = await journal.record();
    if (begun === null) requireFresh(this.#plan, await this.#nowMs());
    const look = await this.#holding(locks, () => this.#options.look(this.#plan, this.#runId));
    requireUnblocked(look, this.#plan);
    const { record, checked } = begun === null ? await this.#begin(journal, look) : this.#resume(begun, look);
    return { outcome: await this.#carryOut({ record, checked, journal, locks }), wasDone: false };
  }

  async #begin(journal: Journal, look: Look): Promise<Step> {
    await this.#requirePossible();
    const checked = checkDeletions(this.#plan.deletions, look, { isResumed: false });
    requireAnythingLeft(checked, this.#plan);
    const ofJobs = { going: checked.goingOfJob, all: look.filesOfJob };
    const excess = excessOf(checked.going, ofJobs, this.#options.limits);
    if (excess !== null) throw excess;
    const record: RunRecord = {
      runId: this.#runId,
      startedAt: await this.#timeText(),
      mode: this.#options.mode,
      plan: this.#plan,
      skipped: checked.skipped,
      references: referencesIn(look),
    };
    this.#options.signal.throwIfAborted();
    try {
      await this.#beginTrash(record);
      await journal.begin(record);
    } catch (thrown) {
      throw nothingChanged(thrown);
    }
    return { record, checked };
  }

  /** Before the journal: a run that has no room for its trash must not have begun. */
  async #beginTrash(record: RunRecord): Promise<void> {
    if (record.mode === 'remove') return;
    const journals = this.#journals;
    const { copiesTo } = this.#options;
    for (const home of this.#homes)
      await beginTrash(record, { home, journals, copiesTo }, await this.#options.openRemover(home));
  }

  /** What takes long, with the locks kept alive. */
  #holding<T>(locks: LockSet, work: () => Promise<T>): Promise<T> {
    return whileConfirming(() => locks.confirm(), this.#options.clock, work);
  }

  async #requirePossible(): Promise<void> {
    const { mode, copiesTo, openRemover } = this.#options;
    if (mode === 'remove') return;
    if (copiesTo !== null) requirePlaceForCopies(copiesTo, this.#homes);
    for (const home of this.#homes)
      requireQuarantine(await quarantineFormOf(home, await openRemover(home), copiesTo), home, copiesTo);
  }

  #resume(record: RunRecord, look: Look): Step {
    const skipped = new Set(record.skipped.map(({ path }) => path));
    const left = record.plan.deletions.filter(({ path }) => !skipped.has(path));
    const checked = checkDeletions(left, look, { isResumed: true });
    return { record, checked: { ...checked, skipped: [...record.skipped, ...checked.skipped] } };
  }

  async #carryOut({ record, checked, journal, locks }: Run): Promise<RunOutcome> {
    const { openRemover, verify } = this.#options;
    const removal = new Removal(record, this.#takeAway(record), openRemover);
    const { host, processId } = this.#options.owner;
    const log = new RunLog({ runId: this.#runId, host, processId }, await this.#timeText());
    const close = async (end: string) => {
      const { failed } = removal.tally();
      await log.close(journal, { end, endedAt: await this.#timeText(), failed });
    };
    try {
      for (const batch of batchesOf(checked.going)) {
        await this.#carryOutBatch(batch, removal, locks);
        log.noteBatch(batch);
      }
      await locks.confirm();
    } catch (thrown) {
      // The reason is thrown on; that it cannot be written down as well must not hide it.
      await close(messageOf(thrown)).catch(() => undefined);
      throw thrown;
    }
    const tally = removal.tally();
    const { verified, damaged } = await this.#holding(locks, verify);
    const outcome = {
      ...tally,
      skipped: [...checked.skipped, ...tally.skipped],
      failed: [...tally.failed, ...damaged],
      verified,
    };
    await close(outcome.failed.length === 0 ? 'done' : 'partly done');
    if (outcome.failed.length === 0) await journal.end(outcome);
    return outcome;
  }

  async #carryOutBatch(batch: Batch, removal: Removal, locks: LockSet): Promise<void> {
    const { objections, signal, onBatch } = this.#options;
    signal.throwIfAborted();
    await locks.confirm();
    requireEvidence(await objections(), this.#runId);
    await removal.carryOut(batch);
    onBatch?.(batch);
  }

  async #timeText(): Promise<string> {
    return new Date(await this.#nowMs()).toISOString();
  }

  #takeAway(record: RunRecord): TakeAway {
    const { openRemover } = this.#options;
    if (record.mode === 'remove') return removing(openRemover, this.#homes);
    const opened = new Map<Location, Promise<Quarantine>>();
    return puttingAside((home) => {
      const aside = opened.get(home) ?? this.#quarantineAt(home, record);
      opened.set(home, aside);
      return aside;
    }, this.#homes);
  }

  async #quarantineAt(home: Location, record: RunRecord): Promise<Quarantine> {
    const { openRemover, copiesTo } = this.#options;
    const storage = await openRemover(home);
    const form = requireQuarantine(await quarantineFormOf(home, storage, copiesTo), home, copiesTo);
    return quarantine(form, { runId: this.#runId, home, files: filesBelow(home, record), copiesTo, storage });
  }

  async #nowMs(): Promise<number> {
    const [home] = this.#homes;
    return (await this.#options.openRemover(home!)).nowMs(home!);
  }
}

interface Step {
  readonly record: RunRecord;
  readonly checked: Checked;
}

interface Run extends Step {
  readonly journal: Journal;
  readonly locks: LockSet;
}
