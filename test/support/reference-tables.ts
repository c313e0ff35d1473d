// Tables of references made from values, as a survey would make them from a `_metadata`.
import { canonicalKey, formatLocation, type Location, parseUri } from '../../src/model/location.js';
import { LocationKey } from '../../src/model/location-key.js';
import { NO_DIRECTORY, type PathKeeper, ReferenceTable } from '../../src/model/reference-table.js';
import type { FileReference, ReferenceKind } from '../../src/model/references.js';
import type { Presence, Survey } from '../../src/model/survey.js';
import { type Fingerprint, newFingerprint } from '../../src/support/fingerprint.js';

/** Files as they are, each of its number of handles. */
export function tableOf(files: readonly FileReference[]): ReferenceTable {
  const paths = files.map(({ location }) => location);
  const table = new ReferenceTable(new Locations(paths));
  for (const [at, file] of files.entries()) {
    const { scope, sizeBytes, sizeRule, handles } = file;
    const kind = sizeRule === 'at-least' ? 'segment' : file.kind;
    const ofChanges = sizeRule === 'exact-or-one-more';
    const mentioned = { ...placed(paths[at]!, at, kind), scope, sizeBytes, ofChanges };
    for (let handle = 0; handle < handles; handle++) table.add(mentioned);
  }
  return table;
}

/** Paths that name no place, each once. */
export function unresolvableTable(...texts: readonly string[]): ReferenceTable {
  const key = new LocationKey();
  const table = new ReferenceTable({
    locationOf: () => null,
    textAt: (at) => texts[at]!,
    writeKey: ({ at }, into) => {
      into.clear();
      into.addText(texts[at]!);
    },
    writeUri: () => {},
    byteOf: () => 0,
    fingerprintInto: () => {},
  });
  for (const [at, text] of texts.entries()) {
    key.clear();
    key.addText(text);
    const fingerprint = newFingerprint();
    key.fingerprintInto(fingerprint);
    const place = { kind: 'file', at, directory: NO_DIRECTORY, fingerprint } as const;
    table.add({ ...place, scope: 'other', sizeBytes: 1n, ofChanges: false });
  }
  return table;
}

/** What a survey tells of the file at a location that one of its snapshots references. */
export function presenceAt({ snapshots, presenceOf }: Survey, location: Location): Presence {
  for (const snapshot of snapshots) {
    if (snapshot.state !== 'read') continue;
    const { files } = snapshot.contents.references;
    for (let row = 0; row < files.count; row++) {
      if (canonicalKey(files.location(row)) === canonicalKey(location)) return presenceOf(files, row);
    }
  }
  throw new Error(`nothing references ${canonicalKey(location)}`);
}

/** All files of a table by location. */
export function filesOf(table: ReferenceTable): readonly FileReference[] {
  return Array.from(table.inOrder(), (row) => table.file(row));
}

/** Where a path would be, with the fingerprint that is its own or a given one. */
export function placed(location: Location, at: number, kind: ReferenceKind = 'file') {
  const key = new LocationKey();
  key.setTo(location);
  const fingerprint = newFingerprint();
  key.fingerprintInto(fingerprint);
  return { kind, at, directory: NO_DIRECTORY, fingerprint };
}

/** Keeps locations in an array. */
export class Locations implements PathKeeper {
  readonly #locations: readonly Location[];

  constructor(locations: readonly Location[]) {
    this.#locations = locations;
  }

  locationOf({ at }: { readonly at: number }): Location {
    return this.#locations[at]!;
  }

  textAt(at: number): string {
    return canonicalKey(this.#locations[at]!);
  }

  writeKey({ at }: { readonly at: number }, into: LocationKey): void {
    into.setTo(this.#locations[at]!);
  }

  writeUri({ at }: { readonly at: number }, into: LocationKey): void {
    into.clear();
    into.addText(formatLocation(this.#locations[at]!));
  }

  byteOf(): number {
    return 0;
  }

  fingerprintInto({ at }: { readonly at: number }, into: Fingerprint): void {
    into.set(placed(this.#locations[at]!, at).fingerprint);
  }
}

/** The location of a URI of a store that is known. */
export function located(uri: string): Location {
  const location = parseUri(uri);
  if (location === null) throw new Error(`${uri} is no location`);
  return location;
}
