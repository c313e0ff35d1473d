// The border that plans cross: sealed with a hash when they are made, looked through when they come back. A plan that
// was edited, comes from another version, or names a path that is none of its roots' is refused before anything is
// looked at. Loads zod: import it where a plan is read or made.
import { z } from 'zod';
import { DELETION_KINDS, type Plan, type PlanContents, type PlannedDeletion } from '../model/plan.js';
import type { RefusalError } from '../support/errors.js';
import { JsonRows } from '../support/json-rows.js';
import { planIdOf } from './plan-id.js';
import { requireOwnPaths } from './plan-paths.js';
import { planRefusal } from './plan-refusal.js';

export const PLAN_SCHEMA = 'ckpt/plan';
export const PLAN_SCHEMA_VERSION = 1;

const bytes = z.int().min(0);
const time = z.iso.datetime();
const words = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));

export const plannedDeletion = z.strictObject({
  path: z.string(),
  bytes,
  modified: time.nullable(),
  etag: z.string().optional(),
  linked: z.literal(true).optional(),
  uploadId: z.string().optional(),
  kind: z.enum(DELETION_KINDS),
  snapshot: z.string().optional(),
  reason: z.string(),
});

const snapshot = z.strictObject({
  path: z.string(),
  action: z.enum(['keep', 'delete']),
  reasons: z.array(z.strictObject({ rule: z.string(), text: z.string() })),
});

const evidence = z.strictObject({
  sources: words,
  jobs: z.array(z.strictObject({ id: z.string(), state: z.enum(['running', 'ended']), source: z.string() })),
});

export const planDocument = z.strictObject({
  schema: z.literal(PLAN_SCHEMA),
  schemaVersion: z.literal(PLAN_SCHEMA_VERSION),
  planId: z.string().regex(/^[0-9a-f]{64}$/),
  toolVersion: z.string(),
  createdAt: time,
  expiresAt: time,
  roots: z.array(z.string()).min(1),
  policy: words,
  evidence,
  snapshots: z.array(snapshot),
  /** They are read one by one. */
  deletions: z.tuple([]),
  heldBack: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  totals: z.strictObject({
    files: bytes,
    bytes,
    bytesFreedNow: bytes,
    bytesFreedAfterTrash: bytes,
    uploads: bytes,
    heldBack: bytes,
  }),
  noop: z.boolean(),
});

/** The plan with its id. */
export function sealPlan(contents: PlanContents): Plan {
  return { planId: planIdOf(contents), ...contents };
}

/** A plan as a JSON value that says what it is. */
export function wrapPlan(plan: object): object {
  return { schema: PLAN_SCHEMA, schemaVersion: PLAN_SCHEMA_VERSION, ...plan };
}

/**
 * The plan that is written in `pieces`, which are at `where`. Throws a RefusalError where it is none, was changed by hand,
 * was made by another version than `toolVersion`, or would reach out of its roots.
 */
export async function readPlan(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { where, toolVersion }: { readonly where: string; readonly toolVersion: string },
): Promise<Plan> {
  const plan = planFrom(await readDocument(pieces, where), where);
  if (plan.toolVersion === toolVersion) return plan;
  const message = `version ${plan.toolVersion} made it, this is ${toolVersion}`;
  throw planRefusal('plan-of-another-version', where, message);
}

/** A document, and the deletions that it lists. */
export interface WithDeletions {
  /** With none of the deletions in it. */
  readonly document: unknown;
  readonly deletions: readonly PlannedDeletion[];
}

/** Reads a document with a list of deletions in it, so many objects deep. Throws a SyntaxError or ZodError where it has none. */
export async function readWithDeletions(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  depth: number,
): Promise<WithDeletions> {
  const deletions: PlannedDeletion[] = [];
  const share = sharing();
  const rows = new JsonRows({ name: 'deletions', depth }, (row) => {
    const deletion = plannedDeletion.parse(row);
    deletion.reason = share(deletion.reason);
    deletions.push(deletion);
  });
  for await (const piece of pieces) rows.push(piece);
  return { document: rows.end(), deletions };
}

/** The plan in a document; throws as {@link readPlan} does. A run that has begun is finished by any version. */
export function planFrom({ document, deletions }: WithDeletions, where: string): Plan {
  const parsed = planDocument.safeParse(document);
  if (!parsed.success) throw noPlan(parsed.error, where);
  const { schema, schemaVersion, ...rest } = parsed.data;
  const plan = { ...rest, deletions };
  const { planId, ...contents } = plan;
  if (planIdOf(contents) !== planId)
    throw planRefusal('plan-edited', where, 'it was changed after it was made');
  requireOwnPaths(plan, where);
  return plan;
}

/** Throws a RefusalError where the time for a plan to begin is over. */
export function requireFresh({ createdAt, expiresAt, planId }: Plan, nowMs: number): void {
  const expiresMs = Date.parse(expiresAt);
  if (nowMs < expiresMs && Date.parse(createdAt) < expiresMs) return;
  throw planRefusal('plan-expired', planId, `it expired at ${expiresAt}, before it was begun`);
}

async function readDocument(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  where: string,
): Promise<WithDeletions> {
  try {
    return await readWithDeletions(pieces, 1);
  } catch (thrown) {
    if (thrown instanceof z.ZodError) throw noPlan(thrown, where);
    if (thrown instanceof SyntaxError)
      throw planRefusal('plan-unreadable', where, 'it is no plan: it is no JSON', thrown);
    throw thrown;
  }
}

function noPlan({ issues: [issue] }: z.ZodError, where: string): RefusalError {
  return planRefusal('plan-unreadable', where, `it is no plan: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** Gives the same text for equal texts: there may be millions of a few. */
function sharing(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const first = known.get(text);
    if (first !== undefined) return first;
    known.set(text, text);
    return text;
  };
}
