// Entropy in the paths of data: Flink puts random characters in place of a marker (`s3.entropy.key`), so that the files of one
// checkpoint lie in directories of many prefixes, all called alike from the job's on, and its `_metadata` in one without.
// Source: Flink EntropyInjector.
import { baseName, type Location, parent } from './location.js';

const JOB_ID = /^[0-9a-f]{32}$/;
const CHECKPOINT = /^chk-\d+$/;

/** Equal for all directories of one checkpoint, wherever they lie; null where the path does not tell job and number. */
export function checkpointOf(directory: Location): string | null {
  const [job, checkpoint] = [baseName(parent(directory)), baseName(directory)];
  return JOB_ID.test(job) && CHECKPOINT.test(checkpoint) ? `${job}/${checkpoint}` : null;
}
