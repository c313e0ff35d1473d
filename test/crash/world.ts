// A small tree of one ended job in memory, a plan for it, and what it takes to carry that out with a storage that dies at
// a chosen call. Two snapshots expire, one is kept; files are shared between them in every way.
import { type Executed, type ExecuteOptions, executePlan } from '../../src/cleanup/execute.js';
import { orderDeletions } from '../../src/cleanup/order.js';
import type { RemovalMode } from '../../src/model/cleanup-run.js';
import type { Evidence } from '../../src/model/evidence.js';
import { child, formatLocation, type Location, parent, parseLocation } from '../../src/model/location.js';
import type { DeletionKind, Plan } from '../../src/model/plan.js';
import { DEFAULT_POLICY } from '../../src/model/safety-policy.js';
import { interceptedStorage, type StorageCall } from '../../src/storage/intercepted.js';
import { MemoryStorage } from '../../src/storage/memory.js';
import type { StorageRemover } from '../../src/storage/storage.js';
import { ManualClock } from '../../src/support/clock.js';
import { seededRandom } from '../../src/support/random.js';
import { takeSurvey } from '../../src/survey/take-survey.js';
import { lookAgain } from '../../src/usecases/look-again.js';
import { deletionOf, NOW_MS, planOf } from '../cleanup/samples.js';
import { VersionedMemory } from '../support/versioned-memory.js';
import { file, metadataBytes } from '../survey/documents.js';

export const ROOT = parseLocation('memory:///flink', '/');
const JOB_ID = '0123456789abcdef0123456789abcdef';
const YEAR_MS = 365 * 86_400_000;

const EVIDENCE: Evidence = {
  jobs: [
    {
      id: JOB_ID,
      name: null,
      liveness: { kind: 'ended', source: 'test', endedMs: null, checkpointTimeoutMs: null },
    },
  ],
  stopped: [],
  pins: [],
  contradictions: [],
  blocks: [],
};

/** Below the root. */
export const inJob = (path: string) => `${JOB_ID}/${path}`;
export const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** Numbers of the files that each snapshot of the tree references: below 100 its own, from 100 on in `shared/`. */
export type Snapshots = Readonly<Record<number, readonly number[]>>;

export const SNAPSHOTS: Snapshots = { 1: [1, 2, 100, 101], 2: [3, 101, 102], 3: [4, 102, 103] };
const GOING: Going = { expired: [1, 2], shared: [100, 101], orphans: [150, 151], incomplete: [90] };

/** A tree and what of it is to go, rightly or not. */
export interface Shape {
  readonly snapshots: Snapshots;
  readonly going: Going;
}

const SHAPE: Shape = { snapshots: SNAPSHOTS, going: GOING };

export interface World {
  readonly storage: MemoryStorage;
  readonly clock: ManualClock;
  readonly plan: Plan;
  /** Where files are copied to that are put aside, if they are copied. */
  readonly copiesTo?: Location;
}

/** The tree, its files a year old, and the plan that lets go of all but the last snapshot. */
export async function makeWorld(directories = true, shape: Shape = SHAPE): Promise<World> {
  const clock = new ManualClock(NOW_MS - YEAR_MS);
  return plant(new MemoryStorage({ clock, directories }), clock, shape);
}

/** The same in a store that neither renames nor keeps versions, with a place for copies. */
export async function makeCopyingWorld(): Promise<World> {
  return { ...(await makeWorld(false)), copiesTo: parseLocation('memory:///aside', '/') };
}

/** The same in a bucket that keeps versions. */
export async function makeVersionedWorld(): Promise<World & { readonly storage: VersionedMemory }> {
  const clock = new ManualClock(NOW_MS - YEAR_MS);
  return plant(new VersionedMemory(clock), clock, SHAPE);
}

async function plant<S extends MemoryStorage>(storage: S, clock: ManualClock, shape: Shape) {
  const { snapshots, going } = shape;
  for (const [id, numbers] of Object.entries(snapshots)) await putSnapshot(storage, Number(id), numbers);
  for (const number of [...going.shared, ...(going.orphans ?? [])])
    await put(storage, pathOf(0, number), pathOf(0, number));
  await put(storage, pathOf(0, 90), 'never completed');
  clock.advance(YEAR_MS);
  return { storage, clock, plan: await planFor(storage, going, snapshots) };
}

/** Where file `number` of snapshot `id` lies. */
export function pathOf(id: number, number: number): string {
  return inJob(number < 100 ? `chk-${id}/${uuid(number)}` : `shared/${uuid(number)}`);
}

export async function putSnapshot(
  storage: StorageRemover,
  id: number,
  numbers: readonly number[],
): Promise<void> {
  for (const number of numbers) await put(storage, pathOf(id, number), pathOf(id, number));
  await putMetadata(storage, id, numbers);
}

/** The `_metadata` alone: its files are there. */
export async function putMetadata(
  storage: StorageRemover,
  id: number,
  numbers: readonly number[],
  jobId = JOB_ID,
): Promise<void> {
  const paths = numbers.map((number) => pathOf(id, number));
  const streams = paths.map((path) => file(formatLocation(child(ROOT, path)), path.length));
  await put(storage, `${jobId}/chk-${id}/_metadata`, metadataBytes({ checkpointId: BigInt(id), streams }));
}

export async function put(
  storage: StorageRemover,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const at = child(ROOT, path);
  await storage.makeDirectory(parent(at));
  await storage.put(at, typeof content === 'string' ? Buffer.from(content) : content);
}

/** Numbers of snapshots, and of files that are named by them. */
export interface Going {
  readonly expired: readonly number[];
  readonly shared: readonly number[];
  readonly orphans?: readonly number[];
  readonly incomplete?: readonly number[];
}

/** A plan that lets go of all that, as it is now. */
export async function planFor(
  storage: StorageRemover,
  going: Going,
  snapshots: Snapshots = SNAPSHOTS,
): Promise<Plan> {
  const { expired, shared, orphans = [], incomplete = [] } = going;
  const own = expired.flatMap((id) =>
    snapshots[id]!.filter((number) => number < 100).map((number) => [id, number]),
  );
  const rows: readonly (readonly [DeletionKind, string])[] = [
    ...expired.map((id) => ['metadata', inJob(`chk-${id}/_metadata`)] as const),
    ...own.map(([id, number]) => ['exclusive', pathOf(id!, number!)] as const),
    ...shared.map((number) => ['shared', pathOf(0, number)] as const),
    ...orphans.map((number) => ['orphan', pathOf(0, number)] as const),
    ...incomplete.map((number) => ['incomplete', pathOf(0, number)] as const),
  ];
  const files = await Promise.all(
    rows.map(async ([kind, path]) => {
      const { sizeBytes, modifiedMs, etag } = await storage.stat(child(ROOT, path));
      const modified = new Date(modifiedMs!).toISOString();
      return deletionOf(kind, formatLocation(child(ROOT, path)), { bytes: sizeBytes, modified, etag: etag! });
    }),
  );
  const names = [...expired, ...(incomplete.length > 0 ? [0] : [])].map((id) => `chk-${id}`);
  const directories = names.map((name) =>
    deletionOf('empty-directory', formatLocation(child(ROOT, inJob(name)))),
  );
  return planOf(orderDeletions([...files, ...(storage.capabilities.directories ? directories : [])]));
}

/** Thrown in place of the call at which a process dies. */
export class Killed extends Error {}

/** A storage in which call number `at` and all after it fail, as if the process were no more. */
export function dyingStorage(inner: StorageRemover, at: number): StorageRemover {
  return interceptedStorage(inner, ({ index }: StorageCall) => {
    if (index >= at) throw new Killed(`killed at call ${index}`);
  });
}

/** Carries the plan out on `storage`, as a new process would. */
export function apply(
  { plan, copiesTo }: World,
  storage: StorageRemover,
  mode: RemovalMode,
  rest: Partial<ExecuteOptions> = {},
): Promise<Executed> {
  const openRemover = async () => storage;
  return executePlan(plan, {
    openRemover,
    mode,
    copiesTo: copiesTo ?? null,
    owner: { host: 'here', processId: 1, random: seededRandom(1), hasEnded: () => true },
    look: (planned, runId) =>
      lookAgain(planned, runId, {
        openReader: openRemover,
        gatherEvidence: async () => EVIDENCE,
        policy: DEFAULT_POLICY,
        nowMs: NOW_MS,
        objectionsTo: () => () => null,
      }),
    limits: { maxDelete: null, maxBytesDeleted: null, maxPercent: 100 },
    objections: async () => [],
    verify: async () => ({ verified: (await restorable(storage)).length, damaged: [] }),
    signal: new AbortController().signal,
    clock: new ManualClock(),
    ...rest,
  });
}

/** Ids of the snapshots in place all of whose files are there. */
export async function restorable(storage: StorageRemover): Promise<readonly number[]> {
  return (await states(storage)).filter(({ missing }) => missing === 0).map(({ id }) => id);
}

/** Every snapshot in place, with how many of its files are not there. */
export async function states(storage: StorageRemover): Promise<readonly { id: number; missing: number }[]> {
  const { snapshots, presenceOf } = await takeSurvey([ROOT], { openReader: async () => storage });
  return snapshots
    .flatMap((snapshot) => {
      if (snapshot.state !== 'read' || snapshot.place.directory.path.includes('/.ckpt-trash/')) return [];
      const { checkpointId, references } = snapshot.contents;
      const { files } = references;
      const missing = [...files.inOrder((row) => presenceOf(files, row).kind !== 'present')].length;
      return [{ id: Number(checkpointId), missing }];
    })
    .sort((a, b) => a.id - b.id);
}

/** Everything in the store: path and content, directories with a slash at their end. */
export async function contentOf(storage: StorageRemover): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { entries } of storage.list(parent(ROOT))) {
    for (const { path, type } of entries) {
      const at: Location = { ...ROOT, path };
      lines.push(
        type === 'file' ? `${path} ${Buffer.from(await storage.read(at)).toString('latin1')}` : `${path}/`,
      );
    }
  }
  return lines.sort();
}

/** Paths of {@link contentOf} below the root, without what this tool wrote for itself. */
export async function filesIn(storage: StorageRemover): Promise<readonly string[]> {
  const lines = (await contentOf(storage)).filter((line) => line.startsWith(`${ROOT.path}/`));
  const paths = lines.map((line) => line.split(' ')[0]!.slice(`${ROOT.path}/`.length));
  return paths.filter((path) => path !== '' && !path.startsWith('.ckpt-') && !path.endsWith('/'));
}
