// Does the evidence still hold that a run relies on? Asked before every batch: sources are asked again, and the directories
// of jobs that are said to have ended are looked at for what only a job that lives would make.
import { gatherEvidence } from '../liveness/gather.js';
import { judgeEvidence } from '../liveness/judge.js';
import { NewestFiles } from '../liveness/newest-files.js';
import { type Evidence, type EvidenceSources, livenessOf, pinOf } from '../model/evidence.js';
import {
  baseName,
  canonicalKey,
  formatLocation,
  isWithin,
  type Location,
  parent,
  parseUri,
} from '../model/location.js';
import type { Plan, PlannedDeletion } from '../model/plan.js';
import type { OpenReader } from '../storage/open.js';
import type { Clock } from '../support/clock.js';
import { mapConcurrently } from '../support/concurrency.js';
import { StorageError } from '../support/errors.js';
import { isSnapshotDirectory } from '../survey/layout.js';

interface WatchWorld {
  readonly openReader: OpenReader;
  readonly clock: Clock;
  readonly concurrency: number;
}

export class EvidenceWatch {
  readonly #sources: EvidenceSources;
  readonly #world: WatchWorld;
  readonly #roots: readonly Location[];
  /** Directories in which jobs that have ended kept their snapshots. */
  readonly #directories: readonly Location[];
  readonly #known = new Set<string>();
  #relied: { readonly evidence: Evidence; readonly going: readonly Location[] } | null = null;

  constructor(plan: Plan, sources: EvidenceSources, world: WatchWorld) {
    this.#sources = sources;
    this.#world = world;
    this.#roots = plan.roots.map((root) => parseUri(root)!);
    this.#directories = directoriesOfEnded(plan, sources);
  }

  /** Notes which snapshots there are; before the look on which the run relies. */
  async begin(): Promise<void> {
    for (const directory of await this.#snapshotDirectories()) this.#known.add(canonicalKey(directory));
  }

  /** What the look went by, and which snapshots go, by their directories. */
  rely(evidence: Evidence, going: readonly Location[]): void {
    this.#relied = { evidence, going };
  }

  /** Why the run must not go on; empty where nothing speaks against it. */
  async objections(): Promise<readonly string[]> {
    const now = judgeEvidence(
      await gatherEvidence(this.#sources, this.#roots, this.#world),
      new NewestFiles(this.#sources.word),
      this.#world.clock.now(),
    );
    const fresh = (await this.#snapshotDirectories()).filter((at) => !this.#known.has(canonicalKey(at)));
    return [
      ...now.blocks.map(({ message }) => message),
      ...this.#changes(now),
      ...fresh.map((at) => `${formatLocation(at)} is new, and its job was said to have ended`),
    ];
  }

  #changes(now: Evidence): readonly string[] {
    if (this.#relied === null) return [];
    const { evidence, going } = this.#relied;
    const revived = evidence.jobs.filter(
      ({ id, liveness }) => liveness.kind === 'ended' && livenessOf(now, id).kind !== 'ended',
    );
    const contradicted = evidence.stopped.filter(
      (place) => !now.stopped.some((still) => canonicalKey(still) === canonicalKey(place)),
    );
    const pinned = going.filter((directory) => pinOf(now, directory) !== undefined);
    return [
      ...revived.map(({ id }) => `job ${id} is not known to have ended any more`),
      ...contradicted.map((place) => `somebody works in ${formatLocation(place)} again`),
      ...pinned.map(
        (directory) => `${formatLocation(directory)} is needed: ${pinOf(now, directory)!.reason}`,
      ),
    ];
  }

  async #snapshotDirectories(): Promise<readonly Location[]> {
    const { openReader, concurrency } = this.#world;
    const listed = await mapConcurrently(this.#directories, concurrency, (at) => entriesOf(at, openReader));
    return listed.flat().filter((at) => isSnapshotDirectory(baseName(at)));
  }
}

/** None where the directory itself has gone. */
async function entriesOf(directory: Location, openReader: OpenReader): Promise<readonly Location[]> {
  try {
    const entries = await (await openReader(directory)).listDirectory(directory);
    return entries.map(({ path }) => ({ ...directory, path }));
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return [];
    throw thrown;
  }
}

const JOB_DIRECTORY = /^.*\/[0-9a-f]{32}(?=\/|$)/;

/** Of files that go the directory of the job; where none has a job's name, that of the snapshots. */
function directoriesOfEnded(
  { deletions, snapshots, evidence }: Plan,
  { word }: EvidenceSources,
): readonly Location[] {
  const ended = new Set(evidence.jobs.filter(({ state }) => state === 'ended').map(({ id }) => id));
  const directories = new Map<string, Location>();
  const places = [
    ...snapshots.map(({ path }) => parent(parseUri(path)!)),
    ...distinctParents(deletions).flatMap((path) => {
      const at = parseUri(path)!;
      const job = JOB_DIRECTORY.exec(at.path)?.[0];
      return job === undefined ? [] : [{ ...at, path: job }];
    }),
  ];
  for (const place of places) {
    const isEnded =
      ended.has(baseName(place)) || word.locations.some((location) => isWithin(place, location));
    if (isEnded) directories.set(canonicalKey(place), place);
  }
  return [...directories.values()];
}

function distinctParents(deletions: readonly PlannedDeletion[]): readonly string[] {
  return [...new Set(deletions.map(({ path }) => path.slice(0, path.lastIndexOf('/'))))];
}
