// Which files checkpoints have in common: a matrix of the largest, and for all of them how many bytes come from where.
import type { JobSharing, MeasuredCapacity, SharedFile } from '../../model/measured-capacity.js';
import { formatBytes, plural } from '../units.js';
import { jobName } from './job-sections.js';
import type { ReportSection } from './report.js';

const MOST_JOBS = 3;

/** The jobs with the most bytes in common. */
export function sharingSections({ sharing }: MeasuredCapacity): readonly ReportSection[] {
  return [...(sharing ?? [])]
    .filter(({ fileCount }) => fileCount > 0)
    .sort((a, b) => newestBytes(b) - newestBytes(a))
    .slice(0, MOST_JOBS)
    .map(sharingSection);
}

function newestBytes({ cohorts }: JobSharing): number {
  return cohorts.reduce((sum, cohort) => sum + (cohort.at(-1) ?? 0), 0);
}

function sharingSection(sharing: JobSharing, index: number): ReportSection {
  const { checkpoints, cohorts, files, fileCount } = sharing;
  const names = checkpoints.map(({ checkpointId }) => String(checkpointId));
  return {
    id: `sharing-${index + 1}`,
    title: `Sharing between checkpoints of ${jobName(sharing)}`,
    lead: leadOf(sharing),
    plot: {
      kind: 'matrix',
      title: `${files.length} of ${plural(fileCount, 'file')}, the largest, and the checkpoints that use each`,
      columns: names,
      rows: files.map(({ path, sizeBytes, presentIn }) => ({
        label: `${shortName({ path })} ${formatBytes(sizeBytes)}`,
        cells: presentIn,
      })),
    },
    table: {
      caption: 'Bytes that a checkpoint uses, by the one of these in which they first are',
      columns: [{ title: 'first in' }, ...names.map((title) => ({ title, numeric: true as const }))],
      rows: cohorts.map((cohort, first) => [
        names[first]!,
        ...cohort.map((bytes, at) => (at < first ? '' : bytes === 0 ? '·' : formatBytes(bytes))),
      ]),
    },
  };
}

function leadOf({ cohorts, checkpoints }: JobSharing): string {
  const total = (at: number) => cohorts.reduce((sum, cohort) => sum + (cohort[at] ?? 0), 0);
  const last = checkpoints.length - 1;
  const own = cohorts[last]?.[last] ?? 0;
  const older = total(last) - own;
  return older === 0
    ? 'The newest checkpoint has no file in common with older ones: each is full.'
    : `Of ${formatBytes(total(last))} of the newest checkpoint, ${formatBytes(older)} lie in files of older ones: removing these by hand would break it.`;
}

function shortName({ path }: Pick<SharedFile, 'path'>): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.length > 10 ? `${name.slice(0, 9)}…` : name;
}
