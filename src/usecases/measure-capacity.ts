// `ckpt capacity LOCATION…`: one survey, its files and snapshots by job, and what follows from them.
import { monthlyCost } from '../capacity/cost.js';
import { quotaForecast } from '../capacity/outlook.js';
import { priceTable } from '../capacity/price-words.js';
import { remediesOf } from '../capacity/remedies.js';
import { sumOfStored } from '../capacity/stored-files.js';
import { sumOfTrends } from '../capacity/trend.js';
import { AuditTotals } from '../graph/audit-totals.js';
import { FileAudit } from '../graph/file-audit.js';
import { NO_EVIDENCE } from '../model/evidence.js';
import type { FileSurvey } from '../model/file-survey.js';
import { formatLocation, type Location } from '../model/location.js';
import type { JobCapacity, MeasuredCapacity, PriceTable } from '../model/measured-capacity.js';
import { DEFAULT_POLICY } from '../model/safety-policy.js';
import type { ReadSnapshot } from '../model/survey.js';
import { surveyFiles } from '../survey/files/survey-files.js';
import type { SurveyOptions } from '../survey/take-survey.js';
import { problemsOf, storeTime } from './audit-files.js';
import { measureStates } from './measure-states.js';
import { MeasuredJobs } from './measured-jobs.js';
import { SharingSamples } from './sharing-samples.js';
import { SnapshotSamples } from './snapshot-samples.js';

export interface MeasureOptions extends SurveyOptions {
  /** Null where nobody asks when it is full. */
  readonly quotaBytes: number | null;
  /** A price table in words, and its file; see docs/capacity.md. */
  readonly prices: { readonly path: string; readonly words: unknown } | null;
  readonly bandwidthBytesPerSecond: number | null;
  /** Whether to tell which files checkpoints have in common: the references of some then stay in memory. */
  readonly withSharing?: boolean;
  /** Whether to look into state files, for sizes by the names of states. */
  readonly withStates?: boolean;
}

/** Measures all that is at `locations`; throws as `surveyFiles` does, and a UsageError for prices that are none. */
export async function measureCapacity(
  locations: readonly Location[],
  options: MeasureOptions,
): Promise<MeasuredCapacity> {
  const prices = options.prices && pricesOf(options.prices);
  const samples = new SnapshotSamples();
  const sharing = options.withSharing ? new SharingSamples() : null;
  const onSnapshot = (snapshot: ReadSnapshot) => {
    samples.note(snapshot);
    sharing?.note(snapshot);
  };
  const survey = await surveyFiles(locations, { ...options, watch: samples.watch, onSnapshot });
  try {
    const nowMs = await storeTime(locations, options.openReader);
    const { jobs, causes } = measureJobs(survey, samples, nowMs);
    const states = options.withStates ? await measureStates(jobs, options) : null;
    const all = together(jobs, { ...options, prices });
    return {
      nowMs,
      roots: survey.roots.map(({ location, takenFor }) => ({ path: formatLocation(location), takenFor })),
      jobs,
      causes,
      sharing: sharing?.told() ?? null,
      states,
      remedies: remediesOf({ jobs, stored: all.stored, states }),
      ...all,
      problems: problemsOf(survey, NO_EVIDENCE),
    };
  } finally {
    survey.close();
  }
}

function pricesOf({ path, words }: NonNullable<MeasureOptions['prices']>): PriceTable {
  return priceTable(words, (within) => (within.length === 0 ? path : `${path}: ${within.join('.')}`));
}

const SECOND_MS = 1000;

function together(
  jobs: readonly JobCapacity[],
  {
    quotaBytes,
    prices,
    bandwidthBytesPerSecond,
  }: Pick<MeasureOptions, 'quotaBytes' | 'bandwidthBytesPerSecond'> & { readonly prices: PriceTable | null },
) {
  const stored = sumOfStored(jobs.map((job) => job.stored));
  const growth = sumOfTrends(jobs.flatMap(({ outlook }) => outlook.growth ?? []));
  const largestBytes = Math.max(0, ...jobs.map(({ history }) => history.newest?.sizes?.fullBytes ?? 0));
  return {
    stored,
    growth,
    peakBytes: jobs.reduce((sum, { outlook }) => sum + outlook.peakBytes, 0),
    quota: quotaBytes === null ? null : quotaForecast(quotaBytes, stored.total.bytes, growth),
    cost: prices === null ? null : monthlyCost(jobs, stored.total.bytes, prices),
    restoreMs: bandwidthBytesPerSecond === null ? null : (largestBytes / bandwidthBytesPerSecond) * SECOND_MS,
  };
}

function measureJobs(
  survey: FileSurvey,
  samples: SnapshotSamples,
  nowMs: number,
): Pick<MeasuredCapacity, 'jobs' | 'causes'> {
  const placed = survey.snapshots
    .filter(({ inTrash }) => !inTrash)
    .map((snapshot) => ({ place: snapshot.place, sample: samples.sampleOf(snapshot) }));
  const jobs = new MeasuredJobs(placed, nowMs);
  const audit = new FileAudit(survey, { policy: DEFAULT_POLICY, evidence: NO_EVIDENCE, nowMs });
  const totals = new AuditTotals();
  for (const file of survey.files({ sorted: false })) {
    const verdict = audit.verdictOf(file);
    jobs.addFile(file, verdict.class);
    totals.addFile(verdict, null, () => ({ kind: 'unknown' }));
  }
  return { jobs: jobs.told(), causes: totals.causes() };
}
