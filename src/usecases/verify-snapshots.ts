// `ckpt verify`: every reference of every snapshot held against what is there, and whose state is lost where it is not.
// With `deep` the files are read too. Snapshots are gone through one after the other; what they share is read once.
import { scanMetadata } from '../format/metadata/read.js';
import { buildGraph, type ReadNode, type SnapshotNode } from '../graph/graph.js';
import { outsideFiles } from '../graph/outside-files.js';
import { canonicalKey, formatLocation, type Location } from '../model/location.js';
import type {
  CostlyFile,
  Remark,
  StateOwner,
  VerifiedSnapshot,
  VerifyReport,
} from '../model/verify-report.js';
import { mapConcurrently } from '../support/concurrency.js';
import { type CkptError, FormatError, MissingStateError, StorageError } from '../support/errors.js';
import { Readers } from '../survey/readers.js';
import { StateChecks, type StateFinding } from '../survey/run-state-checks.js';
import { StateCheckScan } from '../survey/state-checks.js';
import { ownersOfFiles } from '../survey/state-owners.js';
import type { StreamSource } from '../survey/state-streams.js';
import { DEFAULT_CONCURRENCY, type SurveyOptions, takeSurvey } from '../survey/take-survey.js';
import { byJobIdAndPath, rowOf } from './list-snapshots.js';

export interface VerifyOptions extends SurveyOptions {
  /** Whether to read the files too. */
  readonly deep: boolean;
}

/** Verifies all snapshots at `locations`; throws as `takeSurvey` does. */
export async function verifySnapshots(
  locations: readonly Location[],
  options: VerifyOptions,
): Promise<VerifyReport> {
  const survey = await takeSurvey(locations, options);
  const verification = new Verification(options);
  const snapshots: VerifiedSnapshot[] = [];
  const nodes = buildGraph(survey);
  for (const node of nodes) {
    const verified = await verification.of(node);
    if (verified !== null) snapshots.push(verified);
  }
  return {
    roots: survey.roots.map(({ location, takenFor }) => ({ path: formatLocation(location), takenFor })),
    snapshots: snapshots.sort(byJobIdAndPath),
    problems: [...survey.problems, ...outsideFiles(nodes, survey.roots)],
    deep: options.deep,
  };
}

const NOTHING_FOUND = {
  missing: [],
  sizeMismatch: [],
  damaged: [],
  unchecked: [],
  unverified: [],
} as const;

type Findings = Pick<VerifiedSnapshot, keyof typeof NOTHING_FOUND | 'condition' | 'restorable'>;

class Verification {
  readonly #options: VerifyOptions;
  readonly #readers: Readers;
  readonly #checks: StateChecks;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#readers = new Readers(options.openReader);
    this.#checks = new StateChecks();
  }

  /** Null where the snapshot was deleted meanwhile, as a running job does with its old checkpoints. */
  async of(node: SnapshotNode): Promise<VerifiedSnapshot | null> {
    const { path, job, id, kind, condition, restorable, files, error } = rowOf(node);
    const known = { path, job, id, kind, condition, restorable, files, error };
    if (!('resolution' in node)) return { ...known, ...NOTHING_FOUND };
    try {
      return { ...known, ...(await this.#look(node)) };
    } catch (thrown) {
      const { location } = node.snapshot.metadata;
      if (isAbsence(thrown) && thrown.where === formatLocation(location)) return null;
      throw thrown;
    }
  }

  async #look(node: ReadNode): Promise<Findings> {
    const { missing, sizeMismatch } = await this.#costs(node);
    const unverified = [...node.resolution.unverifiedReferences];
    const found = { ...NOTHING_FOUND, missing, sizeMismatch, unverified };
    const { condition, restorable } = node;
    if (!this.#options.deep) return { ...found, condition, restorable };
    const findings = await this.#deepLook(node);
    const deep = {
      damaged: findings.flatMap(damageOf).sort(byPath),
      unchecked: findings.flatMap(({ location, error }) =>
        isDamage(error) || isOutOfReach(error) ? [] : [remark(location, error)],
      ),
    };
    const unread = findings.flatMap(({ location, error }) =>
      isOutOfReach(error) ? [remark(location, error)] : [],
    );
    return {
      ...found,
      ...deep,
      unverified: [...found.unverified, ...unread],
      condition: deep.damaged.length > 0 ? 'broken' : condition,
      restorable: restorable && deep.damaged.length === 0 && unread.length === 0,
    };
  }

  /** The `_metadata` is read again only where something is missing. */
  async #costs({
    snapshot,
    resolution,
  }: ReadNode): Promise<Pick<VerifiedSnapshot, 'missing' | 'sizeMismatch'>> {
    const { files } = snapshot.contents.references;
    const wanted = unusableFiles({ snapshot, resolution });
    if (wanted.size === 0) return { missing: [], sizeMismatch: [] };
    const source = this.#sourceOf(snapshot.place.directory);
    const owners = ownersOfFiles(await this.#read(snapshot.metadata.location), source, wanted);
    const costly = (row: number) => {
      const location = files.location(row);
      return costlyFile(location, files.sizeBytes(row), owners.get(canonicalKey(location))?.list() ?? []);
    };
    return {
      missing: Array.from(resolution.filesWith('missing'), costly),
      sizeMismatch: Array.from(resolution.filesWith('wrong-size'), (row) => ({
        ...costly(row),
        actualBytes: resolution.actualBytes(row),
      })),
    };
  }

  /** What is missing or of another size is not read: that is said already. */
  async #deepLook({ snapshot, resolution }: ReadNode): Promise<readonly StateFinding[]> {
    const said = unusableFiles({ snapshot, resolution });
    const source = this.#sourceOf(snapshot.place.directory);
    const metadata = snapshot.metadata.location;
    const { checks } = scanMetadata(await this.#read(metadata), () => new StateCheckScan(source, metadata));
    const due = checks.filter(({ location }) => !said.has(canonicalKey(location)));
    const found = await mapConcurrently(due, this.#options.concurrency ?? DEFAULT_CONCURRENCY, (check) =>
      this.#checks.run(check, source),
    );
    const findings = found.filter((finding) => finding !== null);
    if (findings.some(({ error }) => error instanceof MissingStateError)) await this.#read(metadata);
    return findings;
  }

  async #read(location: Location): Promise<Uint8Array> {
    return (await this.#readers.of(location)).read(location);
  }

  #sourceOf(directory: Location): StreamSource {
    return { directory, rewrites: this.#options.rewrites ?? [], readers: this.#readers };
  }
}

/** The keys of all files that are missing or of another size. */
function unusableFiles({
  snapshot,
  resolution,
}: Pick<ReadNode, 'snapshot' | 'resolution'>): ReadonlySet<string> {
  const { files } = snapshot.contents.references;
  const rows = [...resolution.filesWith('missing'), ...resolution.filesWith('wrong-size')];
  return new Set(rows.map((row) => canonicalKey(files.location(row))));
}

function costlyFile(location: Location, bytes: bigint, operators: readonly StateOwner[]): CostlyFile {
  return { path: formatLocation(location), bytes, operators };
}

/** A file that ends early or is gone is as damaged as one with wrong bytes. */
function isDamage(error: CkptError): boolean {
  return error instanceof FormatError || error instanceof MissingStateError;
}

function isAbsence(thrown: unknown): thrown is StorageError {
  return thrown instanceof StorageError && thrown.kind === 'not-found';
}

function isOutOfReach(error: CkptError): boolean {
  return error instanceof StorageError;
}

function damageOf({ location, bytes, owners, error }: StateFinding): VerifiedSnapshot['damaged'] {
  return isDamage(error) ? [{ ...costlyFile(location, bytes, owners), reason: error.message }] : [];
}

function remark(location: Location, error: CkptError): Remark {
  return { path: formatLocation(location), reason: error.message };
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
