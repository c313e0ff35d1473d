// A section for each of the largest jobs: how its checkpoints grew.

import type { JobCapacity, MeasuredCapacity, ReadSample } from '../../model/measured-capacity.js';
import { timeText } from '../../support/time-text.js';
import { formatGrowth, formatSpread, NO_HISTORY } from '../growth.js';
import { formatBytes, formatCount, formatSpan, formatTime, plural } from '../units.js';
import type { Plot, ReportSection } from './report.js';

const MOST_JOBS = 5;
const MOST_ROWS = 20;
const MOST_POINTS = 400;

/** The largest jobs by what lies in the store, each with its checkpoints over time. */
export function jobSections({ jobs }: MeasuredCapacity): readonly ReportSection[] {
  return jobs
    .filter(({ history }) => history.checkpoints.length > 0)
    .sort((a, b) => b.stored.total.bytes - a.stored.total.bytes)
    .slice(0, MOST_JOBS)
    .map(jobSection);
}

/** What a job is called in titles. */
export function jobName({ job, directory }: Pick<JobCapacity, 'job' | 'directory'>): string {
  return job ?? directory ?? 'in no job';
}

function jobSection(job: JobCapacity, index: number): ReportSection {
  const { checkpoints } = job.history;
  const shown = checkpoints.slice(-MOST_ROWS);
  const left = checkpoints.length - shown.length;
  return {
    id: `growth-${index + 1}`,
    title: `Growth of ${jobName(job)}`,
    lead: leadOf(job),
    plot: checkpoints.length > 1 ? plotOf(job) : null,
    table: {
      caption:
        left > 0
          ? `The newest ${shown.length} of ${plural(checkpoints.length, 'checkpoint')}`
          : 'Checkpoints',
      columns: [
        { title: 'id', numeric: true },
        { title: 'time' },
        { title: 'full', numeric: true },
        { title: 'wrote', numeric: true },
        { title: 'files', numeric: true },
      ],
      rows: shown.map((sample) => [
        String(sample.checkpointId ?? '–'),
        timeOf(sample),
        formatBytes(sample.sizes.fullBytes),
        formatBytes(sample.sizes.addedBytes),
        formatCount(sample.sizes.files),
      ]),
    },
  };
}

function leadOf({ history, stored }: JobCapacity): string {
  const { growth, intervalMs, writtenBytes, idle } = history;
  const sentences = [
    `${formatBytes(stored.total.bytes)} in the store.`,
    growth === null
      ? `Growth: ${NO_HISTORY}.`
      : `The full size grows by ${formatGrowth(growth.bytesPerMs)} (${formatSpread(growth)}), as seen over ${formatSpan(growth.spanMs)}.`,
    intervalMs === null ? '' : `A checkpoint comes every ${formatSpan(intervalMs)}.`,
    writtenBytes === null ? '' : `It writes ${formatBytes(writtenBytes.middle)}.`,
    idle ? 'The job is idle: no checkpoint has come for long.' : '',
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function plotOf({ history: { checkpoints } }: JobCapacity): Plot {
  const shown = thinned(checkpoints);
  const line = (name: string, bytesOf: (sample: ReadSample) => number | null) => ({
    name,
    points: shown.flatMap((sample) => {
      const bytes = bytesOf(sample);
      return bytes === null ? [] : [{ timeMs: sample.timeMs, bytes }];
    }),
  });
  const lines = [
    line('full size', ({ sizes }) => sizes.fullBytes),
    line('what it wrote', ({ sizes }) => sizes.addedBytes),
  ].filter(({ points }) => points.length > 0);
  const [first, last] = [checkpoints[0]!, checkpoints.at(-1)!];
  return {
    kind: 'lines',
    title: `Checkpoints over time: from ${formatBytes(first.sizes.fullBytes)} to ${formatBytes(last.sizes.fullBytes)}`,
    lines,
  };
}

/** A plot is some hundred points wide: of more, every n-th and the last. */
function thinned(samples: readonly ReadSample[]): readonly ReadSample[] {
  const step = Math.ceil(samples.length / MOST_POINTS);
  return samples.filter((_, index) => (samples.length - 1 - index) % step === 0);
}

function timeOf({ timeMs }: ReadSample): string {
  return formatTime(timeText(timeMs));
}
