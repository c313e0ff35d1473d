// Asks every source that the user named. A source that cannot be asked does not end the command: it becomes a failure, and
// whoever judges holds everything back.
import type { EvidenceSources } from '../model/evidence.js';
import { reportError } from '../model/snapshot.js';
import type { OpenReader } from '../storage/open.js';
import type { Clock } from '../support/clock.js';
import { askCluster, type ClusterAnswer } from './cluster.js';
import { EvidenceError } from './evidence-error.js';
import { askHaDirectory, type HaAnswer } from './ha-directory.js';
import { jsonEndpoint } from './http-json.js';
import type { Gathered } from './judge.js';

/** How sources are reached. */
export interface Reach {
  readonly openReader: OpenReader;
  readonly clock: Clock;
}

/** Asks all sources at once. Never rejects but for bugs. */
export async function gatherEvidence(
  sources: EvidenceSources,
  { openReader, clock }: Reach,
): Promise<Gathered> {
  const clusters = sources.rest.map((url) => attempt(() => askCluster(jsonEndpoint(url, { clock }))));
  const directories = sources.haDirectories.map((at) => attempt(() => askHaDirectory(at, openReader)));
  const answers = await Promise.all(clusters);
  const haAnswers = await Promise.all(directories);
  return {
    clusters: answers.filter((answer): answer is ClusterAnswer => !(answer instanceof EvidenceError)),
    haDirectories: haAnswers.filter((answer): answer is HaAnswer => !(answer instanceof EvidenceError)),
    word: sources.word,
    clocks: [],
    failures: [...answers, ...haAnswers].flatMap((answer) =>
      answer instanceof EvidenceError ? [reportError(answer)] : [],
    ),
  };
}

async function attempt<T>(ask: () => Promise<T>): Promise<T | EvidenceError> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof EvidenceError) return thrown;
    throw thrown;
  }
}
