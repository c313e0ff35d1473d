// Which snapshots stay and which expire. Pure: what is there, what is known of jobs and what time it is are arguments.
// Nothing here knows what a deletion is.
import { canonicalKey, formatLocation, type Location } from '../model/location.js';
import type { RetentionPolicy } from '../model/policy.js';
import { METADATA_NAME } from '../model/snapshot.js';
import type { Reason, Refusal, SnapshotCandidate, SnapshotVerdicts, Verdict } from '../model/verdict.js';
import { fencesAround } from './fences.js';
import { type Rule, rulesOf, type SizeTally } from './rules.js';
import { type Timeline, timelines } from './timeline.js';

export interface JudgeOptions<C extends SnapshotCandidate> {
  readonly policy: RetentionPolicy;
  /** By the clock of the store. */
  readonly nowMs: number;
  readonly startTally: SizeTally<C>;
}

/**
 * Judges every candidate, each group by itself. Adding a rule, or raising a number of one, never makes more expire; the
 * order of the candidates does not matter; each may come once.
 */
export function judge<C extends SnapshotCandidate>(
  candidates: readonly C[],
  options: JudgeOptions<C>,
): SnapshotVerdicts<C> {
  const rules = rulesOf(options.policy, options.startTally);
  const judged = timelines(candidates, options.nowMs).map((timeline) => judgeGroup(timeline, rules, options));
  return {
    verdicts: judged.flatMap(({ verdicts }) => verdicts),
    refusals: [...pinsOfNothing(candidates, options.policy), ...judged.flatMap(({ refusals }) => refusals)],
  };
}

/**
 * What no policy overrules, without any of its rules: of each candidate the fences that keep it. Carrying a plan out never
 * adds to it: who takes away what expired, takes away nothing that a fence reckons with.
 */
export function fenced<C extends SnapshotCandidate>(
  candidates: readonly C[],
  { policy, nowMs }: Pick<JudgeOptions<C>, 'policy' | 'nowMs'>,
): ReadonlyMap<C, readonly Reason[]> {
  return new Map(
    timelines(candidates, nowMs).flatMap((timeline) =>
      timeline.all.map(
        (snapshot) => [snapshot, fencesAround(snapshot, { timeline, policy, nowMs })] as const,
      ),
    ),
  );
}

function judgeGroup<C extends SnapshotCandidate>(
  timeline: Timeline<C>,
  rules: readonly Rule<C>[],
  { policy, nowMs }: JudgeOptions<C>,
): SnapshotVerdicts<C> {
  const keptByRules = reasonsByRules(timeline, rules);
  const around = { timeline, policy, nowMs };
  const verdicts = timeline.all.map((snapshot): Verdict<C> => {
    const kept = [...(keptByRules.get(snapshot) ?? []), ...fencesAround(snapshot, around)];
    return kept.length > 0
      ? { snapshot, decision: 'keep', reasons: kept }
      : { snapshot, decision: 'expire', reasons: whyNot(snapshot, rules) };
  });
  return { verdicts, refusals: refusalOfWholeJob(verdicts) };
}

function reasonsByRules<C extends SnapshotCandidate>(
  timeline: Timeline<C>,
  rules: readonly Rule<C>[],
): ReadonlyMap<C, readonly Reason[]> {
  const reasons = new Map<C, Reason[]>(timeline.all.map((snapshot) => [snapshot, []]));
  if (rules.length === 0) {
    for (const kept of reasons.values()) kept.push({ rule: 'no-policy', text: 'no rule says what may go' });
  }
  for (const { name, keeps } of rules) {
    for (const [snapshot, text] of new Map(keeps(timeline)))
      reasons.get(snapshot)!.push({ rule: name, text });
  }
  return reasons;
}

function whyNot<C extends SnapshotCandidate>({ standing }: C, rules: readonly Rule<C>[]): readonly Reason[] {
  const broken: readonly Reason[] =
    standing === 'broken' ? [{ rule: 'broken', text: 'files of it are missing, so it takes no place' }] : [];
  return [...broken, ...rules.map(({ name, otherwise }): Reason => ({ rule: name, text: otherwise }))];
}

/** The whole group would go, but for the fence that holds it because nothing of it restores. */
function refusalOfWholeJob(verdicts: readonly Verdict[]): readonly Refusal[] {
  const [first] = verdicts;
  const wouldGo = verdicts.every(({ reasons }) => reasons.every(({ rule }) => rule === 'nothing-restorable'));
  if (first === undefined || !wouldGo) return [];
  const { group } = first.snapshot;
  return [
    {
      rule: 'whole-job',
      message: `the policy would remove all ${verdicts.length} snapshots of ${group}; none of them restores`,
      where: group,
      next: 'look with ckpt verify what is missing, or say --unsafe-allow-remove-all',
    },
  ];
}

/** A pin that is misspelt must not go unnoticed. */
function pinsOfNothing(
  candidates: readonly SnapshotCandidate[],
  { pins }: RetentionPolicy,
): readonly Refusal[] {
  return pins
    .filter((pin) => !candidates.some(({ location }) => isPinOf(pin, location)))
    .map((pin) => ({
      rule: 'pin-not-found',
      message: `no snapshot is at the pinned ${formatLocation(pin)}`,
      where: formatLocation(pin),
      next: 'correct the path, or leave the pin out',
    }));
}

/** By the directory or by its metadata file. */
function isPinOf(pin: Location, directory: Location): boolean {
  const [pinned, own] = [canonicalKey(pin), canonicalKey(directory)];
  return pinned === own || pinned === `${own}/${METADATA_NAME}`;
}
