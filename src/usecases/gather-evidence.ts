// Evidence for a command that looks at files: sources are asked before the files are listed and again afterwards, and of
// the two answers the one that holds more back counts. What moves in between can only save files.
import { gatherEvidence, type Reach } from '../liveness/gather.js';
import { type Gathered, judgeEvidence } from '../liveness/judge.js';
import { NewestFiles } from '../liveness/newest-files.js';
import type { Evidence, EvidenceSources } from '../model/evidence.js';
import type { Location } from '../model/location.js';
import type { OpenReader } from '../storage/open.js';

/** Sources that were asked once. */
export interface AskedSources {
  /** The door through which the files are to be listed. */
  readonly openReader: OpenReader;
  /** Asks again, once the files are listed, and concludes. */
  readonly conclude: () => Promise<Evidence>;
}

/**
 * Asks all sources, and the stores of `locations` for the time. What cannot be asked is a block of the evidence, never an
 * error.
 */
export async function askForEvidence(
  sources: EvidenceSources,
  locations: readonly Location[],
  reach: Reach,
): Promise<AskedSources> {
  const newest = new NewestFiles(sources.word);
  const before = await gatherEvidence(sources, locations, reach);
  return {
    openReader: newest.watch(reach.openReader),
    async conclude() {
      const after = await gatherEvidence(sources, locations, reach);
      return judgeEvidence(together(before, after), newest, reach.clock.now());
    },
  };
}

function together(before: Gathered, after: Gathered): Gathered {
  const known = new Set(before.failures.map(({ message }) => message));
  return {
    clusters: [...before.clusters, ...after.clusters],
    haDirectories: [...before.haDirectories, ...after.haDirectories],
    word: after.word,
    clocks: after.clocks,
    failures: [...before.failures, ...after.failures.filter(({ message }) => !known.has(message))],
  };
}
