// A survey for millions of files: listed first, then every `_metadata` read, then both brought together. In this order a
// checkpoint that completes meanwhile can only save files, never make one look unneeded. What is held in memory grows
// with snapshots, directories and jobs, and by a few bytes with files.
import type { AuditedSnapshot, FileSurvey } from '../../model/file-survey.js';
import { baseName, canonicalKey, formatLocation, type Location } from '../../model/location.js';
import { isInTrash } from '../../model/own-places.js';
import { type ReportedError, reportError } from '../../model/snapshot.js';
import type { ReadSnapshot, SnapshotPlace, SurveyedSnapshot } from '../../model/survey.js';
import { type Scratch, TemporaryFile } from '../../storage/scratch.js';
import { mapConcurrently } from '../../support/concurrency.js';
import { Room } from '../../support/room.js';
import { type ContentCounts, scanReferences } from '../contents.js';
import { METADATA_NAME, placeOf } from '../layout.js';
import { Listing, type MetadataCandidate } from '../listing.js';
import { Readers } from '../readers.js';
import { DEFAULT_CONCURRENCY, readSnapshot, type SurveyOptions, type WatchMetadata } from '../take-survey.js';
import { FileStore } from './file-store.js';
import { addLatecomers } from './latecomers.js';
import { SnapshotSink } from './snapshot-sink.js';
import { Spool } from './spool.js';
import { type ReferenceCounts, UnlistedFiles } from './unlisted-files.js';

export interface FileSurveyOptions extends SurveyOptions {
  readonly scratch?: Scratch;
  /** Fills the listing in place of the stores themselves: an inventory. */
  readonly list?: (listing: Listing, readers: Readers) => Promise<void>;
  readonly watch?: WatchMetadata;
  /** Told of each snapshot that was read, with its references: the survey does not keep them. */
  readonly onSnapshot?: (snapshot: ReadSnapshot) => void;
}

/** How often snapshots may vanish before our eyes until we give up. */
const MOST_ROUNDS = 4;
const MISSING_BUDGET_BYTES = 16 * 1024 * 1024;
/** Of `_metadata` files that are held in memory at once, where they are not larger each. */
const METADATA_BUDGET_BYTES = 32 * 1024 * 1024;

/**
 * Surveys all that is at `locations`. A metadata that cannot be read or understood becomes an unreadable snapshot.
 * Throws the StorageError of a location that is absent or cannot be listed, and of a lack of room for temporary files.
 * The result must be closed.
 */
export async function surveyFiles(
  locations: readonly Location[],
  options: FileSurveyOptions,
): Promise<FileSurvey> {
  const scratch = options.scratch ?? new TemporaryFile();
  try {
    return await new SurveyRun(options, scratch).run(locations);
  } catch (thrown) {
    scratch.close();
    throw thrown;
  }
}

/** What is kept of a `_metadata`: its references are in the store. */
type Contents = ContentCounts & { readonly sink: SnapshotSink };

/** A number of the survey: a snapshot, or an attempt at one that came to nothing. */
interface Numbered {
  readonly counts: ReferenceCounts;
  snapshot: SurveyedSnapshot<ContentCounts> | null;
}

class SurveyRun {
  readonly #options: FileSurveyOptions;
  readonly #scratch: Scratch;
  readonly #store: FileStore;
  readonly #listing: Listing;
  readonly #readers: Readers;
  readonly #concurrency: number;
  readonly #metadataRoom = new Room(METADATA_BUDGET_BYTES);
  readonly #numbered: Numbered[] = [];
  readonly #problems: ReportedError[] = [];
  readonly #unlisted: UnlistedFiles;

  constructor(options: FileSurveyOptions, scratch: Scratch) {
    this.#options = options;
    this.#scratch = scratch;
    this.#store = new FileStore(scratch);
    this.#listing = new Listing(this.#store);
    this.#readers = new Readers(options.openReader);
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#unlisted = new UnlistedFiles(
      {
        readers: this.#readers,
        concurrency: this.#concurrency,
        countsOf: (snapshot) => this.#numbered[snapshot]!.counts,
        isInTrash: (snapshot) => isInTrash(this.#numbered[snapshot]!.snapshot!.place.directory),
      },
      () => new Spool(scratch, MISSING_BUDGET_BYTES),
    );
  }

  async run(locations: readonly Location[]): Promise<FileSurvey> {
    await this.#list(locations);
    await this.#readAll();
    const visitor = {
      counts: (snapshot: number) => this.#numbered[snapshot]!.snapshot !== null,
      wrongSize: (snapshot: number) => void this.#numbered[snapshot]!.counts.wrongSize++,
    };
    for (const unlisted of this.#store.join(visitor)) await this.#unlisted.add(unlisted);
    return this.#result();
  }

  async #list(locations: readonly Location[]): Promise<void> {
    if (this.#options.list !== undefined) return this.#options.list(this.#listing, this.#readers);
    for (const location of locations) await this.#listing.add(location, await this.#readers.of(location));
  }

  /** Reads every `_metadata`, and those that came while others vanished: what they name was listed under the old ones. */
  async #readAll(): Promise<void> {
    const done = new Set<string>();
    for (let round = 0; round < MOST_ROUNDS; round++) {
      await addLatecomers(this.#listing, { readers: this.#readers, concurrency: this.#concurrency });
      const candidates = this.#listing.metadata.filter(({ location }) => !done.has(canonicalKey(location)));
      for (const { location } of candidates) done.add(canonicalKey(location));
      const read = await mapConcurrently(candidates, this.#concurrency, (candidate) => this.#read(candidate));
      if (!read.includes('vanished')) return;
    }
    this.#problems.push({
      code: 'changing-too-fast',
      message: 'snapshots go on vanishing while they are read',
      where: null,
      next: 'run the command again when the job is quieter',
    });
  }

  async #read(candidate: MetadataCandidate): Promise<'read' | 'vanished'> {
    const { location, status } = candidate;
    const reader = await this.#readers.of(location);
    return this.#metadataRoom.within(status.sizeBytes, async () => {
      const snapshot = await readSnapshot(candidate, reader, (bytes, place) =>
        this.#scan(bytes, place, location),
      );
      if (snapshot === null) return 'vanished';
      if (baseName(location) !== METADATA_NAME) this.#store.nameMetadata(location);
      this.#note(snapshot);
      return 'read';
    });
  }

  /** Each layout that is tried has a number of its own: references under one that fails never count. */
  #scan(bytes: Uint8Array, place: SnapshotPlace, file: Location): Contents {
    const { rewrites = [], watch, onSnapshot } = this.#options;
    const all = onSnapshot !== undefined;
    return scanReferences(bytes, place, {
      rewrites,
      watch: watch && (() => watch(place, file)),
      makeSink: (paths) => {
        const number = this.#numbered.push({ counts: noCounts(), snapshot: null }) - 1;
        return new SnapshotSink(number, this.#store.referencesOf(number), { paths, all });
      },
    });
  }

  #note(snapshot: SurveyedSnapshot<Contents>): void {
    if (snapshot.state !== 'read') {
      this.#numbered.push({ counts: noCounts(), snapshot });
      return;
    }
    const { sink, ...contents } = snapshot.contents;
    const { references, operatorFiles } = sink.collected;
    const { unresolvable } = references;
    const numbered = this.#numbered[sink.number]!;
    numbered.snapshot = { ...snapshot, contents };
    for (let row = 0; row < unresolvable.count; row++)
      this.#noteUnresolvable(numbered.counts, unresolvable.path(row));
    this.#options.onSnapshot?.({ ...snapshot, contents: { ...contents, references, operatorFiles } });
  }

  #noteUnresolvable(counts: ReferenceCounts, path: string): void {
    this.#unlisted.addUnresolvable(path);
    counts.unverified++;
    counts.unverifiedBecause ??= `such as ${path}: not a location of a store that is known here`;
  }

  #result(): FileSurvey {
    const [store, unlisted, scratch] = [this.#store, this.#unlisted, this.#scratch];
    const read = this.#numbered.flatMap(({ snapshot, counts }) =>
      snapshot === null ? [] : [{ counts, snapshot: audited(snapshot, counts) }],
    );
    const snapshots = [...read.map(({ snapshot }) => snapshot), ...this.#incomplete()];
    return {
      roots: this.#listing.roots,
      snapshots,
      problems: [...this.#listing.problems, ...this.#problems, ...read.flatMap(unverifiedProblem)],
      missing: unlisted.missing,
      missingFiles: () => unlisted.missingFiles(),
      files: (options) => store.all(options),
      isNameOfUnresolved: (name) => unlisted.isNameOfUnresolved(name),
      job: (owner) => store.jobAt(owner),
      close: () => scratch.close(),
    };
  }

  #incomplete(): readonly AuditedSnapshot[] {
    return this.#listing.incomplete
      .filter((at) => !isInTrash(at))
      .map((at) => audited({ state: 'incomplete', place: placeOf(at) }, noCounts()));
  }
}

function noCounts(): ReferenceCounts {
  return { missing: 0, wrongSize: 0, unverified: 0, unverifiedBecause: null };
}

function audited(snapshot: SurveyedSnapshot<ContentCounts>, counts: ReferenceCounts): AuditedSnapshot {
  const { place, state } = snapshot;
  const read = state === 'read' ? snapshot.contents : null;
  const { missing, wrongSize, unverified } = counts;
  const condition = state !== 'read' ? state : missing + wrongSize > 0 ? 'broken' : 'complete';
  return {
    place,
    metadata: state === 'incomplete' ? null : snapshot.metadata,
    condition,
    kind: read?.kind ?? place.kind ?? 'savepoint',
    checkpointId: read?.checkpointId ?? place.checkpointId,
    inTrash: isInTrash(place.directory),
    usesChangelog: read?.usesChangelog ?? false,
    usesFileMerging: read?.usesFileMerging ?? false,
    missing,
    wrongSize,
    unverified,
    error: state === 'unreadable' ? reportError(snapshot.error) : null,
  };
}

/** One problem for each snapshot with references that nobody could look up. */
function unverifiedProblem({
  snapshot,
  counts: { unverified, unverifiedBecause },
}: {
  readonly snapshot: AuditedSnapshot;
  readonly counts: ReferenceCounts;
}): readonly ReportedError[] {
  if (unverified === 0) return [];
  const where = formatLocation(snapshot.place.directory);
  return [
    {
      code: 'references-not-verified',
      message: `${unverified} references of ${where} could not be looked up, ${unverifiedBecause}`,
      where,
      next: 'if the files were moved or are mounted elsewhere, say --rewrite FROM=TO',
    },
  ];
}
