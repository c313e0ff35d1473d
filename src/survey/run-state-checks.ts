// Checks of many snapshots: each stream once, however many snapshots have it.
import type { Location } from '../model/location.js';
import { streamSizeBytes } from '../model/state-sizes.js';
import type { StateOwner } from '../model/verify-report.js';
import { BugError, CkptError } from '../support/errors.js';
import { checkState } from './check-state.js';
import type { StateCheck } from './state-checks.js';
import type { StreamSource } from './state-streams.js';

/** Something wrong with a stream, or something that kept us from looking. */
export interface StateFinding {
  readonly location: Location;
  readonly bytes: bigint;
  readonly owners: readonly StateOwner[];
  readonly error: CkptError;
}

export class StateChecks {
  /** By the keys of checks; null where nothing was wrong. */
  readonly #outcomes = new Map<string, CkptError | null>();

  /** Null where nothing is wrong. Never rejects but for bugs. */
  async run(check: StateCheck, source: StreamSource): Promise<StateFinding | null> {
    const known = this.#outcomes.get(check.key);
    const error = known === undefined ? await outcomeOf(check, source) : known;
    this.#outcomes.set(check.key, error);
    if (error === null) return null;
    const { location, stream, owners } = check;
    return { location, bytes: streamSizeBytes(stream), owners: owners.list(), error };
  }
}

async function outcomeOf(check: StateCheck, source: StreamSource): Promise<CkptError | null> {
  try {
    await checkState(check, source);
    return null;
  } catch (thrown) {
    if (thrown instanceof CkptError && !(thrown instanceof BugError)) return thrown;
    throw thrown;
  }
}
