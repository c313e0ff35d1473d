// References held against what is really there.
import { formatLocation } from '../model/location.js';
import type { ReferenceTable } from '../model/reference-table.js';
import { fits, type References } from '../model/references.js';
import type { PresenceOf } from '../model/survey.js';
import { assertNever, BugError } from '../support/errors.js';

/** What became of the references of one snapshot; nothing is wrong where all counts are 0. */
export interface Resolution {
  readonly missing: number;
  readonly wrongSize: number;
  /** Could not be looked up: never taken for absent, and never for present. */
  readonly unverified: number;
  readonly outcomeOf: (row: number) => Outcome;
  /** The rows of the files with this outcome, by location. */
  readonly filesWith: (outcome: Outcome) => Iterable<number>;
  /** The size that the file in a row has; 0 where it is not there. */
  readonly actualBytes: (row: number) => number;
  /** What is counted as {@link unverified}: first paths that name nothing, then files, each by location. */
  readonly unverifiedReferences: Iterable<Unverified>;
}

const OUTCOMES = ['found', 'missing', 'wrong-size', 'unverified'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Unverified {
  /** An absolute URI, or the path as the `_metadata` has it where it is none that we know. */
  readonly path: string;
  readonly reason: string;
}

/** Looks every file of `references` up. Directories need not be there: an empty one is lost in many copies. */
export function resolveReferences(references: References, presenceOf: PresenceOf): Resolution {
  const { files, unresolvable } = references;
  const counts = { found: 0, missing: 0, 'wrong-size': 0, unverified: unresolvable.count };
  const outcomes = new Uint8Array(files.count);
  for (let row = 0; row < files.count; row++) {
    const outcome = lookUp(files, row, presenceOf);
    counts[outcome]++;
    outcomes[row] = OUTCOMES.indexOf(outcome);
  }
  const outcomeOf = (row: number) => OUTCOMES[outcomes[row]!]!;
  const filesWith = (outcome: Outcome) => files.inOrder((row) => outcomeOf(row) === outcome);
  return {
    missing: counts.missing,
    wrongSize: counts['wrong-size'],
    unverified: counts.unverified,
    outcomeOf,
    filesWith,
    actualBytes: (row) => {
      const presence = presenceOf(files, row);
      return presence.kind === 'present' ? presence.sizeBytes : 0;
    },
    unverifiedReferences: {
      *[Symbol.iterator]() {
        for (const row of unresolvable.inOrder()) {
          yield { path: unresolvable.path(row), reason: 'not a location of a store that is known here' };
        }
        for (const row of filesWith('unverified')) yield unverifiedFile(files, row, presenceOf);
      },
    },
  };
}

function lookUp(files: ReferenceTable, row: number, presenceOf: PresenceOf): Outcome {
  const presence = presenceOf(files, row);
  switch (presence.kind) {
    case 'absent':
      return 'missing';
    case 'present':
      return fits(files.sizeRule(row), excessOf(presence.sizeBytes, files.sizeBytes(row)))
        ? 'found'
        : 'wrong-size';
    case 'unknown':
      return 'unverified';
    default:
      return assertNever(presence, 'presence');
  }
}

/** A `_metadata` may tell sizes that no number holds; that a difference is 0, 1, more or less survives rounding. */
function excessOf(actualBytes: number, sizeBytes: bigint): number {
  return Number(BigInt(actualBytes) - sizeBytes);
}

function unverifiedFile(files: ReferenceTable, row: number, presenceOf: PresenceOf): Unverified {
  const presence = presenceOf(files, row);
  const path = formatLocation(files.location(row));
  if (presence.kind !== 'unknown') throw new BugError(`${path} was looked up with two answers`);
  return { path, reason: presence.error.message };
}
