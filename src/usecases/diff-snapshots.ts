// `ckpt diff`: two snapshots inspected and compared.
import { type Compared, diffSnapshots } from '../graph/diff.js';
import type { Location } from '../model/location.js';
import type { SnapshotDiff } from '../model/snapshot-diff.js';
import { localFilesOf } from '../survey/local-files.js';
import type { SurveyOptions } from '../survey/take-survey.js';
import { type Inspection, inspectSnapshot } from './inspect-snapshot.js';

export interface DiffQuestion extends SurveyOptions {
  /** Whether the state files of both are read, for growth by the name of every state. */
  readonly withStates?: boolean;
}

/** What became of the snapshot at `a` in the one at `b`; throws as `inspectSnapshot` does. */
export async function diff(a: Location, b: Location, options: DiffQuestion): Promise<SnapshotDiff> {
  return diffSnapshots(await comparedAt(a, options), await comparedAt(b, options));
}

async function comparedAt(location: Location, options: DiffQuestion): Promise<Compared> {
  const inspection = await inspectSnapshot(location, options);
  const { report, snapshot, document } = inspection;
  const paths = { directory: snapshot.place.directory, rewrites: options.rewrites ?? [] };
  return {
    report,
    files: snapshot.contents.references.files,
    localFiles: localFilesOf(await document(), paths),
    states: options.withStates ? await statesIn(inspection, options) : null,
  };
}

async function statesIn(inspection: Inspection, options: DiffQuestion) {
  const { statesOf } = await import('./read-state.js');
  return statesOf(inspection, inspection.report.operators, options);
}
