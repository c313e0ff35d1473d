// Putting files aside, bringing them back, and removing them for good: one form for each kind of store. What a run put
// aside is named by a manifest (trash.ts); the steps and their order are those of whoever calls.
import type { Location } from '../model/location.js';
import type { PlannedDeletion } from '../model/plan.js';
import type { QuarantineForm } from '../model/trash.js';
import type { RemovalResult, StorageRemover } from '../storage/storage.js';
import { assertNever } from '../support/errors.js';
import { copiedFiles } from './copied-files.js';
import { hiddenFiles } from './hidden-files.js';
import { movedFiles } from './moved-files.js';

/** A file as the manifest names it. */
export interface TrashedFile extends PlannedDeletion {
  /** The version that is hidden; of the form `hidden` alone. */
  readonly version?: string | undefined;
}

/** What came of a file; `error` is null where it is as it should be. */
export interface Settled<F extends PlannedDeletion = PlannedDeletion> {
  readonly deletion: F;
  readonly error: Error | null;
}

/** What one run puts aside below one root. Each call may be made again after any kill, and answers for each file in order. */
export interface Quarantine {
  /** The files as the manifest is to name them, before any of them goes; one that is gone already is left out. */
  name(): Promise<readonly TrashedFile[]>;
  /** Makes ready for the first file to go; the manifest is written. */
  prepare(): Promise<void>;
  putAside(files: readonly PlannedDeletion[]): Promise<readonly Settled[]>;
  /** Never onto something else that is in the place of a file. */
  bringBack(files: readonly TrashedFile[]): Promise<readonly Settled<TrashedFile>[]>;
  /** Never what is in its place. */
  removeForGood(files: readonly TrashedFile[]): Promise<readonly RemovalResult[]>;
  /** Takes away what is left of the run in the trash beside its manifest, when every file is in place, or gone for good. */
  sweep(): Promise<void>;
}

/** Of which run, and which files below `home` it is about. */
export interface QuarantineScope {
  readonly runId: string;
  readonly home: Location;
  readonly files: readonly TrashedFile[];
  /** Where copies go; of the form `copied` alone. */
  readonly copiesTo: Location | null;
  readonly storage: StorageRemover;
}

/** How files of `home` are put aside: by copies where a place for them is given; null where its store can do it so only. */
export async function quarantineFormOf(
  home: Location,
  storage: StorageRemover,
  copiesTo: Location | null,
): Promise<QuarantineForm | null> {
  if (copiesTo !== null) return storage.capabilities.copy ? 'copied' : null;
  if (storage.capabilities.rename) return 'moved';
  const isHiding = storage.versions !== undefined && (await storage.removalLeaves?.(home)) === 'marker';
  return isHiding ? 'hidden' : null;
}

export function quarantine(form: QuarantineForm, scope: QuarantineScope): Quarantine {
  switch (form) {
    case 'moved':
      return movedFiles(scope);
    case 'hidden':
      return hiddenFiles(scope);
    case 'copied':
      return copiedFiles(scope, scope.copiesTo!);
    default:
      return assertNever(form, 'form of quarantine');
  }
}
