// `ckpt list --jobs-file`: what the jobs behind the ids are called, from a file of the user's.
import { formatLocation, type Location } from '../model/location.js';
import type { SnapshotList } from '../model/snapshot-list.js';
import type { OpenReader } from '../storage/open.js';
import { messageOf, UsageError } from '../support/errors.js';

/** Names by job id. */
export type JobNames = ReadonlyMap<string, string>;

const JOB_ID = /^[0-9a-f]{32}$/;

/** Reads a file of names; throws a UsageError where it is none, and what the store throws. */
export async function readJobNames(file: Location, openReader: OpenReader): Promise<JobNames> {
  const bytes = await (await openReader(file)).read(file);
  return parseJobNames(new TextDecoder().decode(bytes), formatLocation(file));
}

/**
 * Names of jobs:
 *
 *     JSON   {"<job id>": "name"}, or what Flink answers at /jobs/overview
 *     text   a job id and its name on each line, blanks, a comma or = between; blank lines and those with # are skipped
 */
export function parseJobNames(text: string, where: string): JobNames {
  const pairs = /^\s*[[{]/.test(text) ? fromJson(text, where) : fromLines(text, where);
  return new Map(
    pairs.map(([id, name]) => {
      if (!JOB_ID.test(id) || typeof name !== 'string' || name === '')
        throw noNames(where, `${id} is no job with a name`);
      return [id, name];
    }),
  );
}

/** The list with names; a savepoint has that of the one named job whose id begins as its name says. */
export function nameJobs(list: SnapshotList, names: JobNames): SnapshotList {
  const nameOf = (job: string | null, prefix: string | null): string | null => {
    if (job !== null || prefix === null) return names.get(job ?? '') ?? null;
    const [name, ...others] = [...names].flatMap(([id, known]) => (id.startsWith(prefix) ? [known] : []));
    return others.length === 0 ? (name ?? null) : null;
  };
  const snapshots = list.snapshots.map((row) => ({ ...row, jobName: nameOf(row.job, row.jobPrefix) }));
  return { ...list, snapshots };
}

function fromLines(text: string, where: string): readonly (readonly [string, unknown])[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const match = /^\s*([0-9A-Fa-f]+)\s*[\s,=]\s*(.*?)\s*$/.exec(line);
      if (match === null) throw noNames(where, `"${line}" is no job id with a name behind it`);
      return [match[1]!.toLowerCase(), match[2]];
    });
}

function fromJson(text: string, where: string): readonly (readonly [string, unknown])[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw noNames(where, messageOf(thrown));
  }
  const overview = (json as { jobs?: unknown }).jobs;
  if (Array.isArray(overview)) {
    return overview.map((job: { jid?: unknown; name?: unknown } | null) => [String(job?.jid), job?.name]);
  }
  if (Array.isArray(json)) throw noNames(where, 'a list has no names');
  return Object.entries(json as object);
}

function noNames(where: string, why: string): UsageError {
  return new UsageError(`${where} has no names of jobs: ${why}`, {
    where: '--jobs-file',
    next: 'write a job id and its name on each line, or save what Flink answers at /jobs/overview',
  });
}
