import { describe, expect, it } from 'vitest';
import {
  at,
  checkpoint,
  DAY_MS,
  daily,
  HOUR_MS,
  judged,
  keptIds,
  NOW_MS,
  rulesFor,
  type Sample,
} from './samples.js';

const UNKNOWN = { state: 'unknown', minAgeMs: 7 * DAY_MS } as const;

describe('rules as restic has them', () => {
  it('keep all where none is given, broken ones too, and pins are none', () => {
    const snapshots = [...daily(80, 89), checkpoint(50, { standing: 'broken' })];
    expect(keptIds(snapshots, {})).toHaveLength(11);
    expect(keptIds(snapshots, { pins: [at('file:///ckpt/job/chk-80')] })).toHaveLength(11);
    expect(rulesFor(50, snapshots, {})).toEqual(['keep', 'no-policy']);
  });

  it('count only days that have a snapshot: four dailies of weekly snapshots are four weeks', () => {
    const sundays = [70, 77, 84, 91].map((id) => checkpoint(id));
    expect(keptIds([checkpoint(63), ...sundays], { keepDaily: 4 })).toEqual([70, 77, 84, 91]);
  });

  it('keep the newest of each day, not the oldest', () => {
    const noonToo = daily(90, 92).map((s) =>
      checkpoint(Number(s.checkpointId) - 40, { takenMs: s.takenMs! - HOUR_MS }),
    );
    expect(keptIds([...daily(90, 92), ...noonToo], { keepDaily: 3 })).toEqual([90, 91, 92]);
  });

  it('count one snapshot as a daily, a weekly and a monthly at once', () => {
    const [verdict] = judged(daily(1, 99), { keepDaily: 1, keepWeekly: 1, keepMonthly: 1 }).verdicts;
    expect(verdict!.reasons.map(({ rule }) => rule)).toEqual([
      'keep-daily',
      'keep-weekly',
      'keep-monthly',
      'newest-restorable',
    ]);
  });

  it('keep of a year of daily snapshots 7 days, 3 more weeks and 11 more months', () => {
    const year = Array.from({ length: 365 }, (_, age) =>
      checkpoint(1000 - age, { takenMs: Date.UTC(2026, 10, 21, 12) - age * DAY_MS }),
    );
    const kept = judged(year, { keepDaily: 7, keepWeekly: 5, keepMonthly: 12 }).verdicts.filter(
      ({ decision }) => decision === 'keep',
    );
    expect(kept.map(({ snapshot }) => new Date(snapshot.takenMs!).toISOString().slice(0, 10))).toEqual([
      ...['2026-11-21', '2026-11-20', '2026-11-19', '2026-11-18', '2026-11-17', '2026-11-16', '2026-11-15'],
      ...['2026-11-08', '2026-11-01', '2026-10-31', '2026-10-25'],
      ...['2026-09-30', '2026-08-31', '2026-07-31', '2026-06-30', '2026-05-31', '2026-04-30'],
      ...['2026-03-31', '2026-02-28', '2026-01-31', '2025-12-31'],
    ]);
  });

  it('keep the oldest too where there are fewer days than asked for', () => {
    const oneDay = [1, 2, 3, 4].map((id) => checkpoint(id, { takenMs: NOW_MS - (5 - id) * HOUR_MS }));
    expect(keptIds(oneDay, { keepDaily: 1 })).toEqual([4]);
    expect(keptIds(oneDay, { keepDaily: 2 })).toEqual([1, 4]);
    expect(rulesFor(1, oneDay, { keepDaily: 2 })).toEqual(['keep', 'keep-daily']);
  });

  it('count keep-within from the newest snapshot of the job, not from now', () => {
    expect(keptIds(daily(10, 30), { keepWithinMs: 7 * DAY_MS })).toEqual([23, 24, 25, 26, 27, 28, 29, 30]);
  });

  it('cut hours, days, weeks and months in UTC, and weeks on Monday', () => {
    const around = (ms: number) => [
      checkpoint(1, { takenMs: ms - 2 }),
      checkpoint(2, { takenMs: ms - 1 }),
      checkpoint(3, { takenMs: ms }),
      checkpoint(4, { takenMs: ms + 1 }),
    ];
    expect(keptIds(around(Date.UTC(2026, 10, 10, 7)), { keepHourly: 2 })).toEqual([2, 4]);
    expect(keptIds(around(Date.UTC(2026, 2, 29)), { keepDaily: 2 })).toEqual([2, 4]);
    expect(keptIds(around(Date.UTC(2026, 10, 16)), { keepWeekly: 2 })).toEqual([2, 4]);
    expect(keptIds(around(Date.UTC(2026, 10, 15)), { keepWeekly: 1 })).toEqual([4]);
    expect(keptIds(around(Date.UTC(2026, 0, 1)), { keepMonthly: 2 })).toEqual([2, 4]);
    expect(keptIds(around(Date.UTC(2026, 0, 1)), { keepWeekly: 1 })).toEqual([4]);
  });

  it('are ORed, and an expired snapshot lists every rule that did not keep it', () => {
    const snapshots = daily(80, 90);
    expect(keptIds(snapshots, { keepLast: 1, keepWithinMs: 2 * DAY_MS })).toEqual([88, 89, 90]);
    const { verdicts } = judged(snapshots, { keepLast: 1, keepWithinMs: 2 * DAY_MS });
    expect(verdicts.at(-1)).toMatchObject({
      decision: 'expire',
      reasons: [
        { rule: 'keep-last', text: 'not the newest that restores' },
        { rule: 'keep-within', text: 'not within 2d of the newest that restores' },
      ],
    });
  });

  it('are applied to every job by itself', () => {
    const other = daily(10, 20, { group: 'file:///ckpt/other' });
    expect(keptIds([...daily(80, 90), ...other], { keepLast: 2 })).toEqual([19, 20, 89, 90]);
  });
});

describe('max-bytes', () => {
  it('counts a file that snapshots share once', () => {
    const snapshots = [1, 2, 3, 4].map((id) => checkpoint(id, { files: [100, id] }));
    expect(keptIds(snapshots, { maxBytes: 107 })).toEqual([3, 4]);
    expect(keptIds(snapshots, { maxBytes: 109 })).toEqual([2, 3, 4]);
  });

  it('stops at the first that does not fit, also where an older one would', () => {
    const snapshots = [5, 300, 10].map((bytes, index) => checkpoint(index + 1, { files: [bytes] }));
    expect(keptIds(snapshots, { maxBytes: 100 })).toEqual([3]);
  });
});

describe('snapshots that do not restore', () => {
  const BROKEN = { standing: 'broken' } as const;

  it('take no place of keep-last', () => {
    const snapshots = [...daily(80, 85), checkpoint(86, BROKEN), checkpoint(87, BROKEN)];
    expect(keptIds(snapshots, { keepLast: 2 })).toEqual([84, 85, 86, 87]);
  });

  it('expire among older ones, and say that they are broken', () => {
    const snapshots = [...daily(84, 85), checkpoint(83, BROKEN)];
    expect(rulesFor(83, snapshots, { keepLast: 1 })).toEqual(['expire', 'broken', 'keep-last']);
  });

  it('stay where they are newer than all that restore', () => {
    expect(rulesFor(86, [...daily(84, 85), checkpoint(86, BROKEN)], { keepLast: 1 })).toEqual([
      'keep',
      'newer-than-restorable',
    ]);
  });

  it('do not move the point that keep-within counts from', () => {
    const snapshots = [...daily(50, 60), checkpoint(99, BROKEN), checkpoint(98, { standing: 'unverified' })];
    expect(keptIds(snapshots, { keepWithinMs: 2 * DAY_MS })).toEqual([58, 59, 60, 98, 99]);
  });

  it('never go where something could not be looked up or read', () => {
    const snapshots = [
      ...daily(80, 90),
      checkpoint(5, { standing: 'unverified' }),
      checkpoint(6, { standing: 'unreadable' }),
    ];
    expect(rulesFor(5, snapshots, { keepLast: 1 })).toEqual(['keep', 'unverified']);
    expect(rulesFor(6, snapshots, { keepLast: 1 })).toEqual(['keep', 'unreadable']);
  });
});

describe('a job of which nothing restores', () => {
  const snapshots = daily(80, 83, { standing: 'broken' });

  it('is refused as a whole, and the verdicts keep it', () => {
    const { verdicts, refusals } = judged([...snapshots, checkpoint(1, { group: 'file:///ckpt/sound' })], {
      keepLast: 1,
    });
    expect(verdicts.map(({ decision }) => decision)).toEqual(Array(5).fill('keep'));
    expect(refusals).toEqual([
      expect.objectContaining({
        rule: 'whole-job',
        where: 'file:///ckpt/job',
        next: expect.stringMatching(/--/),
      }),
    ]);
  });

  it('goes where the user says so', () => {
    expect(keptIds(snapshots, { keepLast: 1, wholeJobs: 'allow' })).toEqual([]);
  });

  it('stays without a refusal where no rule is given, or something else keeps a part of it', () => {
    expect(judged(snapshots, {}).refusals).toEqual([]);
    const unverified = [...snapshots, checkpoint(84, { standing: 'unverified' })];
    expect(judged(unverified, { keepLast: 1 }).refusals).toEqual([]);
    expect(keptIds(unverified, { keepLast: 1 })).toHaveLength(5);
  });
});

describe('times that cannot be relied on', () => {
  it.each([
    ['unknown', null],
    ['1970', 0],
    ['the future', NOW_MS + 400 * DAY_MS],
  ])('%s: the snapshot stays and takes no place', (_, takenMs) => {
    const snapshots = [...daily(80, 90), checkpoint(91, { takenMs })];
    const policy = { keepLast: 1, keepWithinMs: DAY_MS, keepDaily: 1 };
    expect(keptIds(snapshots, policy)).toEqual([89, 90, 91]);
    expect(rulesFor(91, snapshots, policy)).toContain('time-unknown');
  });

  it('that contradict the ids keep the newest by either: ids may start anew in one directory', () => {
    const oldRun = daily(50, 60);
    const newRun = [1, 2, 3].map((id) => checkpoint(id, { takenMs: NOW_MS - (4 - id) * HOUR_MS }));
    expect(keptIds([...oldRun, ...newRun], { keepLast: 2 })).toEqual([2, 3, 59, 60]);
  });

  it('that contradict the ids leave the newest by either, also where no rule keeps one', () => {
    const newRun = [2, 3].map((id) => checkpoint(id, { takenMs: NOW_MS - (4 - id) * HOUR_MS }));
    expect(keptIds([...daily(50, 60), ...newRun], { maxBytes: 1 })).toEqual([3, 60]);
  });

  it('that are all the same, as in a copied tree, leave the order to the ids', () => {
    const copied = daily(1, 9).map((s) => ({ ...s, takenMs: NOW_MS - DAY_MS }));
    expect(keptIds(copied, { keepLast: 3 })).toEqual([7, 8, 9]);
  });
});

describe('savepoints', () => {
  const savepoints = daily(1, 4, { kind: 'savepoint', group: 'file:///sp/savepoint-abcdef*' });

  it('stay unless they are asked for', () => {
    expect(keptIds(savepoints, { keepLast: 1 })).toEqual([1, 2, 3, 4]);
    expect(rulesFor(1, savepoints, { keepLast: 1 })).toEqual(['keep', 'savepoint-untouched']);
  });

  it('are judged with --savepoints', () => {
    expect(keptIds(savepoints, { keepLast: 1, savepoints: 'judge' })).toEqual([4]);
  });

  it('go where their own path was given, if the policy does not keep them among their like', () => {
    const named: readonly Sample[] = savepoints.map((s) => ({ ...s, named: s.checkpointId !== 2n }));
    expect(keptIds(named, { keepLast: 1 })).toEqual([2, 4]);
  });
});

describe('the state of the job', () => {
  it('unknown: two newer that restore, and the minimum age, before one goes', () => {
    const snapshots = daily(80, 97, { job: UNKNOWN });
    expect(keptIds(snapshots, { keepLast: 1 })).toEqual([94, 95, 96, 97]);
    expect(rulesFor(96, snapshots, { keepLast: 1 })).toEqual(['keep', 'young', 'job-unknown']);
    expect(keptIds(daily(50, 60, { job: UNKNOWN }), { keepLast: 1 })).toEqual([59, 60]);
  });

  it('unknown: newer ones are newer by id and by time, where ids started anew', () => {
    const newRun = [1, 2, 3].map((id) =>
      checkpoint(id, { job: UNKNOWN, takenMs: NOW_MS - (20 - id) * DAY_MS }),
    );
    expect(keptIds([...daily(50, 60, { job: UNKNOWN }), ...newRun], { keepLast: 1 })).toEqual([2, 3, 59, 60]);
  });

  it('unknown: broken ones are no newer ones', () => {
    const snapshots = [
      ...daily(50, 52, { job: UNKNOWN }),
      ...daily(53, 60, { job: UNKNOWN, standing: 'broken' }),
    ];
    expect(keptIds(snapshots, { keepLast: 1 })).toEqual([51, 52, 53, 54, 55, 56, 57, 58, 59, 60]);
  });

  it('running: only what lies below the ids that its cluster retains, and never what it was restored from', () => {
    const job = { state: 'running', minAgeMs: 0, lowestRetainedId: 55n, restoredId: 52n } as const;
    expect(keptIds(daily(50, 60, { job }), { keepLast: 1 })).toEqual([52, 55, 56, 57, 58, 59, 60]);
    expect(rulesFor(55, daily(50, 60, { job }), { keepLast: 1 })).toEqual(['keep', 'job-running']);
  });

  it('running: nothing where its cluster does not tell what it retains', () => {
    const job = { state: 'running', minAgeMs: 0, lowestRetainedId: null, restoredId: null } as const;
    expect(keptIds(daily(50, 60, { job }), { keepLast: 1 })).toHaveLength(11);
  });

  it('ended: nothing younger than its minimum age', () => {
    const job = { state: 'ended', minAgeMs: 60 * DAY_MS } as const;
    expect(keptIds(daily(30, 60, { job }), { keepLast: 1 }).slice(0, 2)).toEqual([41, 42]);
  });

  it('leaves alone what a job was restored from, whoever asks', () => {
    const restored = checkpoint(5, { neededBy: 'job 1 was restored from it' });
    const { verdicts } = judged([...daily(80, 90), restored], { keepLast: 1 });
    expect(verdicts.at(-1)!.reasons).toEqual([
      { rule: 'needed-elsewhere', text: 'job 1 was restored from it' },
    ]);
  });
});

describe('pins', () => {
  it('keep a snapshot named by its directory or its _metadata, in any scheme of the store', () => {
    const snapshots = daily(80, 90, { group: 's3://bucket/job' });
    const pins = [at('s3a://bucket/job/chk-81'), at('s3://bucket//job/chk-82/_metadata')];
    expect(keptIds(snapshots, { keepLast: 1, pins })).toEqual([81, 82, 90]);
  });

  it('keep a snapshot by each of the paths that its store is met by', () => {
    const snapshots = ['s3://bucket/job', 's3://alias/job'].flatMap((group) => daily(80, 90, { group }));
    const pins = [at('s3://alias/job/chk-81')];
    expect(keptIds(snapshots, { keepLast: 1, pins })).toEqual([81, 81, 90, 90]);
  });

  it('that name no snapshot are refused', () => {
    const { refusals } = judged(daily(80, 90), { keepLast: 1, pins: [at('file:///ckpt/job/chk-8')] });
    expect(refusals).toEqual([
      expect.objectContaining({ rule: 'pin-not-found', where: 'file:///ckpt/job/chk-8' }),
    ]);
  });
});

it('keeps what does not bear the name that Flink gave it, and lets it take no place', () => {
  const copy = checkpoint(90, { location: at('file:///ckpt/job/before-upgrade'), renamed: true });
  const { verdicts } = judged([...daily(80, 90), copy], { keepLast: 2 });
  const kept = verdicts.filter(({ decision }) => decision === 'keep');
  expect(kept.map(({ snapshot }) => snapshot.location.path)).toEqual([
    '/ckpt/job/before-upgrade',
    '/ckpt/job/chk-90',
    '/ckpt/job/chk-89',
  ]);
});

it('looks at each of many snapshots a few times only, also where nothing is known of their job', () => {
  let looks = 0;
  const many = Array.from({ length: 3000 }, (_, id) => {
    const takenMs = NOW_MS - (9000 - id) * HOUR_MS;
    const counting = {
      get: () => {
        looks++;
        return takenMs;
      },
      enumerable: true,
    };
    return Object.defineProperty({ ...checkpoint(id, { job: UNKNOWN }) }, 'takenMs', counting);
  });
  expect(keptIds(many, { keepLast: 5, maxBytes: 1000 })).toHaveLength(5);
  expect(looks).toBeLessThan(100 * many.length);
});
