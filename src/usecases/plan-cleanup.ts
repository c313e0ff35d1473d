// `ckpt plan`: survey, evidence, retention, and what follows from them for every file. It reads, and nothing else.
import { excessOf } from '../cleanup/limits.js';
import { type Selection, selectDeletions } from '../cleanup/plan.js';
import { sealPlan } from '../cleanup/plan-document.js';
import { requirePlaceForCopies } from '../cleanup/requirements.js';
import { totalsOf } from '../cleanup/totals.js';
import { FileAudit } from '../graph/file-audit.js';
import type { Evidence } from '../model/evidence.js';
import type { HeldBack } from '../model/file-class.js';
import type { AuditedSnapshot, FileSurvey } from '../model/file-survey.js';
import {
  baseName,
  canonicalKey,
  formatLocation,
  isWithin,
  type Location,
  parent,
  parseUri,
} from '../model/location.js';
import type { Plan } from '../model/plan.js';
import type { RetentionPolicy } from '../model/policy.js';
import { METADATA_NAME, type ReportedError } from '../model/snapshot.js';
import type { Verdict } from '../model/verdict.js';
import { judge } from '../retention/judge.js';
import { type GivenPolicy, givenPolicy, type PlanPolicy } from '../retention/plan-policy.js';
import { type Footprint, startSizeTally } from '../retention/size-tally.js';
import type { OpenReader } from '../storage/open.js';
import { watchListings } from '../storage/watched.js';
import type { Clock } from '../support/clock.js';
import { RefusalError } from '../support/errors.js';
import { type SurveyedUpload, uploadsForPlan } from '../survey/files/open-uploads.js';
import { surveyFiles } from '../survey/files/survey-files.js';
import { namesakeProblems, problemsOf, storeTime } from './audit-files.js';
import { type Asked, wordsOf } from './evidence-words.js';
import { askForEvidence } from './gather-evidence.js';
import { type Candidate, candidatesOf } from './judge-snapshots.js';
import { knownJobs, plannedSnapshot } from './plan-words.js';
import { SeenSnapshots } from './seen-snapshots.js';
import { rootsOf, surroundingsOf } from './surroundings.js';

export interface PlanRequest extends Asked {
  /** What the user gave: nothing outside of it goes. */
  readonly locations: readonly Location[];
  readonly given: GivenPolicy;
  /** What a path in the policy means. */
  readonly locate: (text: string) => Location;
  readonly toolVersion: string;
}

export interface PlanWorld {
  readonly openReader: OpenReader;
  readonly clock: Clock;
  readonly concurrency: number;
}

export interface PlannedCleanup {
  readonly plan: Plan;
  readonly problems: readonly ReportedError[];
  /** Why the plan would not be carried out as it is: it takes more than is allowed at once. */
  readonly excess: RefusalError | null;
}

/** For so long a plan may be begun. */
const LIFETIME_MS = 24 * 3_600_000;

/** Plans; throws as a survey does, and a RefusalError for a policy that must not be carried out as it stands. */
export async function planCleanup(request: PlanRequest, world: PlanWorld): Promise<PlannedCleanup> {
  const { openReader, concurrency } = world;
  const policy = givenPolicy(request.given, request.locate);
  const roots = await rootsOf(request.locations, openReader);
  const { copiesTo } = policy.cleanup;
  if (copiesTo !== null) requirePlaceForCopies(copiesTo, roots);
  const asked = await askForEvidence(request.sources, roots, world);
  const seen = new SeenSnapshots(hasRule(policy.retention));
  const survey = await surveyFiles(await surroundingsOf(roots, openReader), {
    openReader: watchListings(asked.openReader, (root, { entries }) => seen.noteListed(root, entries)),
    rewrites: request.rewrites,
    concurrency,
    onSnapshot: (snapshot) => seen.noteSnapshot(snapshot),
  });
  try {
    const evidence = await asked.conclude();
    const nowMs = await storeTime(roots, openReader);
    const stores = await storesOf(roots, openReader);
    const uploads = await uploadsForPlan(roots, survey, openReader);
    return new Planning(request, {
      policy,
      survey,
      evidence,
      nowMs,
      roots,
      seen,
      ...uploads,
      ...stores,
    }).run();
  } finally {
    survey.close();
  }
}

async function storesOf(roots: readonly Location[], openReader: OpenReader) {
  const directories = new Set<Location>();
  let keepsVersions = false;
  for (const root of roots) {
    const reader = await openReader(root);
    if (reader.capabilities.directories) directories.add(root);
    if ((await reader.removalLeaves?.(root)) === 'marker') keepsVersions = true;
  }
  return { directories, keepsVersions };
}

function hasRule({ pins, savepoints, wholeJobs, ...rules }: RetentionPolicy): boolean {
  return Object.values(rules).some((rule) => rule !== null);
}

interface Findings {
  readonly policy: PlanPolicy;
  readonly survey: FileSurvey;
  readonly evidence: Evidence;
  /** By the clock of the store. */
  readonly nowMs: number;
  readonly roots: readonly Location[];
  /** Those of the roots whose stores have directories. */
  readonly directories: ReadonlySet<Location>;
  readonly seen: SeenSnapshots;
  readonly uploads: readonly SurveyedUpload[];
  readonly uploadProblems: readonly ReportedError[];
  /** A store of the roots keeps old versions of what is removed. */
  readonly keepsVersions: boolean;
}

class Planning {
  readonly #request: PlanRequest;
  readonly #found: Findings;
  readonly #audit: FileAudit;

  constructor(request: PlanRequest, found: Findings) {
    this.#request = request;
    this.#found = found;
    const { survey, evidence, nowMs, policy } = found;
    this.#audit = new FileAudit(survey, { policy: policy.cleanup, evidence, nowMs });
  }

  run(): PlannedCleanup {
    const { survey, evidence, policy, uploadProblems } = this.#found;
    const verdicts = this.#verdicts();
    const selection = this.#select(verdicts);
    return {
      plan: this.#seal(verdicts, selection),
      problems: [...problemsOf(survey, evidence), ...uploadProblems, ...this.#namesakes(selection)],
      excess: excessOf(selection.deletions, selection.filesOfJobs, policy.cleanup),
    };
  }

  #namesakes({ heldBack }: Selection): readonly ReportedError[] {
    const exampleOf = (name: HeldBack) => {
      const held = heldBack.find(({ reason }) => reason === name);
      return held && parseUri(held.path)!;
    };
    return namesakeProblems(exampleOf, this.#found.survey);
  }

  /** Of the snapshots in scope. */
  #verdicts(): readonly Verdict<Candidate>[] {
    const { survey, evidence, nowMs, roots, policy } = this.#found;
    const candidates = candidatesOf(survey.snapshots, {
      audit: this.#audit,
      evidence,
      minAgeMs: policy.cleanup.minAgeMs,
      roots,
      isNamed: (directory) => this.#isGiven(directory),
    });
    const startTally = () => {
      const added = startSizeTally();
      return ({ audited }: Candidate) => added(this.#footprintOf(audited));
    };
    const { verdicts, refusals } = judge(candidates, { policy: policy.retention, nowMs, startTally });
    const [refusal] = refusals;
    if (refusal !== undefined) throw new RefusalError(refusal.rule, refusal.message, refusal);
    return verdicts.filter(({ snapshot }) => this.#isInScope(snapshot.location));
  }

  #isGiven(directory: Location): boolean {
    const key = canonicalKey(directory);
    return this.#request.locations
      .map(canonicalKey)
      .some((given) => given === key || given === `${key}/${METADATA_NAME}`);
  }

  #isInScope(location: Location): boolean {
    return this.#request.locations.some((given) =>
      isWithin(location, baseName(given) === METADATA_NAME ? parent(given) : given),
    );
  }

  #footprintOf(audited: AuditedSnapshot): Footprint {
    const table = this.#found.seen.referencesOf(audited);
    const files = Array.from({ length: table?.count ?? 0 }, (_, row) => table!.file(row));
    return { files, metadataBytes: audited.metadata?.sizeBytes ?? 0 };
  }

  #select(verdicts: readonly Verdict<Candidate>[]): Selection {
    const { survey, roots, seen, uploads, directories, policy } = this.#found;
    const audit = this.#audit;
    return selectDeletions({
      roots,
      expired: verdicts.flatMap((verdict) => this.#expired(verdict)),
      files: (options) => survey.files(options),
      uploads,
      judge: {
        verdictOf: (file) => audit.verdictOf(file),
        objectionToExpired: (file) => audit.objectionToExpired(file),
        hasEnded: (location, jobId) => audit.livenessAt(location, jobId).kind === 'ended',
      },
      etagOf: seen.etagOf,
      isInScope: (location) => this.#isInScope(location),
      unfinished: survey.snapshots
        .filter(({ condition }) => condition === 'incomplete')
        .map(({ place }) => ({ location: place.directory, jobId: place.jobId })),
      hasDirectories: (root) => directories.has(root),
      orphans: policy.cleanup.orphans,
    });
  }

  #expired({ snapshot: { audited, location }, decision, reasons }: Verdict<Candidate>) {
    const files = this.#found.seen.referencesOf(audited);
    if (decision === 'keep' || files === null) return [];
    const reason = reasons.map(({ text }) => text).join('; ');
    return [{ directory: location, metadata: audited.metadata!.location, files, reason }];
  }

  #seal(
    verdicts: readonly Verdict<Candidate>[],
    { deletions, heldBack, heldBackCount, going }: Selection,
  ): Plan {
    const { nowMs, roots, evidence, policy, keepsVersions } = this.#found;
    const fate = policy.cleanup.quarantine ? 'trash' : keepsVersions ? 'versions' : 'freed';
    return sealPlan({
      toolVersion: this.#request.toolVersion,
      createdAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + LIFETIME_MS).toISOString(),
      roots: roots.map(formatLocation),
      policy: policy.words,
      evidence: { sources: wordsOf(this.#request), jobs: knownJobs(evidence) },
      snapshots: verdicts.map((verdict) => plannedSnapshot(verdict, going)),
      deletions,
      heldBack,
      totals: { ...totalsOf(deletions, fate), heldBack: heldBackCount },
      noop: deletions.length === 0,
    });
  }
}
