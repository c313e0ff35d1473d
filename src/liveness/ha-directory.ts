// Flink's high-availability storage directory: the checkpoints that a JobManager would go on from. Each pins what it names,
// and its job is not at its end: Flink removes these files when a job has ended for good.
import { COMPLETED_CHECKPOINT, readCheckpointPlaces } from '../format/ha/completed-checkpoint.js';
import { baseName, formatLocation, type Location } from '../model/location.js';
import type { OpenReader } from '../storage/open.js';
import { FormatError, StorageError } from '../support/errors.js';
import { EvidenceError } from './evidence-error.js';

/** What one directory says. */
export interface HaAnswer {
  /** Its absolute URI. */
  readonly source: string;
  /** Directories of snapshots, as Flink wrote them. */
  readonly places: readonly string[];
}

/** Reads every file of a completed checkpoint below `directory`. Throws EvidenceError where any of it cannot be read. */
export async function askHaDirectory(directory: Location, openReader: OpenReader): Promise<HaAnswer> {
  const source = formatLocation(directory);
  try {
    const reader = await openReader(directory);
    const places = new Set<string>();
    for await (const { entries, problems } of reader.list(directory)) {
      for (const { error } of problems) throw error;
      for (const { path, type } of entries) {
        const location = { ...directory, path };
        if (type === 'directory' || !baseName(location).startsWith(COMPLETED_CHECKPOINT)) continue;
        for (const place of await placesIn(location, () => reader.read(location))) places.add(place);
      }
    }
    return { source, places: [...places] };
  } catch (thrown) {
    throw notRead(source, thrown);
  }
}

/** None where the file vanished after it was listed: a newer checkpoint took its place. */
async function placesIn(location: Location, read: () => Promise<Uint8Array>): Promise<readonly string[]> {
  try {
    return readCheckpointPlaces(await read());
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return [];
    if (thrown instanceof FormatError) throw thrown.foundIn(formatLocation(location), NEXT);
    throw thrown;
  }
}

const NEXT = 'a source that is named must be readable: name high-availability.storageDir, or leave it out';

function notRead(source: string, thrown: unknown): unknown {
  if (thrown instanceof FormatError) {
    const where = thrown.where ?? source;
    return new EvidenceError('not-understood', `${where} is no checkpoint of Flink’s: ${thrown.message}`, {
      where,
      next: NEXT,
      cause: thrown,
    });
  }
  if (!(thrown instanceof StorageError)) return thrown;
  const message = `the high-availability directory ${source} cannot be read: ${thrown.message}`;
  return new EvidenceError('unreachable', message, { where: source, next: NEXT, cause: thrown });
}
