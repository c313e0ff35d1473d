// Planning and carrying out on trees in memory, with everything of the outside in the hands of a test.
import { child, type Location } from '../../src/model/location.js';
import type { Plan, PolicyWords } from '../../src/model/plan.js';
import { interceptedStorage, type StorageCall } from '../../src/storage/intercepted.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { ManualClock } from '../../src/support/clock.js';
import { seededRandom } from '../../src/support/random.js';
import { applyPlan } from '../../src/usecases/apply-plan.js';
import { planCleanup } from '../../src/usecases/plan-cleanup.js';
import { file } from '../survey/documents.js';
import { JOB_A, JOB_B, NOW_MS, ROOT, Tree, uri, uuid } from './audit-tree.js';

export interface Choices {
  readonly flags?: PolicyWords;
  /** Below the root. */
  readonly locations?: readonly string[];
  /** Jobs that the user says have ended; of both where not given. */
  readonly stopped?: readonly string[];
  /** Told of every call before it happens; what it throws the call fails with. */
  readonly before?: (call: StorageCall) => void;
}

/** The shared file with this number, of the job. */
export const shared = (job: string, number: number) => `${job}/shared/${uuid(number)}`;

/**
 * Two jobs whose checkpoints share files; each checkpoint has one of its own. The second job was restored in claim mode:
 * its first checkpoint needs file 104 of the first. Nobody needs 190.
 */
export async function twoJobs(directories = true): Promise<Tree> {
  const tree = new Tree(directories);
  for (const number of [100, 101, 102, 103, 104, 190]) await tree.file(shared(JOB_A, number), 50);
  await checkpoint(
    tree,
    JOB_A,
    1,
    [100, 101].map((number) => shared(JOB_A, number)),
  );
  await checkpoint(
    tree,
    JOB_A,
    2,
    [101, 102].map((number) => shared(JOB_A, number)),
  );
  await checkpoint(
    tree,
    JOB_A,
    3,
    [102, 103].map((number) => shared(JOB_A, number)),
  );
  await checkpoint(tree, JOB_B, 4, [shared(JOB_A, 104)]);
  return tree;
}

/** A checkpoint with a file of its own, as old as its number is low. */
export async function checkpoint(
  tree: Tree,
  job: string,
  id: number,
  files: readonly string[],
): Promise<void> {
  const daysOld = 50 - id;
  const own = `${job}/chk-${id}/${uuid(id)}`;
  await tree.file(own, daysOld);
  const streams = [own, ...files].map((path) => file(uri(path), 10));
  await tree.snapshot(`${job}/chk-${id}`, daysOld, { checkpointId: BigInt(id), streams });
}

function worldOf(tree: Tree, before?: Choices['before']) {
  const storage: StorageRemover = before ? interceptedStorage(tree.storage, before) : tree.storage;
  const open = async () => storage;
  return { openReader: open, openRemover: open, clock: new ManualClock(NOW_MS), concurrency: 4 };
}

export async function plan(
  tree: Tree,
  { flags = {}, locations = ['.'], stopped = [JOB_A, JOB_B], before }: Choices = {},
) {
  tree.toNow();
  const locate = (path: string): Location => (path === '.' ? ROOT : child(ROOT, path));
  return planCleanup(
    {
      locations: locations.map(locate),
      sources: { rest: [], haDirectories: [], word: { jobs: stopped, locations: [] } },
      rewrites: [],
      given: {
        sections: { retention: null, cleanup: null, where: 'ckpt.yaml' },
        flags: { 'max-percent': 100, ...flags },
      },
      locate,
      toolVersion: '1.0.0',
    },
    worldOf(tree, before),
  );
}

export function apply(tree: Tree, planned: Plan, before?: Choices['before']) {
  return applyPlan(planned, {
    ...worldOf(tree, before),
    owner: { host: 'here', processId: 1, random: seededRandom(1), hasEnded: () => true },
    signal: new AbortController().signal,
  });
}

/** Paths below the root by kind. */
export function goingOf({ deletions }: Plan): Readonly<Record<string, readonly string[]>> {
  const going: Record<string, string[]> = {};
  for (const { kind, path } of deletions) {
    going[kind] ??= [];
    going[kind].push(path.slice(uri('.').length + 1));
  }
  return going;
}
