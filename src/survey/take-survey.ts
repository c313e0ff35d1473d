// Taking a survey: first every file under the roots is listed, then every `_metadata` is read, and last what they
// reference outside of the listing is looked up. In this order a checkpoint that completes meanwhile can only save
// files, never make one look unused; and a file that came after the listing is not taken for missing.
import { expectHead, HEAD_BYTES, type MetadataVisitor } from '../format/metadata/read.js';
import { formatLocation, type Location, parent } from '../model/location.js';
import { isInTrash, isOwnPlace } from '../model/own-places.js';
import type { Rewrite } from '../model/rewrite.js';
import type { MetadataFile, SnapshotPlace, Survey, SurveyedSnapshot } from '../model/survey.js';
import type { OpenReader } from '../storage/open.js';
import type { StorageReader } from '../storage/storage.js';
import { mapConcurrently } from '../support/concurrency.js';
import { type CkptError, FormatError, StorageError } from '../support/errors.js';
import { contentsOf } from './contents.js';
import { placeOf } from './layout.js';
import { ListedFiles } from './listed-files.js';
import { Listing, type MetadataCandidate } from './listing.js';
import { expectedError, isAbsence, lookUpUnlisted } from './look-up.js';
import { Readers } from './readers.js';

/** What a survey, and every use case that only reads, needs besides its locations. */
export interface SurveyOptions {
  readonly openReader: OpenReader;
  readonly rewrites?: readonly Rewrite[];
  /** Requests under way at once. */
  readonly concurrency?: number;
}

/** Makes a visitor that is told what the `_metadata` at `file` holds, in the pass in which the survey reads it. */
export type WatchMetadata = (place: SnapshotPlace, file: Location) => MetadataVisitor;

export const DEFAULT_CONCURRENCY = 16;

const LARGE_BYTES = 64 * 1024 * 1024;
/** What Node reads of a file at once. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Surveys all that is at `locations`: ancestors, checkpoint roots, directories of jobs, snapshots or metadata files.
 * A metadata that cannot be read or understood becomes an unreadable snapshot. What a cleanup put aside is passed over
 * unless a location lies in the trash. Throws the StorageError of a location
 * that is absent or cannot be listed, and the UsageError of a store that cannot be opened.
 */
export async function takeSurvey(
  locations: readonly Location[],
  options: SurveyOptions & { readonly watch?: WatchMetadata },
): Promise<Survey> {
  const { openReader, rewrites = [], concurrency = DEFAULT_CONCURRENCY, watch } = options;
  const readers = new Readers(openReader);
  const files = new ListedFiles();
  const listing = new Listing(files);
  for (const location of locations) await listing.add(location, await readers.of(location));
  const isAskedFor = locations.some(isOwnPlace) ? () => true : (at: Location) => !isInTrash(at);
  const candidates = listing.metadata.filter(({ location }) => isAskedFor(location));
  const read = await mapConcurrently(candidates, concurrency, async (candidate) =>
    readSnapshot(candidate, await readers.of(candidate.location), (bytes, place) =>
      contentsOf(bytes, place, { rewrites, watch: watch && (() => watch(place, candidate.location)) }),
    ),
  );
  const snapshots = [
    ...read.filter((snapshot) => snapshot !== null),
    ...listing.incomplete
      .filter(isAskedFor)
      .map((at): SurveyedSnapshot => ({ state: 'incomplete', place: placeOf(at) })),
  ];
  const tables = snapshots.flatMap((snapshot) =>
    snapshot.state === 'read' ? [snapshot.contents.references.files] : [],
  );
  const presenceOf = await lookUpUnlisted(tables, { listed: files, readers, concurrency });
  return { roots: listing.roots, snapshots, problems: listing.problems, presenceOf };
}

/** Reads a snapshot of which `contentsOf` is kept. Null where the `_metadata` vanished after it was listed. */
export async function readSnapshot<C>(
  { location, status }: MetadataCandidate,
  reader: StorageReader,
  contentsOf: (bytes: Uint8Array, place: SnapshotPlace) => C,
): Promise<SurveyedSnapshot<C> | null> {
  const place = placeOf(parent(location));
  const metadata: MetadataFile = { location, sizeBytes: status.sizeBytes, modifiedMs: status.modifiedMs };
  try {
    if (status.type !== 'file') throw noMetadata(location, status.type);
    const contents = contentsOf(await readWhole(metadata, reader), place);
    return { state: 'read', place, metadata, contents };
  } catch (thrown) {
    if (isAbsence(thrown)) return null;
    return { state: 'unreadable', place, metadata, error: located(expectedError(thrown), location) };
  }
}

/** Of a large file the head is read first, so that what is no `_metadata` is not held whole. */
async function readWhole({ location, sizeBytes }: MetadataFile, reader: StorageReader): Promise<Uint8Array> {
  if (sizeBytes > LARGE_BYTES) expectHead(await reader.readRange(location, 0, HEAD_BYTES));
  if (sizeBytes <= MOST_BYTES) return reader.read(location);
  throw new FormatError(`${sizeBytes} bytes, of which only ${MOST_BYTES} could be read`, {
    offset: MOST_BYTES,
    field: 'size',
  });
}

/** The error of a decoder, which knows only bytes, with the file that they are in. */
function located(error: CkptError, location: Location): CkptError {
  if (!(error instanceof FormatError)) return error;
  return error.foundIn(
    formatLocation(location),
    'it is damaged or no metadata of Flink: restore it from a copy, or use another snapshot (see ckpt list)',
  );
}

function noMetadata(location: Location, type: string): CkptError {
  const where = formatLocation(location);
  const what = type === 'directory' ? 'a directory' : 'neither a file nor a directory';
  return new StorageError('conflict', `${where} is ${what}; a file should be there`, {
    where,
    next: 'if it leads to a metadata file, give that as a location of its own',
  });
}
