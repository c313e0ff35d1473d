// Asks every source that the user named. A source that cannot be asked does not end the command: it becomes a failure, and
// whoever judges holds everything back.
import type { EvidenceSources } from '../model/evidence.js';
import { formatLocation, type Location } from '../model/location.js';
import { reportError } from '../model/snapshot.js';
import type { OpenReader } from '../storage/open.js';
import type { Clock } from '../support/clock.js';
import { StorageError } from '../support/errors.js';
import { askCluster, type ClusterAnswer } from './cluster.js';
import { EvidenceError } from './evidence-error.js';
import { askHaDirectory, type HaAnswer } from './ha-directory.js';
import { jsonEndpoint } from './http-json.js';
import type { ClockReading, Gathered } from './judge.js';

/** How sources are reached. */
export interface Reach {
  readonly openReader: OpenReader;
  readonly clock: Clock;
}

/** Asks all sources at once, and the stores of `locations` for the time. Never rejects but for bugs. */
export async function gatherEvidence(
  sources: EvidenceSources,
  locations: readonly Location[],
  { openReader, clock }: Reach,
): Promise<Gathered> {
  const clusters = sources.rest.map((url) => attempt(() => askCluster(jsonEndpoint(url, { clock }))));
  const directories = sources.haDirectories.map((at) => attempt(() => askHaDirectory(at, openReader)));
  const answers = await Promise.all(clusters);
  const haAnswers = await Promise.all(directories);
  const readings = await Promise.all(
    locations.map((at) => attempt(() => readClock(at, { openReader, clock }))),
  );
  return {
    clusters: answers.filter((answer): answer is ClusterAnswer => !(answer instanceof EvidenceError)),
    haDirectories: haAnswers.filter((answer): answer is HaAnswer => !(answer instanceof EvidenceError)),
    word: sources.word,
    clocks: readings.filter((reading): reading is ClockReading => !(reading instanceof EvidenceError)),
    failures: [...answers, ...haAnswers, ...readings].flatMap((answer) =>
      answer instanceof EvidenceError ? [reportError(answer)] : [],
    ),
  };
}

/** The store's clock, held against the middle of the time that the question took. */
async function readClock(location: Location, { openReader, clock }: Reach): Promise<ClockReading> {
  const source = formatLocation(location);
  const beganMs = clock.now();
  try {
    const theirMs = await (await openReader(location)).nowMs(location);
    return { source, theirMs, ourMs: (beganMs + clock.now()) / 2 };
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    const message = `the clock of ${source} cannot be read: ${cause.message}`;
    throw new EvidenceError('unreachable', message, { where: source, cause });
  }
}

async function attempt<T>(ask: () => Promise<T>): Promise<T | EvidenceError> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof EvidenceError) return thrown;
    throw thrown;
  }
}
