// The name of a plan: a hash of all that it says, so that it is told when somebody has changed it.
import { createHash } from 'node:crypto';
import type { PlanContents, PlannedDeletion } from '../model/plan.js';

/** Characters that are hashed at once. */
const PIECE_CHARS = 64 * 1024;

/** Field by field and row by row: a plan may be longer than any text. */
export function planIdOf(contents: PlanContents): string {
  const hash = createHash('sha256');
  let text = '';
  for (const [name, value] of Object.entries(contents).sort(([a], [b]) => (a < b ? -1 : 1))) {
    text += `\n${name}:`;
    const textOf = value === contents.deletions ? deletionText : canonicalJson;
    for (const row of Array.isArray(value) ? value : [value]) {
      text += `\n${textOf(row)}`;
      if (text.length < PIECE_CHARS) continue;
      hash.update(text);
      text = '';
    }
  }
  return hash.update(text).digest('hex');
}

/** The same as {@link canonicalJson}, several times as fast. */
function deletionText(deletion: PlannedDeletion): string {
  const { path, bytes, modified, etag, linked, uploadId, kind, snapshot, reason } = deletion;
  const fields: Record<keyof PlannedDeletion, unknown> = {
    bytes,
    etag,
    kind,
    linked,
    modified,
    path,
    reason,
    snapshot,
    uploadId,
  };
  return JSON.stringify(fields);
}

/** The same text for the same value, whatever the order of the fields; fields that are undefined do not count. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(inOrder(value));
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, inOrder(field)]));
}
