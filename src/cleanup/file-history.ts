// What became of files that a run hid: from the versions that the store keeps of each.
import { canonicalKey, type Location, parseUri } from '../model/location.js';
import type { FileVersion, StoredVersions } from '../storage/storage.js';
import type { TrashedFile } from './quarantine.js';

/** Each from the newest to the oldest. */
export interface FileHistory {
  readonly contents: readonly FileVersion[];
  readonly markers: readonly FileVersion[];
}

/**
 * `in-sight`: it is what is read at its place. `hidden`: nothing but `markers` is newer. `covered`: other content came to
 * its place later. `gone`: its version is no more.
 */
export type FileState =
  | { readonly kind: 'in-sight' | 'covered' | 'gone' }
  | { readonly kind: 'hidden'; readonly markers: readonly FileVersion[] };

/** Those of `files`, by canonical key; a file that the store knows nothing of is not among them. */
export async function historiesOf(
  files: readonly TrashedFile[],
  home: Location,
  versions: StoredVersions,
): Promise<ReadonlyMap<string, FileHistory>> {
  const wanted = new Set(files.map(keyOf));
  const found = new Map<string, { readonly contents: FileVersion[]; readonly markers: FileVersion[] }>();
  for await (const batch of versions.list(home)) {
    for (const version of batch) {
      const key = canonicalKey({ ...home, path: version.path });
      if (!wanted.has(key)) continue;
      const history = found.get(key) ?? { contents: [], markers: [] };
      found.set(key, history);
      (version.isMarker ? history.markers : history.contents).push(version);
    }
  }
  return found;
}

/** Paths may spell the store in several ways. */
export function keyOf({ path }: { readonly path: string }): string {
  return canonicalKey(parseUri(path)!);
}

export function stateOf({ version }: TrashedFile, history: FileHistory | undefined): FileState {
  const { contents, markers } = history ?? { contents: [], markers: [] };
  const ours = contents.find(({ versionId }) => versionId === version);
  if (ours === undefined) return { kind: 'gone' };
  if (ours.isLatest) return { kind: 'in-sight' };
  if (contents[0] !== ours) return { kind: 'covered' };
  return { kind: 'hidden', markers: markers.filter((marker) => !isOlder(marker, ours)) };
}

function isOlder({ modifiedMs }: FileVersion, than: FileVersion): boolean {
  return modifiedMs !== null && than.modifiedMs !== null && modifiedMs < than.modifiedMs;
}
