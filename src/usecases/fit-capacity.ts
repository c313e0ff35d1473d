// `ckpt capacity --fit LOCATION`: the model of a job that runs, as words, and what it says beside what is there.
import { compareFit, type FittedWords, fitModel } from '../capacity/fit.js';
import type { Location } from '../model/location.js';
import { formatLocation } from '../model/location.js';
import type { JobCapacity } from '../model/measured-capacity.js';
import type { Comparison } from '../model/simulation.js';
import { UsageError } from '../support/errors.js';
import type { SurveyOptions } from '../survey/take-survey.js';
import { forecastCapacity } from './forecast-capacity.js';
import { measureCapacity } from './measure-capacity.js';

export interface Fit {
  readonly job: string | null;
  readonly words: FittedWords;
  /** Of the words as they are, whatever flags say above them. */
  readonly comparisons: readonly Comparison[];
}

/** Throws a UsageError where there is not one job, or its history is too short. */
export async function fitCapacity(location: Location, options: SurveyOptions): Promise<Fit> {
  const where = formatLocation(location);
  const nothing = { quotaBytes: null, prices: null, bandwidthBytesPerSecond: null };
  const { jobs } = await measureCapacity([location], { ...options, ...nothing });
  const job = onlyJob(jobs, where);
  const words = fitModel(job);
  if (words === null)
    throw new UsageError(`not enough history at ${where}: a model takes three checkpoints with their times`, {
      where,
      next: 'retain more checkpoints for a while: execution.checkpointing.num-retained',
    });
  const { forecast } = forecastCapacity({ file: { path: where, words }, flags: {} });
  return { job: job.job, words, comparisons: compareFit(job, forecast) };
}

function onlyJob(jobs: readonly JobCapacity[], where: string): JobCapacity {
  const found = jobs.filter(({ history }) => history.checkpoints.length > 0);
  if (found.length === 1) return found[0]!;
  throw new UsageError(
    found.length === 0
      ? `no job has checkpoints at ${where}`
      : `${found.length} jobs have checkpoints at ${where}`,
    { where, next: 'give the directory of one job; ckpt list shows them' },
  );
}
