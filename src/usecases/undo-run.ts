// `ckpt undo`: what a run put aside goes back to its place, data first and each `_metadata` when all that it needs is there;
// then the snapshots below the roots are looked at.
import { homesOf } from '../cleanup/homes.js';
import { Journal, journalsOf } from '../cleanup/journal.js';
import { runsInTrash } from '../cleanup/trash.js';
import { type Undone, type UndoOptions, undoRun } from '../cleanup/undo.js';
import { wouldRestore } from '../model/file-survey.js';
import { formatLocation, type Location } from '../model/location.js';
import type { Rewrite } from '../model/rewrite.js';
import type { UndoReport } from '../model/trash.js';
import type { OpenReader } from '../storage/open.js';
import { UsageError } from '../support/errors.js';
import { surveyFiles } from '../survey/files/survey-files.js';
import { rootsOf } from './surroundings.js';

export interface UndoWorld extends UndoOptions {
  readonly openReader: OpenReader;
  readonly concurrency: number;
  readonly rewrites: readonly Rewrite[];
}

/** Brings back what the run `runId` put aside below `locations`. Throws a UsageError where it is known at none of them. */
export async function undo(
  runId: string,
  locations: readonly Location[],
  world: UndoWorld,
): Promise<UndoReport> {
  const homes = homesOf(await rootsOf(locations, world.openReader));
  await requireKnown(runId, homes, world);
  const undone: Undone[] = [];
  for (const home of homes) undone.push(await undoRun(runId, home, world));
  const snapshots = undone.flatMap((one) => one.snapshots).sort();
  return {
    runId,
    roots: homes.map(formatLocation),
    restored: undone.reduce((sum, { restored }) => sum + restored, 0),
    failed: undone.flatMap(({ failed }) => failed),
    snapshots,
    ...(await verify(homes, new Set(snapshots), world)),
  };
}

async function requireKnown(runId: string, homes: readonly Location[], world: UndoWorld): Promise<void> {
  for (const home of homes) {
    const storage = await world.openRemover(home);
    if ((await runsInTrash(home, storage)).includes(runId)) return;
    if (await new Journal(journalsOf(home), runId, storage).isKnown()) return;
  }
  const where = homes.map(formatLocation).join(' and ');
  throw new UsageError(`nothing at ${where} was put aside by a run ${runId}`, {
    where: runId,
    next: 'ckpt trash list LOCATION tells the runs, where LOCATION is what was cleaned',
  });
}

async function verify(
  homes: readonly Location[],
  back: ReadonlySet<string>,
  { openReader, concurrency, rewrites }: UndoWorld,
): Promise<Pick<UndoReport, 'verified' | 'damaged'>> {
  const survey = await surveyFiles(homes, { openReader, concurrency, rewrites });
  try {
    const inPlace = survey.snapshots.filter(({ inTrash }) => !inTrash);
    const broken = inPlace.filter((snapshot) => !wouldRestore(snapshot));
    return {
      verified: inPlace.length - broken.length,
      damaged: broken.map(({ place }) => formatLocation(place.directory)).filter((path) => back.has(path)),
    };
  } finally {
    survey.close();
  }
}
