// Snapshots and policies to judge, made by hand or at random.
import fc from 'fast-check';
import { parseUri } from '../../src/model/location.js';
import { KEEP_EVERYTHING, type RetentionPolicy } from '../../src/model/policy.js';
import type { JobStanding, SnapshotCandidate, SnapshotVerdicts, Standing } from '../../src/model/verdict.js';
import { judge } from '../../src/retention/judge.js';

/** A candidate with the files that it references: `i` stands for a file of `i` bytes. */
export interface Sample extends SnapshotCandidate {
  readonly files: readonly number[];
}

export const NOW_MS = Date.UTC(2026, 10, 21, 12);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

const ENDED: JobStanding = { state: 'ended', minAgeMs: 0 };
export const RESTORABLE: Standing = 'restorable';

export const at = (uri: string) => parseUri(uri)!;

/** A restorable checkpoint of a job that has ended, as many days old as its id is below 100. */
export function checkpoint(id: number, fields: Partial<Sample> = {}): Sample {
  const group = fields.group ?? 'file:///ckpt/job';
  return {
    location: at(`${group}/chk-${id}`),
    group,
    kind: 'checkpoint',
    checkpointId: BigInt(id),
    takenMs: NOW_MS - (100 - id) * DAY_MS,
    standing: RESTORABLE,
    renamed: false,
    job: ENDED,
    neededBy: null,
    named: false,
    files: [id],
    ...fields,
  };
}

/** Checkpoints `from` to `to`, a day apart. */
export function daily(from: number, to: number, fields: Partial<Sample> = {}): readonly Sample[] {
  return Array.from({ length: to - from + 1 }, (_, index) => checkpoint(from + index, fields));
}

export function policy(fields: Partial<RetentionPolicy>): RetentionPolicy {
  return { ...KEEP_EVERYTHING, ...fields };
}

export function judged(
  samples: readonly Sample[],
  fields: Partial<RetentionPolicy>,
  nowMs = NOW_MS,
): SnapshotVerdicts<Sample> {
  return judge(samples, { policy: policy(fields), nowMs, startTally: startSampleTally });
}

/** Ids of what stays, lowest first. */
export function keptIds(samples: readonly Sample[], fields: Partial<RetentionPolicy>): readonly number[] {
  return judged(samples, fields)
    .verdicts.filter(({ decision }) => decision === 'keep')
    .map(({ snapshot }) => Number(snapshot.checkpointId))
    .sort((a, b) => a - b);
}

/** Names of the rules in the verdict on checkpoint `id`. */
export function rulesFor(
  id: number,
  samples: readonly Sample[],
  fields: Partial<RetentionPolicy>,
): readonly string[] {
  const verdict = judged(samples, fields).verdicts.find(
    ({ snapshot }) => snapshot.checkpointId === BigInt(id),
  )!;
  return [verdict.decision, ...verdict.reasons.map(({ rule }) => rule)];
}

export function startSampleTally(): (sample: Sample) => bigint {
  const seen = new Set<number>();
  return ({ files }) => {
    const added = files.filter((file) => !seen.has(file));
    for (const file of added) seen.add(file);
    return BigInt(added.reduce((sum, file) => sum + file, 0));
  };
}

const standings = fc.oneof(
  { weight: 4, arbitrary: fc.constant(RESTORABLE) },
  { weight: 1, arbitrary: fc.constantFrom<Standing>('unverified', 'broken', 'unreadable') },
);

const minAgeMs = fc.constantFrom(0, HOUR_MS, 7 * DAY_MS);

const jobs: fc.Arbitrary<JobStanding> = fc.oneof(
  fc.record({ state: fc.constant('ended' as const), minAgeMs }),
  fc.record({ state: fc.constant('unknown' as const), minAgeMs }),
  fc.record({
    state: fc.constant('running' as const),
    minAgeMs,
    lowestRetainedId: fc.option(fc.bigInt(0n, 30n)),
    restoredId: fc.option(fc.bigInt(0n, 30n)),
  }),
);

const takenTimes = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 90 * 24 }).map((hours) => NOW_MS - hours * HOUR_MS) },
  { weight: 1, arbitrary: fc.constantFrom(null, 0, -1, NOW_MS + 1, NOW_MS + 400 * DAY_MS) },
);

const sampleOf = (ofJob: JobStanding, group: string) =>
  fc
    .record({
      id: fc.nat(30),
      kind: fc.constantFrom('checkpoint' as const, 'checkpoint' as const, 'savepoint' as const),
      takenMs: takenTimes,
      standing: standings,
      renamed: fc.nat(9).map((n) => n === 0),
      neededBy: fc.nat(9).map((n) => (n === 0 ? 'a job was restored from it' : null)),
      named: fc.boolean(),
      files: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 6 }),
    })
    .map(({ id, ...fields }) => checkpoint(id, { ...fields, job: ofJob, group }));

/** Up to three jobs in any state, with snapshots in any condition at any time. */
export const samples: fc.Arbitrary<readonly Sample[]> = fc
  .array(jobs, { minLength: 1, maxLength: 3 })
  .chain((ofJobs) =>
    fc.tuple(
      ...ofJobs.map((ofJob, index) =>
        fc.uniqueArray(sampleOf(ofJob, `file:///ckpt/job-${index}`), {
          maxLength: 14,
          selector: ({ checkpointId }) => checkpointId,
        }),
      ),
    ),
  )
  .map((groups) => groups.flat());

/** Checkpoints of one ended job that all restore, in the order of their ids. */
export const soundHistory: fc.Arbitrary<readonly Sample[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 90 * 24 }), { minLength: 1, maxLength: 25 })
  .map((ages) => ages.sort((a, b) => b - a))
  .map((ages) =>
    ages.map((hours, index) =>
      checkpoint(index + 1, { takenMs: NOW_MS - hours * HOUR_MS, files: [index + 1] }),
    ),
  );

const count = fc.option(fc.integer({ min: 1, max: 6 }));

export const rules = fc.record({
  keepLast: count,
  keepWithinMs: fc.option(fc.integer({ min: 1, max: 40 * 24 }).map((hours) => hours * HOUR_MS)),
  keepHourly: count,
  keepDaily: count,
  keepWeekly: count,
  keepMonthly: count,
  maxBytes: fc.option(fc.integer({ min: 1, max: 150 })),
  savepoints: fc.constantFrom('keep' as const, 'judge' as const),
  wholeJobs: fc.constantFrom('refuse' as const, 'allow' as const),
});
