// Carrying a plan out: the only place that takes files away. What it decides by are functions and values from outside; it
// knows steps, locks and journals. Killed at any point, the same call finishes what was begun.
import { createHash } from 'node:crypto';
import type { Leftover, RemovalMode, RunOutcome, RunRecord } from '../model/cleanup-run.js';
import { canonicalKey, child, formatLocation, type Location, parseUri } from '../model/location.js';
import { LOCK_NAME } from '../model/own-places.js';
import type { Plan } from '../model/plan.js';
import type { OpenRemover } from '../storage/open.js';
import type { Clock } from '../support/clock.js';
import { RefusalError, StoppedError } from '../support/errors.js';
import { type Checked, checkDeletions, type Look } from './check.js';
import { whileConfirming } from './heartbeat.js';
import { homesOf } from './homes.js';
import { Journal, journalsOf, runIdOf } from './journal.js';
import { excessOf, type Limits } from './limits.js';
import type { LockOwner } from './lock.js';
import { LockSet, nothingChanged } from './lock-set.js';
import { type Batch, batchesOf } from './order.js';
import { requireFresh } from './plan-document.js';
import { Removal } from './removal.js';
import { puttingAside, removing, type TakeAway } from './take-away.js';
import { writeManifest } from './trash.js';

export interface ExecuteOptions {
  readonly openRemover: OpenRemover;
  readonly mode: RemovalMode;
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
    this.#requireUnblocked(look);
    const { record, checked } = begun === null ? await this.#begin(journal, look) : this.#resume(begun, look);
    return { outcome: await this.#carryOut({ record, checked, journal, locks }), wasDone: false };
  }

  async #begin(journal: Journal, look: Look): Promise<Step> {
    await this.#requirePossible();
    const checked = checkDeletions(this.#plan.deletions, look, { isResumed: false });
    requireAnythingLeft(checked, this.#plan);
    const jobs = { jobOf: (path: string) => look.files.get(path)?.job, filesOfJob: look.filesOfJob };
    const excess = excessOf(checked.going, jobs, this.#options.limits);
    if (excess !== null) throw excess;
    const record: RunRecord = {
      runId: this.#runId,
      startedAt: new Date(await this.#nowMs()).toISOString(),
      mode: this.#options.mode,
      plan: this.#plan,
      skipped: checked.skipped,
      references: look.snapshots.map(({ snapshot, files }) => ({ snapshot, files })),
    };
    this.#options.signal.throwIfAborted();
    try {
      await this.#writeManifests(record);
      await journal.begin(record);
    } catch (thrown) {
      throw nothingChanged(thrown);
    }
    return { record, checked };
  }

  /** Before the journal: a run that has no room for its trash must not have begun. */
  async #writeManifests(record: RunRecord): Promise<void> {
    if (record.mode === 'remove') return;
    const journals = this.#journals;
    for (const home of this.#homes)
      await writeManifest(record, { home, journals }, await this.#options.openRemover(home));
  }

  /** What takes long, with the locks kept alive. */
  #holding<T>(locks: LockSet, work: () => Promise<T>): Promise<T> {
    return whileConfirming(() => locks.confirm(), this.#options.clock, work);
  }

  async #requirePossible(): Promise<void> {
    const { mode, openRemover } = this.#options;
    if (mode === 'remove') return;
    for (const home of this.#homes) {
      const { rename } = (await openRemover(home)).capabilities;
      if (!rename) throw noQuarantine(home);
    }
  }

  #resume(record: RunRecord, look: Look): Step {
    const skipped = new Set(record.skipped.map(({ path }) => path));
    const left = record.plan.deletions.filter(({ path }) => !skipped.has(path));
    const checked = checkDeletions(left, look, { isResumed: true });
    return { record, checked: { ...checked, skipped: [...record.skipped, ...checked.skipped] } };
  }

  async #carryOut({ record, checked, journal, locks }: Run): Promise<RunOutcome> {
    const { openRemover, objections, signal, verify, onBatch } = this.#options;
    const removal = new Removal(record, this.#takeAway(record), openRemover);
    for (const batch of batchesOf(checked.going)) {
      signal.throwIfAborted();
      await locks.confirm();
      requireEvidence(await objections(), this.#runId);
      await removal.carryOut(batch);
      onBatch?.(batch);
    }
    await locks.confirm();
    const tally = removal.tally();
    const { verified, damaged } = await this.#holding(locks, verify);
    const outcome = {
      ...tally,
      skipped: [...checked.skipped, ...tally.skipped],
      failed: [...tally.failed, ...damaged],
      verified,
    };
    if (outcome.failed.length === 0) await journal.end(outcome);
    return outcome;
  }

  #takeAway({ mode }: RunRecord): TakeAway {
    const { openRemover } = this.#options;
    return mode === 'remove'
      ? removing(openRemover, this.#homes)
      : puttingAside(openRemover, this.#homes, this.#runId);
  }

  #requireUnblocked({ blocks }: Look): void {
    const [first] = blocks;
    if (first === undefined) return;
    const more = blocks.length > 1 ? ` (and ${blocks.length - 1} more)` : '';
    throw new RefusalError('blocked', `nothing may go: ${first}${more}`, {
      where: this.#plan.roots[0]!,
      next: 'see ckpt audit; the same command goes on when it can be looked at again',
    });
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

/** What is gone needs nobody any more; where all else has changed, the plan is of another time. */
function requireAnythingLeft({ going, skipped }: Checked, { planId }: Plan): void {
  const changed = skipped.filter(({ reason }) => reason !== 'gone');
  if (changed.length === 0 || going.some(({ kind }) => kind !== 'empty-directory')) return;
  const { path, reason } = changed[0]!;
  throw new RefusalError(
    'plan-stale',
    `nothing of the plan holds any more: ${changed.length} of its files must stay, such as ${path} (${reason})`,
    { where: planId, next: 'make a new one with ckpt plan; nothing was changed' },
  );
}

function requireEvidence([objection]: readonly string[], runId: string): void {
  if (objection === undefined) return;
  throw new StoppedError(`stopped, since the evidence does not hold any more: ${objection}`, {
    where: runId,
    next: 'what has gone was right to go when it went; the same command goes on when the evidence holds again',
  });
}

function noQuarantine(home: Location): RefusalError {
  return new RefusalError('no-quarantine', 'the store cannot put files aside, since it does not rename', {
    where: formatLocation(home),
    next: 'say --no-quarantine to remove files for good; nothing was changed',
  });
}
