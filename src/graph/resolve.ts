// References held against what is really there.
import { formatLocation } from '../model/location.js';
import type { FileReference, References } from '../model/references.js';
import type { Presence, Survey } from '../model/survey.js';
import { assertNever } from '../support/errors.js';

/** What is wrong with the references of one snapshot; nothing where it can be restored. */
export interface Resolution {
  readonly missing: readonly FileReference[];
  readonly wrongSize: readonly WrongSize[];
  /** Could not be looked up: never taken for absent, and never for present. */
  readonly unverified: readonly Unverified[];
}

export interface WrongSize {
  readonly reference: FileReference;
  readonly actualBytes: number;
}

export interface Unverified {
  /** An absolute URI, or the path as the `_metadata` has it where it is none that we know. */
  readonly path: string;
  readonly reason: string;
}

/** Looks every file of `references` up. Directories need not be there: an empty one is lost in many copies. */
export function resolveReferences(references: References, presenceOf: Survey['presenceOf']): Resolution {
  const missing: FileReference[] = [];
  const wrongSize: WrongSize[] = [];
  const unverified: Unverified[] = references.unresolvable.map(({ path }) => ({
    path,
    reason: 'not a location of a store that is known here',
  }));
  for (const reference of references.files) {
    const presence = presenceOf(reference.location);
    switch (presence.kind) {
      case 'absent':
        missing.push(reference);
        break;
      case 'present':
        if (!fits(reference, presence)) wrongSize.push({ reference, actualBytes: presence.sizeBytes });
        break;
      case 'unknown':
        unverified.push({ path: formatLocation(reference.location), reason: presence.error.message });
        break;
      default:
        assertNever(presence, 'presence');
    }
  }
  return { missing, wrongSize, unverified };
}

function fits(
  { sizeRule, sizeBytes }: FileReference,
  found: Extract<Presence, { kind: 'present' }>,
): boolean {
  const actual = BigInt(found.sizeBytes);
  switch (sizeRule) {
    case 'exact':
      return actual === sizeBytes;
    case 'at-least':
      return actual >= sizeBytes;
    case 'exact-or-one-more':
      return actual === sizeBytes || actual === sizeBytes + 1n;
    case 'any':
      return true;
    default:
      return assertNever(sizeRule, 'size rule');
  }
}
