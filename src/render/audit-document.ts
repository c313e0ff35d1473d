// `ckpt audit --json` and `--ndjson`. The fields are public: they are added to, never renamed.
import type { AuditedFile, AuditReport } from '../model/audit.js';

/** The document below its `schema` and `schemaVersion`, without files. */
export function auditDocument(report: AuditReport) {
  const { roots, jobs, totals, missing, problems, deletable, causes, heldBack, merged, snapshots } = report;
  return {
    roots: roots.map(({ path, takenFor }) => ({ path, takenFor })),
    jobs,
    snapshots,
    totals,
    deletable,
    missing,
    merged,
    causes: causes.map(({ of, files, bytes }) => ({ cause: of, files, bytes })),
    heldBack: heldBack.map(({ of, files, bytes }) => ({ reason: of, files, bytes })),
    problems,
  };
}

/** A file as `files[]` and as a line of `--ndjson` have it: what is not known or does not apply is left out. */
export function fileDocument(file: AuditedFile) {
  return {
    path: file.path,
    bytes: file.bytes,
    class: file.class,
    snapshots: file.snapshots,
    ...(file.liveBytes === null ? {} : { liveBytes: file.liveBytes }),
    ...(file.modified === null ? {} : { modified: file.modified }),
    ...(file.cause === null ? {} : { cause: file.cause }),
    deletable: file.deletable,
    ...(file.reason === null ? {} : { reason: file.reason }),
  };
}

/** JSON lines. */
export function* jsonLines(values: Iterable<object>): Generator<string> {
  for (const value of values) yield `${JSON.stringify(value)}\n`;
}
