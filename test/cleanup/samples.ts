// Plans for tests, with as little in them as matters.
import { sealPlan, wrapPlan } from '../../src/cleanup/plan-document.js';
import type { DeletionKind, Plan, PlanContents, PlannedDeletion } from '../../src/model/plan.js';

export const ROOT = 'memory:///flink';
export const JOB = `${ROOT}/0123456789abcdef0123456789abcdef`;
export const NOW_MS = Date.UTC(2026, 0, 31);

/** A file of `kind` at `path`; what lies in a snapshot's own directory belongs to it. */
export function deletionOf(
  kind: DeletionKind,
  path: string,
  rest: Partial<PlannedDeletion> = {},
): PlannedDeletion {
  const isOwned = kind === 'metadata' || kind === 'exclusive';
  const owner = isOwned ? { snapshot: path.slice(0, path.lastIndexOf('/')) } : {};
  const isDirectory = kind === 'empty-directory';
  return {
    path,
    bytes: isDirectory ? 0 : 10,
    modified: isDirectory ? null : '2026-01-01T00:00:00.000Z',
    kind,
    ...owner,
    reason: 'expired',
    ...rest,
  };
}

/** A plan of these deletions, sealed. */
export function planOf(deletions: readonly PlannedDeletion[], rest: Partial<PlanContents> = {}): Plan {
  const going = new Set(deletions.flatMap(({ snapshot }) => (snapshot === undefined ? [] : [snapshot])));
  const files = deletions.filter(({ kind }) => kind !== 'empty-directory');
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return sealPlan({
    toolVersion: '1.0.0',
    createdAt: new Date(NOW_MS).toISOString(),
    expiresAt: new Date(NOW_MS + 86_400_000).toISOString(),
    roots: [ROOT],
    policy: { 'keep-last': 1 },
    evidence: { sources: {}, jobs: [] },
    snapshots: [...going].map((path) => ({
      path,
      action: 'delete',
      reasons: [{ rule: 'keep-last', text: 'old' }],
    })),
    deletions,
    heldBack: [],
    totals: {
      files: files.length,
      bytes,
      bytesFreedNow: bytes,
      bytesFreedAfterTrash: bytes,
      uploads: 0,
      heldBack: 0,
    },
    noop: deletions.length === 0,
    ...rest,
  });
}

/** The document of a plan. */
export function planText(plan: Plan): string {
  return `${JSON.stringify(wrapPlan(plan), null, 2)}\n`;
}
