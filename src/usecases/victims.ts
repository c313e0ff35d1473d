// What a plan names, found by what a survey tells of: paths in a plan may spell the store otherwise than a listing or a
// `_metadata` does.
import { homesOf } from '../cleanup/homes.js';
import { canonicalKey, isWithin, type Location, parseUri, STORE_OF_SCHEME } from '../model/location.js';
import { trashOf } from '../model/own-places.js';
import { isFile, type Plan, type PlannedDeletion } from '../model/plan.js';
import type { ReadSnapshot } from '../model/survey.js';
import type { ListingBatch } from '../storage/storage.js';

/** The files of a plan, by number, and what was noted of them while a survey passed by. */
export class Victims {
  readonly #files: readonly PlannedDeletion[];
  /** By canonical key. */
  readonly #numbers = new Map<string, number>();
  readonly #trashes: readonly { readonly home: Location; readonly trash: Location }[];
  readonly #etags = new Map<number, string>();
  /** By the key of the `_metadata` that references them. */
  readonly #references = new Map<string, ReadonlySet<string>>();

  constructor({ deletions, roots }: Plan, runId: string) {
    this.#files = deletions.filter(isFile);
    for (const [number, { path }] of this.#files.entries()) this.#numbers.set(keyOf(path), number);
    this.#trashes = homesOf(roots.map((root) => parseUri(root)!)).map((home) => ({
      home,
      trash: trashOf(home, runId),
    }));
  }

  /** Numbers are less. */
  get count(): number {
    return this.#files.length;
  }

  file(number: number): PlannedDeletion {
    return this.#files[number]!;
  }

  /** The number of the file at `location`; undefined where the plan names no such file. */
  numberAt(location: Location): number | undefined {
    return this.#numbers.get(canonicalKey(location));
  }

  /** The same for a path as the plan has it. */
  numberOf(path: string): number | undefined {
    return this.#numbers.get(path) ?? this.#numbers.get(keyOf(path));
  }

  /** Null where the store told none, or the plan does not ask for it. */
  etagOf(number: number): string | null {
    return this.#etags.get(number) ?? null;
  }

  /** Files of the plan that the `_metadata` of a snapshot which is to go references; undefined where it was not read. */
  referencesOf(metadata: Location): ReadonlySet<string> | undefined {
    return this.#references.get(canonicalKey(metadata));
  }

  noteListed(root: Location, { entries }: ListingBatch): void {
    for (const { path, etag } of entries) {
      const number = etag === null ? undefined : this.numberAt({ ...root, path });
      if (number !== undefined && this.file(number).etag !== undefined) this.#etags.set(number, etag!);
    }
  }

  noteSnapshot({ metadata, contents }: ReadSnapshot): void {
    if (this.plannedFor(metadata.location) === undefined) return;
    const { files } = contents.references;
    const known = new Set<string>();
    this.#references.set(canonicalKey(metadata.location), known);
    for (let row = 0; row < files.count; row++) {
      const number = this.numberAt(files.location(row));
      if (number !== undefined) known.add(this.file(number).path);
    }
  }

  /** The snapshot of the plan whose `_metadata` is at `location`, where it was or in the trash of this run. */
  plannedFor(location: Location): string | undefined {
    const inPlace = this.#trashes.find(({ trash }) => isWithin(location, trash));
    const at =
      inPlace === undefined
        ? location
        : { ...location, path: `${inPlace.home.path}${location.path.slice(inPlace.trash.path.length)}` };
    const number = this.numberAt(at);
    const file = number === undefined ? undefined : this.file(number);
    return file?.kind === 'metadata' ? file.snapshot : undefined;
  }
}

/** The canonical key of a path of a plan, which is written in the one way that names it; mostly it is that very text. */
function keyOf(path: string): string {
  const colon = path.indexOf(':');
  const scheme = path.slice(0, colon);
  const store = STORE_OF_SCHEME[scheme]!;
  return store === scheme ? path : store + path.slice(colon);
}
