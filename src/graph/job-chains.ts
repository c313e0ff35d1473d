// Which jobs are restarts of one another, and which of their snapshots is the newest. What joins two jobs is that a
// snapshot of one references files of the other: a restore with --claim-mode claim, or Flink's legacy mode. A restore
// without a claim leaves no trace; that two jobs have the same operators proves nothing. Pure.
import { canonicalKey, type Location, parent } from '../model/location.js';
import type { SnapshotPlace, SurveyedSnapshot } from '../model/survey.js';
import { groupBy } from '../support/group-by.js';
import type { SnapshotNode } from './graph.js';

/** Snapshots of one job, or of jobs that continue each other. */
export interface JobChain {
  /** Ids of the jobs, sorted; what lies in no job's directory adds none. */
  readonly jobs: readonly string[];
  /** The newest first; see {@link jobChains}. */
  readonly snapshots: readonly SnapshotNode[];
}

/** The job id among the directories that a file lies in. */
export type JobOf = (file: Location) => string | null;

/**
 * Every snapshot in its chain. Of one job the highest checkpoint id is the newest, savepoints among the checkpoints. A
 * job that references another's files is newer than that job; else the time of the newest `_metadata` decides between
 * two. A savepoint counts to the job whose id begins as its name says, where there is one such job.
 */
export function jobChains(nodes: readonly SnapshotNode[], jobOf: JobOf): readonly JobChain[] {
  const owners = ownersOf(nodes);
  const successions = new Successions(nodes, owners, jobOf);
  const chains = groupBy([...groupBy(nodes, ({ snapshot }) => owners.of(snapshot))], ([owner]) =>
    successions.chainOf(owner),
  );
  return [...chains.values()].map((groups) => ({
    jobs: jobsOf(groups.flatMap(([, group]) => group)),
    snapshots: newestFirst(groups.map(([owner, group]) => ({ depth: successions.depthOf(owner), group }))),
  }));
}

/** One chain of all, for a user who knows that every job here is a restart of the same one. */
export function oneChain(nodes: readonly SnapshotNode[]): JobChain {
  const owners = ownersOf(nodes);
  const groups = groupBy(nodes, ({ snapshot }) => owners.of(snapshot));
  return {
    jobs: jobsOf(nodes),
    snapshots: newestFirst([...groups.values()].map((group) => ({ depth: 0, group }))),
  };
}

function jobsOf(nodes: readonly SnapshotNode[]): readonly string[] {
  return [...new Set(nodes.flatMap(({ snapshot }) => snapshot.place.jobId ?? []))].sort();
}

interface Owners {
  readonly of: (snapshot: SurveyedSnapshot) => string;
  readonly ofDirectory: (directory: Location) => string | undefined;
}

function ownersOf(nodes: readonly SnapshotNode[]): Owners {
  const jobs = jobsOf(nodes);
  const ofPlace = (place: SnapshotPlace): string => {
    if (place.jobId !== null) return place.jobId;
    const { jobPrefix: prefix, directory } = place;
    if (prefix === null) return canonicalKey(place.kind === 'checkpoint' ? parent(directory) : directory);
    const [job, ...others] = jobs.filter((id) => id.startsWith(prefix));
    return job !== undefined && others.length === 0 ? job : prefix;
  };
  const byDirectory = new Map(
    nodes.map(({ snapshot: { place } }) => [canonicalKey(place.directory), ofPlace(place)]),
  );
  return {
    of: ({ place }) => ofPlace(place),
    ofDirectory: (directory) => byDirectory.get(canonicalKey(directory)),
  };
}

/** Who references whose files. */
class Successions {
  readonly #origins = new Map<string, Set<string>>();
  readonly #chains = new Map<string, string>();
  readonly #depths = new Map<string, number>();

  constructor(nodes: readonly SnapshotNode[], owners: Owners, jobOf: JobOf) {
    for (const node of nodes) {
      if (!('resolution' in node)) continue;
      const owner = owners.of(node.snapshot);
      const origins = this.#originsOf(owner);
      for (const { directory } of node.snapshot.contents.references.files.parents()) {
        const origin = owners.ofDirectory(directory) ?? jobOf(directory);
        if (origin !== null && origin !== owner) origins.add(origin);
      }
    }
    for (const [owner, origins] of this.#origins) for (const origin of origins) this.#join(owner, origin);
  }

  /** Equal for owners of one chain. */
  chainOf(owner: string): string {
    const above = this.#chains.get(owner) ?? owner;
    if (above === owner) return owner;
    const top = this.chainOf(above);
    this.#chains.set(owner, top);
    return top;
  }

  /** How many jobs lie behind one; whoever is its own ancestor counts once. */
  depthOf(owner: string): number {
    const known = this.#depths.get(owner);
    if (known !== undefined) return known;
    this.#depths.set(owner, 0);
    const depths = [...this.#originsOf(owner)].map((origin) => 1 + this.depthOf(origin));
    const depth = Math.max(0, ...depths);
    this.#depths.set(owner, depth);
    return depth;
  }

  #originsOf(owner: string): Set<string> {
    const origins = this.#origins.get(owner) ?? new Set<string>();
    this.#origins.set(owner, origins);
    return origins;
  }

  #join(a: string, b: string): void {
    const [topA, topB] = [this.chainOf(a), this.chainOf(b)];
    if (topA !== topB) this.#chains.set(topA, topB);
  }
}

interface JobSnapshots {
  readonly depth: number;
  readonly group: readonly SnapshotNode[];
}

/** Job after job: ids are told apart within one, times only between two. */
function newestFirst(jobs: readonly JobSnapshots[]): readonly SnapshotNode[] {
  return jobs
    .map(({ depth, group }) => ({
      depth,
      newestMs: group.reduce((newest, { snapshot }) => Math.max(newest, writtenMs(snapshot)), 0),
      sorted: [...group].sort((a, b) => compareIds(b, a)),
    }))
    .sort((a, b) => b.depth - a.depth || b.newestMs - a.newestMs || compareIds(b.sorted[0]!, a.sorted[0]!))
    .flatMap(({ sorted }) => sorted);
}

function writtenMs(snapshot: SurveyedSnapshot): number {
  return snapshot.state === 'incomplete' ? 0 : (snapshot.metadata.modifiedMs ?? 0);
}

function compareIds(a: SnapshotNode, b: SnapshotNode): number {
  const [idA, idB] = [idOf(a), idOf(b)];
  return idA < idB ? -1 : idA > idB ? 1 : 0;
}

function idOf(node: SnapshotNode): bigint {
  return (
    ('resolution' in node ? node.snapshot.contents.checkpointId : node.snapshot.place.checkpointId) ?? -1n
  );
}
