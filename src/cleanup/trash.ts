// What a run put aside below a root, and the paper that says what it was. Emptying has the order of deletion: `_metadata`
// first. Only what the paper names is touched; a snapshot in the trash keeps what it references until then.
import { z } from 'zod';
import type { Leftover, RunRecord } from '../model/cleanup-run.js';
import {
  baseName,
  child,
  formatLocation,
  isWithin,
  type Location,
  parent,
  parseUri,
} from '../model/location.js';
import { TRASH_NAME, trashOf } from '../model/own-places.js';
import { freedBytes, isFile, type PlannedDeletion } from '../model/plan.js';
import type { StorageReader, StorageRemover } from '../storage/storage.js';
import { RefusalError, StorageError } from '../support/errors.js';
import { batchesOf } from './order.js';
import { removeIfEmpty, textAt } from './own-files.js';
import { plannedDeletion } from './plan-document.js';
import {
  type Quarantine,
  type QuarantineScope,
  quarantine,
  quarantineFormOf,
  type TrashedFile,
} from './quarantine.js';
import { requireQuarantine } from './requirements.js';

const MANIFEST_NAME = 'manifest.json';

const manifestDocument = z.object({
  runId: z.string(),
  planId: z.string(),
  startedAt: z.iso.datetime(),
  /** The directory that holds the journal of the run. */
  journals: z.string(),
  form: z.enum(['moved', 'hidden', 'copied']).default('moved'),
  /** Where the copies are, of the form `copied`. */
  copiesTo: z.string().nullable().default(null),
  files: z.array(plannedDeletion.extend({ version: z.string().optional() })),
  references: z.array(z.strictObject({ snapshot: z.string(), files: z.array(z.string()) })),
});

/** What one run put aside, or was about to, below one root. */
export type Manifest = Readonly<z.output<typeof manifestDocument>>;

export interface TrashPlaces {
  readonly home: Location;
  readonly journals: Location;
  /** Where copies go, if files are to be copied. */
  readonly copiesTo: Location | null;
}

/** Writes down what `record` puts aside below `home`, and makes ready for it; before the first file goes. */
export async function beginTrash(
  record: RunRecord,
  { home, journals, copiesTo }: TrashPlaces,
  storage: StorageRemover,
): Promise<void> {
  const { runId, startedAt, plan, references } = record;
  const form = requireQuarantine(await quarantineFormOf(home, storage, copiesTo), home, copiesTo);
  const aside = quarantine(form, { runId, home, files: filesBelow(home, record), copiesTo, storage });
  const manifest = manifestDocument.parse({
    runId,
    planId: plan.planId,
    startedAt,
    journals: formatLocation(journals),
    form,
    copiesTo: copiesTo && formatLocation(copiesTo),
    files: await aside.name(),
    references,
  });
  const trash = trashOf(home, runId);
  await storage.makeDirectory(trash);
  await storage.put(child(trash, MANIFEST_NAME), Buffer.from(`${JSON.stringify(manifest)}\n`));
  await aside.prepare();
}

/** What of a run goes below `home`, or has gone. */
export function filesBelow(home: Location, { plan, skipped }: RunRecord): readonly PlannedDeletion[] {
  const left = new Set(skipped.map(({ path }) => path));
  return plan.deletions.filter(
    (deletion) => isFile(deletion) && !left.has(deletion.path) && isWithin(parseUri(deletion.path)!, home),
  );
}

/** Null where there is none. Throws a RefusalError where it cannot be understood, or names what is not below `home`. */
export async function readManifest(
  home: Location,
  runId: string,
  storage: StorageReader,
): Promise<Manifest | null> {
  const at = child(trashOf(home, runId), MANIFEST_NAME);
  const text = await textAt(at, storage);
  if (text === null) return null;
  try {
    const manifest = manifestDocument.parse(JSON.parse(text));
    const stray = manifest.files.find(({ path }) => !isWithin(parseUri(path)!, home));
    if (stray !== undefined) throw new Error(`${stray.path} is not below the root`);
    return manifest;
  } catch (cause) {
    throw new RefusalError('manifest-unreadable', 'what says what is in the trash cannot be understood', {
      where: formatLocation(at),
      next: 'nothing was changed; look at the files in the trash, and move them by hand',
      cause,
    });
  }
}

/** Names of the runs that put something aside below `home`, in order. */
export async function runsInTrash(home: Location, storage: StorageReader): Promise<readonly string[]> {
  try {
    const entries = await storage.listDirectory(child(home, TRASH_NAME));
    return entries.map(({ path }) => baseName({ ...home, path }));
  } catch (thrown) {
    if (thrown instanceof StorageError && thrown.kind === 'not-found') return [];
    throw thrown;
  }
}

/** What came of emptying the trash. Files and bytes are those that this call removed. */
export interface Emptied {
  readonly files: number;
  readonly bytes: number;
  readonly failed: readonly Leftover[];
}

/** Removes for good what the run `runId` put aside below `home`. Call it again after any kill. */
export async function emptyTrash(
  runId: string,
  home: Location,
  storage: StorageRemover,
  beforeBatch: () => Promise<void> = async () => {},
): Promise<Emptied> {
  const manifest = await readManifest(home, runId, storage);
  const files = manifest?.files ?? [];
  const aside = quarantineOf(manifest, { runId, home, storage });
  const failed: Leftover[] = [];
  const removed: TrashedFile[] = [];
  for (const { stage, deletions } of batchesOf(files)) {
    if (stage !== 'metadata' && failed.length > 0) break;
    await beforeBatch();
    for (const [index, { outcome, error }] of (await aside.removeForGood(deletions)).entries()) {
      const file = deletions[index]!;
      if (outcome === 'removed') removed.push(file);
      if (outcome === 'failed') failed.push({ path: file.path, reason: error!.message });
    }
  }
  if (failed.length === 0) await closeTrash(runId, home, { aside, storage });
  return { files: removed.length, bytes: removed.reduce((sum, file) => sum + freedBytes(file), 0), failed };
}

/** What a run put aside, as its manifest has it; nothing where there is none. */
export function quarantineOf(
  manifest: Manifest | null,
  place: Pick<QuarantineScope, 'runId' | 'home' | 'storage'>,
): Quarantine {
  const { files, form, copiesTo } = manifest ?? { files: [], form: 'moved', copiesTo: null };
  return quarantine(form, { ...place, files, copiesTo: copiesTo === null ? null : parseUri(copiesTo) });
}

/** Takes away all that a run has left in the trash, its manifest at last, and the trash itself where nothing else is in it. */
export async function closeTrash(
  runId: string,
  home: Location,
  { aside, storage }: { readonly aside: Quarantine | null; readonly storage: StorageRemover },
): Promise<void> {
  const trash = trashOf(home, runId);
  await aside?.sweep();
  await storage.remove([child(trash, MANIFEST_NAME)]);
  await removeIfEmpty(trash, storage);
  await removeIfEmpty(parent(trash), storage);
}
