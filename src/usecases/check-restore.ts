// `ckpt inspect --uids`: the uids of a job that does not run yet, read from a file and held against a snapshot.
import { checkRestore } from '../graph/restore-check.js';
import { formatLocation, type Location } from '../model/location.js';
import type { NewOperator, RestoreCheck } from '../model/restore-check.js';
import type { SnapshotReport } from '../model/snapshot-report.js';
import type { OpenReader } from '../storage/open.js';
import { messageOf, UsageError } from '../support/errors.js';

export interface RestoreQuestion {
  readonly uidsFile: Location;
  /** Set by the new job for all its operators; undefined where it sets none. */
  readonly maxParallelism: number | undefined;
}

/** Throws a UsageError where the file is no list of uids. */
export async function checkRestoreOf(
  report: SnapshotReport,
  { uidsFile, maxParallelism }: RestoreQuestion,
  openReader: OpenReader,
): Promise<RestoreCheck> {
  const bytes = await (await openReader(uidsFile)).read(uidsFile);
  const where = formatLocation(uidsFile);
  return checkRestore(report.operators, parseUids(new TextDecoder().decode(bytes), where), maxParallelism);
}

/**
 * Reads a list of uids:
 *
 *     JSON   ["a", {"uid": "b", "parallelism": 4}], or {"a": null, "b": 4}
 *     text   a uid on each line, a tab and its parallelism behind it if need be; blank lines and those with # are skipped
 */
export function parseUids(text: string, where: string): readonly NewOperator[] {
  const operators = /^\s*[[{]/.test(text) ? fromJson(text, where) : fromLines(text, where);
  const seen = new Set<string>();
  for (const { uid } of operators) {
    if (seen.has(uid)) throw noList(where, `${uid} stands there twice`);
    seen.add(uid);
  }
  if (operators.length === 0) throw noList(where, 'it has none');
  return operators;
}

function fromLines(text: string, where: string): readonly NewOperator[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [uid = '', parallelism] = line.split('\t');
      return newOperator(uid.trim(), parallelism === undefined ? null : Number(parallelism), where);
    });
}

function fromJson(text: string, where: string): readonly NewOperator[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw noList(where, messageOf(thrown));
  }
  if (!Array.isArray(json)) {
    return Object.entries(json as object).map(([uid, parallelism]) => newOperator(uid, parallelism, where));
  }
  return json.map((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return newOperator(entry, null, where);
    const { uid, parallelism = null } = entry as { uid?: unknown; parallelism?: unknown };
    return newOperator(uid, parallelism, where);
  });
}

function newOperator(uid: unknown, parallelism: unknown, where: string): NewOperator {
  if (typeof uid !== 'string' || uid === '') throw noList(where, `${JSON.stringify(uid)} is no uid`);
  if (parallelism === null) return { uid, parallelism };
  if (typeof parallelism === 'number' && Number.isInteger(parallelism) && parallelism > 0) {
    return { uid, parallelism };
  }
  throw noList(where, `the parallelism of ${uid} is no whole number above 0`);
}

function noList(where: string, problem: string): UsageError {
  return new UsageError(`no list of uids: ${problem}`, {
    where,
    next: 'write one uid on each line (a tab and the parallelism behind it), or a JSON list of uids',
  });
}
