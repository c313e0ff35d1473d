import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLocation } from '../../src/model/location.js';
import type { RetentionPolicy } from '../../src/model/policy.js';
import type { SnapshotVerdicts } from '../../src/model/verdict.js';
import { runs, testSeed } from '../support/runs.js';
import {
  DAY_MS,
  HOUR_MS,
  judged,
  keptIds,
  NOW_MS,
  rules,
  type Sample,
  samples,
  soundHistory,
} from './samples.js';

const parameters = { seed: testSeed, numRuns: runs({ sample: 40, full: 3000 }) };

const RULES = [
  'keepLast',
  'keepWithinMs',
  'keepHourly',
  'keepDaily',
  'keepWeekly',
  'keepMonthly',
  'maxBytes',
] as const;

function paths({ verdicts }: SnapshotVerdicts<Sample>, decision: 'keep' | 'expire'): readonly string[] {
  return verdicts.filter((v) => v.decision === decision).map((v) => formatLocation(v.snapshot.location));
}

const hasRule = (policy: Partial<RetentionPolicy>) => RULES.some((rule) => (policy[rule] ?? null) !== null);

describe('judge, whatever the snapshots and the policy', () => {
  it('gives every snapshot one verdict with a reason', () => {
    fc.assert(
      fc.property(samples, rules, (snapshots, policy) => {
        const { verdicts } = judged(snapshots, policy);
        expect(verdicts.map(({ snapshot }) => snapshot)).toHaveLength(snapshots.length);
        expect(new Set(verdicts.map(({ snapshot }) => snapshot))).toEqual(new Set(snapshots));
        for (const { reasons } of verdicts) expect(reasons.length).toBeGreaterThan(0);
      }),
      parameters,
    );
  });

  it('keeps the newest that restores of every job, by id and by time', () => {
    fc.assert(
      fc.property(samples, rules, (snapshots, policy) => {
        const kept = new Set(paths(judged(snapshots, policy), 'keep'));
        for (const group of new Set(snapshots.map((s) => s.group))) {
          const sound = snapshots.filter(
            (s) => s.group === group && s.standing === 'restorable' && !s.renamed,
          );
          const known = sound.filter(({ takenMs: t }) => t !== null && t > 0 && t <= NOW_MS);
          const newestId = sound.reduce<Sample | null>(
            (best, s) => (best === null || s.checkpointId! > best.checkpointId! ? s : best),
            null,
          );
          const newestMs = Math.max(...known.map(({ takenMs }) => takenMs!));
          if (newestId !== null) expect(kept).toContain(formatLocation(newestId.location));
          if (known.length > 0)
            expect(known.some((s) => s.takenMs === newestMs && kept.has(formatLocation(s.location)))).toBe(
              true,
            );
        }
      }),
      parameters,
    );
  });

  it('never lets more expire because a rule was added or its number raised', () => {
    fc.assert(
      fc.property(samples, rules, rules, (snapshots, policy, other) => {
        fc.pre(hasRule(policy));
        const wider: Partial<RetentionPolicy> = {
          ...policy,
          ...Object.fromEntries(
            RULES.map((rule) => {
              const [a, b] = [policy[rule], other[rule]];
              return [rule, a === null ? b : Math.max(a, b ?? 0)];
            }),
          ),
        };
        expect(paths(judged(snapshots, policy), 'expire')).toEqual(
          expect.arrayContaining([...paths(judged(snapshots, wider), 'expire')]),
        );
      }),
      parameters,
    );
  });

  it('keeps what each rule alone keeps', () => {
    fc.assert(
      fc.property(samples, rules, (snapshots, policy) => {
        fc.pre(hasRule(policy));
        const kept = paths(judged(snapshots, policy), 'keep');
        const { savepoints, wholeJobs } = policy;
        const alone = RULES.filter((rule) => policy[rule] !== null).flatMap((rule) =>
          paths(judged(snapshots, { savepoints, wholeJobs, [rule]: policy[rule] }), 'keep'),
        );
        expect(new Set(kept)).toEqual(new Set(alone));
      }),
      parameters,
    );
  });

  it('does not look at the order of the snapshots', () => {
    fc.assert(
      fc.property(samples, rules, fc.infiniteStream(fc.nat()), (snapshots, policy, keys) => {
        const shuffled = snapshots
          .map((snapshot) => [keys.next().value as number, snapshot] as const)
          .sort(([a], [b]) => a - b)
          .map(([, snapshot]) => snapshot);
        expect(judged(shuffled, policy)).toEqual(judged(snapshots, policy));
      }),
      parameters,
    );
  });

  it('does not let one job change what goes of another', () => {
    fc.assert(
      fc.property(samples, rules, (snapshots, policy) => {
        const all = paths(judged(snapshots, policy), 'expire');
        const apart = [...new Set(snapshots.map((s) => s.group))].flatMap((group) =>
          paths(
            judged(
              snapshots.filter((s) => s.group === group),
              policy,
            ),
            'expire',
          ),
        );
        expect(new Set(all)).toEqual(new Set(apart));
      }),
      parameters,
    );
  });

  it('gives the same verdicts when all times move together, but for calendar rules', () => {
    fc.assert(
      fc.property(samples, rules, fc.integer({ min: -DAY_MS, max: DAY_MS }), (snapshots, policy, shiftMs) => {
        const ownTime = { ...policy, keepHourly: null, keepDaily: null, keepWeekly: null, keepMonthly: null };
        const moved = snapshots.map((s) =>
          s.takenMs === null || s.takenMs <= 0 ? s : { ...s, takenMs: s.takenMs + shiftMs },
        );
        const decisions = (judgement: SnapshotVerdicts<Sample>) =>
          judgement.verdicts.map((v) => [formatLocation(v.snapshot.location), v.decision]);
        expect(decisions(judged(moved, ownTime, NOW_MS + shiftMs))).toEqual(
          decisions(judged(snapshots, ownTime)),
        );
      }),
      parameters,
    );
  });

  it('lets a snapshot whose time is unknown neither go nor push another out', () => {
    fc.assert(
      fc.property(
        samples,
        rules,
        fc.constantFrom(null, 0, -5, NOW_MS + 1, NOW_MS + 9 * DAY_MS),
        (snapshots, policy, takenMs) => {
          const [victim, ...others] = snapshots;
          fc.pre(victim !== undefined);
          const judgement = judged([{ ...victim, takenMs }, ...others], policy);
          expect(paths(judgement, 'keep')).toContain(formatLocation(victim.location));
          expect(paths(judged(others, policy), 'keep')).toEqual(
            paths(judgement, 'keep').filter((path) => path !== formatLocation(victim.location)),
          );
        },
      ),
      parameters,
    );
  });

  it('lets nothing go that is young, pinned, unverified, unreadable, renamed or needed', () => {
    fc.assert(
      fc.property(samples, rules, fc.nat(13), (snapshots, policy, pinned) => {
        const pins = snapshots.slice(pinned, pinned + 1).map(({ location }) => location);
        for (const { snapshot, decision } of judged(snapshots, { ...policy, pins }).verdicts) {
          if (decision === 'keep') continue;
          expect(NOW_MS - snapshot.takenMs!).toBeGreaterThanOrEqual(snapshot.job.minAgeMs);
          expect(pins).not.toContain(snapshot.location);
          expect(['restorable', 'broken']).toContain(snapshot.standing);
          expect([snapshot.renamed, snapshot.neededBy]).toEqual([false, null]);
          if (snapshot.kind === 'savepoint')
            expect(snapshot.named || policy.savepoints === 'judge').toBe(true);
        }
      }),
      parameters,
    );
  });

  it('leaves a running job what it retains, and an unknown one two newer that restore', () => {
    fc.assert(
      fc.property(samples, rules, (snapshots, policy) => {
        const judgement = judged(snapshots, policy);
        const kept = new Set(paths(judgement, 'keep'));
        for (const { snapshot, decision } of judgement.verdicts) {
          const { job, kind, checkpointId: id } = snapshot;
          if (decision === 'keep' || kind === 'savepoint' || job.state === 'ended') continue;
          if (job.state === 'running') {
            expect(id! < (job.lowestRetainedId ?? -1n)).toBe(true);
            expect(id).not.toBe(job.restoredId);
            continue;
          }
          const newer = snapshots.filter(
            (s) =>
              s.group === snapshot.group &&
              s.standing === 'restorable' &&
              s.checkpointId! > id! &&
              s.takenMs! > snapshot.takenMs! &&
              kept.has(formatLocation(s.location)),
          );
          expect(newer.length).toBeGreaterThanOrEqual(2);
        }
      }),
      parameters,
    );
  });
});

describe('judge, on a history that is sound', () => {
  it('keeps exactly as many as keep-last says, or all where there are fewer', () => {
    fc.assert(
      fc.property(soundHistory, fc.integer({ min: 1, max: 30 }), (history, keepLast) => {
        const ids = history.map(({ checkpointId }) => Number(checkpointId));
        expect(keptIds(history, { keepLast })).toEqual(ids.slice(-keepLast));
      }),
      parameters,
    );
  });

  it('keeps at most as many as a calendar rule says', () => {
    fc.assert(
      fc.property(
        soundHistory,
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(
          'keepHourly' as const,
          'keepDaily' as const,
          'keepWeekly' as const,
          'keepMonthly' as const,
        ),
        (history, number, rule) => {
          expect(keptIds(history, { [rule]: number }).length).toBeLessThanOrEqual(number);
        },
      ),
      parameters,
    );
  });

  it('keeps by max-bytes the longest run of newest ones whose files fit', () => {
    fc.assert(
      fc.property(soundHistory, fc.integer({ min: 1, max: 300 }), (history, maxBytes) => {
        const newestFirst = history.map(({ checkpointId }) => Number(checkpointId)).reverse();
        const fitting: number[] = [];
        for (const id of newestFirst) {
          if ([...fitting, id].reduce((sum, bytes) => sum + bytes, 0) > maxBytes) break;
          fitting.push(id);
        }
        const expected = fitting.length === 0 ? newestFirst.slice(0, 1) : fitting;
        expect(keptIds(history, { maxBytes })).toEqual(expected.reverse());
      }),
      parameters,
    );
  });

  it('keeps by keep-within what a look at every age keeps', () => {
    fc.assert(
      fc.property(soundHistory, fc.integer({ min: 1, max: 90 * 24 }), (history, hours) => {
        const newestMs = Math.max(...history.map(({ takenMs }) => takenMs!));
        const expected = history.filter(({ takenMs }) => newestMs - takenMs! <= hours * HOUR_MS);
        expect(keptIds(history, { keepWithinMs: hours * HOUR_MS })).toEqual(
          expected.map(({ checkpointId }) => Number(checkpointId)),
        );
      }),
      parameters,
    );
  });
});
