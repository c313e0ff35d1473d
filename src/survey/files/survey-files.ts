// A survey for millions of files: listed first, then every `_metadata` read, then both brought together. In this order a
// checkpoint that completes meanwhile can only save files, never make one look unneeded. What is held in memory grows
// with snapshots, directories and jobs, and by a few bytes with files.
import type { MetadataVisitor } from '../../format/metadata/read.js';
import type { AuditedSnapshot, FileSurvey } from '../../model/file-survey.js';
import { baseName, canonicalKey, formatLocation, type Location } from '../../model/location.js';
import { isInTrash } from '../../model/own-places.js';
import { noReferences } from '../../model/reference-table.js';
import { type ReportedError, reportError } from '../../model/snapshot.js';
import type { ReadSnapshot, SurveyedSnapshot } from '../../model/survey.js';
import { type Scratch, TemporaryFile } from '../../storage/scratch.js';
import { mapConcurrently } from '../../support/concurrency.js';
import { METADATA_NAME, placeOf } from '../layout.js';
import { Listing, type MetadataCandidate } from '../listing.js';
import { Readers } from '../readers.js';
import { DEFAULT_CONCURRENCY, readSnapshot, type SurveyOptions, type WatchMetadata } from '../take-survey.js';
import { FileStore } from './file-store.js';
import { addLatecomers } from './latecomers.js';
import { Spool } from './spool.js';
import { TraceVisitor } from './traces.js';
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

/** A snapshot on its way: its references are in the store already. */
interface Noted {
  readonly snapshot: SurveyedSnapshot;
  readonly usesChangelog: boolean;
  readonly usesFileMerging: boolean;
}

class SurveyRun {
  readonly #options: FileSurveyOptions;
  readonly #scratch: Scratch;
  readonly #store: FileStore;
  readonly #listing: Listing;
  readonly #readers: Readers;
  readonly #concurrency: number;
  readonly #noted: Noted[] = [];
  readonly #counts: ReferenceCounts[] = [];
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
        counts: this.#counts,
        isInTrash: (snapshot) => isInTrash(this.#noted[snapshot]!.snapshot.place.directory),
      },
      () => new Spool(scratch, MISSING_BUDGET_BYTES),
    );
  }

  async run(locations: readonly Location[]): Promise<FileSurvey> {
    await this.#list(locations);
    await this.#readAll();
    const visitor = { wrongSize: (snapshot: number) => void this.#counts[snapshot]!.wrongSize++ };
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
    const { location } = candidate;
    const { rewrites = [], watch: alsoWatch } = this.#options;
    let traces = new TraceVisitor(rewrites);
    const watch: WatchMetadata = (place, file) => {
      traces = new TraceVisitor(rewrites);
      return alsoWatch === undefined ? traces : tellBoth(traces, alsoWatch(place, file));
    };
    const reader = await this.#readers.of(location);
    const snapshot = await readSnapshot(candidate, { reader, rewrites, watch });
    if (snapshot === null) return 'vanished';
    if (baseName(location) !== METADATA_NAME) this.#store.nameMetadata(location);
    this.#note(snapshot, traces);
    return 'read';
  }

  #note(snapshot: SurveyedSnapshot, traces: TraceVisitor): void {
    const { usesChangelog, usesFileMerging } = traces;
    const index = this.#counts.push({ missing: 0, wrongSize: 0, unverified: 0, unverifiedBecause: null }) - 1;
    if (snapshot.state !== 'read') {
      this.#noted.push({ snapshot, usesChangelog, usesFileMerging });
      return;
    }
    this.#options.onSnapshot?.(snapshot);
    const { files, unresolvable } = snapshot.contents.references;
    for (let row = 0; row < files.count; row++) {
      const sizeBytes = Number(files.sizeBytes(row));
      const location = files.location(row);
      this.#store.reference({ location, snapshot: index, rule: files.sizeRule(row), sizeBytes });
    }
    for (const { location, startByte, endByte } of traces.segments)
      this.#store.reference({ location, snapshot: index, rule: 'segment', sizeBytes: endByte, startByte });
    for (let row = 0; row < unresolvable.count; row++) this.#noteUnresolvable(index, unresolvable.path(row));
    // The references are in the store; holding them here would fill the memory.
    const contents = { ...snapshot.contents, references: noReferences() };
    this.#noted.push({ snapshot: { ...snapshot, contents }, usesChangelog, usesFileMerging });
  }

  #noteUnresolvable(index: number, path: string): void {
    this.#unlisted.addUnresolvable(path);
    const counts = this.#counts[index]!;
    counts.unverified++;
    counts.unverifiedBecause ??= `such as ${path}: not a location of a store that is known here`;
  }

  #result(): FileSurvey {
    const [store, unlisted, scratch] = [this.#store, this.#unlisted, this.#scratch];
    const read = this.#noted.map((noted, index) => audited(noted, this.#counts[index]!));
    const snapshots = [...read, ...this.#incomplete()];
    return {
      roots: this.#listing.roots,
      snapshots,
      problems: [
        ...this.#listing.problems,
        ...this.#problems,
        ...this.#counts.flatMap(unverifiedProblem(read)),
      ],
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
      .map((at) =>
        audited(
          {
            snapshot: { state: 'incomplete', place: placeOf(at) },
            usesChangelog: false,
            usesFileMerging: false,
          },
          { missing: 0, wrongSize: 0, unverified: 0, unverifiedBecause: null },
        ),
      );
  }
}

function tellBoth(first: MetadataVisitor, second: MetadataVisitor): MetadataVisitor {
  return {
    header: (header) => {
      first.header(header);
      second.header(header);
    },
    operator: (head) => {
      first.operator(head);
      second.operator(head);
    },
    subtask: (subtask) => {
      first.subtask(subtask);
      second.subtask(subtask);
    },
    end: (properties) => {
      first.end(properties);
      second.end(properties);
    },
  };
}

function audited({ snapshot, ...uses }: Noted, counts: ReferenceCounts): AuditedSnapshot {
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
    ...uses,
    missing,
    wrongSize,
    unverified,
    error: state === 'unreadable' ? reportError(snapshot.error) : null,
  };
}

/** One problem for each snapshot with references that nobody could look up. */
function unverifiedProblem(snapshots: readonly AuditedSnapshot[]) {
  return ({ unverified, unverifiedBecause }: ReferenceCounts, index: number): readonly ReportedError[] => {
    if (unverified === 0) return [];
    const where = formatLocation(snapshots[index]!.place.directory);
    return [
      {
        code: 'references-not-verified',
        message: `${unverified} references of ${where} could not be looked up, ${unverifiedBecause}`,
        where,
        next: 'if the files were moved or are mounted elsewhere, say --rewrite FROM=TO',
      },
    ];
  };
}
