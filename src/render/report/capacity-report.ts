// What was measured, as a report: growth, what the bytes are, sharing, orphans, and what comes of it.
import type { MeasuredCapacity } from '../../model/measured-capacity.js';
import { describeRoot } from '../condition.js';
import { formatGrowth, formatSpread, NO_HISTORY } from '../growth.js';
import { formatAge, formatBytes, formatShare, formatTime, plural } from '../units.js';
import { remedySection, stateSection } from './detail-sections.js';
import { forecastSection } from './forecast-section.js';
import { jobSections } from './job-sections.js';
import type { Figure, Report } from './report.js';
import { sharingSections } from './sharing-section.js';
import {
  causeSection,
  operatorSection,
  portionSection,
  problemSection,
  sizeSection,
} from './store-sections.js';

export interface ReportedBy {
  readonly toolVersion: string;
}

/** Sections with nothing to tell are left out. */
export function capacityReport(capacity: MeasuredCapacity, { toolVersion }: ReportedBy): Report {
  const { roots, nowMs } = capacity;
  return {
    title: 'Checkpoints: what they take, and what comes of it',
    subtitle: [
      ...roots.map(({ path, takenFor }) => `${path} (${describeRoot(takenFor)})`),
      `looked at ${formatTime(new Date(nowMs).toISOString())}, by the clock of the store`,
    ],
    figures: figuresOf(capacity),
    sections: [
      ...jobSections(capacity),
      ...operatorSection(capacity),
      ...stateSection(capacity),
      ...portionSection(capacity),
      ...sharingSections(capacity),
      ...causeSection(capacity),
      ...sizeSection(capacity),
      ...forecastSection(capacity),
      ...remedySection(capacity),
      ...problemSection(capacity),
    ],
    footer: `Measured by ckpt ${toolVersion}; docs/capacity.md says how each number comes about.`,
  };
}

function figuresOf(capacity: MeasuredCapacity): readonly Figure[] {
  const { stored, growth, jobs } = capacity;
  const neededBytes = jobs.reduce((sum, { outlook }) => sum + outlook.steadyBytes, 0);
  const orphaned = stored.portions.orphaned;
  return [
    {
      label: 'stored',
      value: formatBytes(stored.total.bytes),
      remark: plural(stored.total.files, 'file'),
    },
    {
      label: 'needed',
      value: formatBytes(neededBytes),
      remark: `${formatShare(neededBytes, stored.total.bytes)} of it`,
    },
    {
      label: 'needed by no snapshot',
      value: formatBytes(orphaned),
      remark: `${formatShare(orphaned, stored.total.bytes)} of it`,
    },
    {
      label: 'growth',
      value: growth === null ? '–' : formatGrowth(growth.bytesPerMs),
      remark: growth === null ? NO_HISTORY : formatSpread(growth),
    },
    restorableFigure(capacity),
    ...quotaFigure(capacity),
  ];
}

function restorableFigure({ jobs, nowMs }: MeasuredCapacity): Figure {
  const newestMs = jobs.reduce((newest, { history }) => Math.max(newest, history.newestRestorableMs ?? 0), 0);
  return {
    label: 'newest snapshot that restores',
    value: newestMs === 0 ? 'none' : `${formatAge(nowMs - newestMs)} old`,
    remark: plural(jobs.filter(({ job, directory }) => job !== null || directory !== null).length, 'job'),
  };
}

function quotaFigure({ quota }: MeasuredCapacity): readonly Figure[] {
  if (quota === null) return [];
  const days = quota.days === null ? quota.verdict.replaceAll('-', ' ') : `${quota.days.toFixed(1)} days`;
  return [{ label: 'until the quota is full', value: days, remark: `of ${formatBytes(quota.quotaBytes)}` }];
}
