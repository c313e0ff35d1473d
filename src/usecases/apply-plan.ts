// `ckpt apply`: looks at everything that a plan rests on again, and carries out what of it still holds. Everything that a
// decision needs stands in the plan; nothing is decided by what is typed now.
import type { Look } from '../cleanup/check.js';
import { type Executed, type ExecuteOptions, executePlan } from '../cleanup/execute.js';
import { homesOf } from '../cleanup/homes.js';
import { journalsOf, runIdOf, unfinishedRuns } from '../cleanup/journal.js';
import type { FileAudit } from '../graph/file-audit.js';
import type { Leftover } from '../model/cleanup-run.js';
import type { Evidence } from '../model/evidence.js';
import { type FileSurvey, wouldRestore } from '../model/file-survey.js';
import {
  canonicalKey,
  formatLocation,
  isWithin,
  type Location,
  parseLocation,
  parseUri,
} from '../model/location.js';
import type { Plan } from '../model/plan.js';
import { fenced } from '../retention/judge.js';
import { type PlanPolicy, planPolicy } from '../retention/plan-policy.js';
import type { OpenReader } from '../storage/open.js';
import type { Clock } from '../support/clock.js';
import { placeIn } from '../support/words.js';
import { surveyFiles } from '../survey/files/survey-files.js';
import { storeTime } from './audit-files.js';
import { EvidenceWatch } from './evidence-watch.js';
import { type Asked, askedBy } from './evidence-words.js';
import { askForEvidence } from './gather-evidence.js';
import { candidatesOf } from './judge-snapshots.js';
import { lookAgain, type ObjectionTo } from './look-again.js';
import { rootsOf, surroundingsOf } from './surroundings.js';

export type { Executed };

export interface ApplyWorld extends Pick<ExecuteOptions, 'openRemover' | 'owner' | 'signal'> {
  readonly openReader: OpenReader;
  readonly clock: Clock;
  readonly concurrency: number;
  /** Where runs keep their journals, if not below the root. */
  readonly journals?: Location | undefined;
  /** Told how many files have gone, of how many. */
  readonly onProgress?: ((files: number, of: number) => void) | undefined;
}

/** Carries `plan` out, or finishes what was begun of it; throws as `executePlan` does. */
export async function applyPlan(plan: Plan, world: ApplyWorld): Promise<Executed> {
  const apply = new Application(plan, world);
  if (plan.noop) return { outcome: await apply.nothing(), wasDone: true };
  const { openRemover, owner, signal, clock, journals, onProgress } = world;
  let gone = 0;
  return executePlan(plan, {
    openRemover,
    owner,
    signal,
    clock,
    journals,
    mode: apply.policy.cleanup.quarantine ? 'quarantine' : 'remove',
    copiesTo: apply.policy.cleanup.copiesTo,
    limits: apply.policy.cleanup,
    look: (_, runId) => apply.look(runId),
    objections: () => apply.objections(),
    verify: () => apply.verify(),
    onBatch: ({ deletions }) => {
      gone += deletions.length;
      onProgress?.(gone, plan.deletions.length);
    },
  });
}

/** What was begun below `locations`, or has its journal in `journals`, and has not ended. */
export async function unfinishedPlans(
  locations: readonly Location[],
  { openReader, openRemover, journals }: Pick<ApplyWorld, 'openReader' | 'openRemover' | 'journals'>,
): Promise<readonly Plan[]> {
  const homes = homesOf(await rootsOf(locations, openReader));
  const plans: Plan[] = [];
  for (const at of journals === undefined ? homes.map(journalsOf) : [journals]) {
    const records = await unfinishedRuns(at, await openRemover(at));
    plans.push(...records.map(({ plan }) => plan).filter((plan) => isBelow(plan, homes)));
  }
  return plans;
}

/** A directory for journals may hold those of runs elsewhere. */
function isBelow({ roots }: Plan, homes: readonly Location[]): boolean {
  return roots.every((root) => homes.some((home) => isWithin(parseUri(root)!, home)));
}

class Application {
  readonly policy: PlanPolicy;
  readonly #plan: Plan;
  readonly #world: ApplyWorld;
  readonly #roots: readonly Location[];
  readonly #asked: Asked;
  readonly #watch: EvidenceWatch;
  /** Snapshots that stay and restored when the run began. */
  readonly #whole = new Set<string>();

  constructor(plan: Plan, world: ApplyWorld) {
    this.#plan = plan;
    this.#world = world;
    this.#roots = plan.roots.map((root) => parseUri(root)!);
    this.#asked = askedBy(plan.evidence.sources);
    this.policy = planPolicy(plan.policy, {
      placeOf: placeIn('policy'),
      locate: (text) => parseLocation(text, '/'),
    });
    this.#watch = new EvidenceWatch(plan, this.#asked.sources, world);
  }

  async look(runId: string): Promise<Look> {
    const { openReader, concurrency } = this.#world;
    await this.#watch.begin();
    const asked = await askForEvidence(this.#asked.sources, this.#roots, this.#world);
    return lookAgain(this.#plan, runId, {
      openReader: asked.openReader,
      rewrites: this.#asked.rewrites,
      concurrency,
      gatherEvidence: asked.conclude,
      policy: this.policy.cleanup,
      nowMs: await storeTime(this.#roots, openReader),
      objectionsTo: (survey, audit, evidence) => this.#objectionsTo(survey, audit, evidence),
    });
  }

  objections(): Promise<readonly string[]> {
    return this.#watch.objections();
  }

  /** How many snapshots restore; which of those that stay do not any more. */
  async verify(): Promise<{ readonly verified: number; readonly damaged: readonly Leftover[] }> {
    const survey = await this.#survey();
    try {
      const inPlace = survey.snapshots.filter(({ inTrash }) => !inTrash);
      const damaged = inPlace
        .filter(
          ({ condition, place }) => condition === 'broken' && this.#whole.has(canonicalKey(place.directory)),
        )
        .map(({ place }) => ({
          path: formatLocation(place.directory),
          reason: 'it does not restore any more: see ckpt verify',
        }));
      return { verified: inPlace.filter(wouldRestore).length, damaged };
    } finally {
      survey.close();
    }
  }

  async nothing() {
    const { verified } = await this.verify();
    const nothing = { deleted: 0, quarantined: 0, uploads: 0, skipped: [], failed: [], bytesFreed: 0 };
    return { runId: runIdOf(this.#plan), planId: this.#plan.planId, ...nothing, verified };
  }

  async #survey(): Promise<FileSurvey> {
    const { openReader, concurrency } = this.#world;
    const { rewrites } = this.#asked;
    return surveyFiles(await surroundingsOf(this.#roots, openReader), { openReader, concurrency, rewrites });
  }

  /** What no policy overrules is asked of all snapshots as they are now. */
  #objectionsTo(survey: FileSurvey, audit: FileAudit, evidence: Evidence): ObjectionTo {
    const going = this.#plan.snapshots
      .filter(({ action }) => action === 'delete')
      .map(({ path }) => parseUri(path)!);
    const keys = new Set(going.map(canonicalKey));
    const { retention, cleanup } = this.policy;
    const isGoing = (directory: Location) => keys.has(canonicalKey(directory));
    const candidates = candidatesOf(survey.snapshots, {
      audit,
      evidence,
      minAgeMs: cleanup.minAgeMs,
      roots: this.#roots,
      isNamed: isGoing,
    });
    const fences = fenced(candidates, { policy: retention, nowMs: audit.nowMs });
    const reasons = new Map(
      [...fences].map(([{ audited }, [first]]) => [audited, first?.rule ?? null] as const),
    );
    for (const { audited, location } of candidates)
      if (wouldRestore(audited) && !isGoing(location)) this.#whole.add(canonicalKey(location));
    this.#watch.rely(evidence, going);
    return (snapshot) => reasons.get(snapshot) ?? null;
  }
}
