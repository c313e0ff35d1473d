// `ckpt diff`: two snapshots inspected and compared.
import { type Compared, diffSnapshots } from '../graph/diff.js';
import type { Location } from '../model/location.js';
import type { SnapshotDiff } from '../model/snapshot-diff.js';
import { localFilesOf } from '../survey/local-files.js';
import type { SurveyOptions } from '../survey/take-survey.js';
import { inspectSnapshot } from './inspect-snapshot.js';

/** What became of the snapshot at `a` in the one at `b`; throws as `inspectSnapshot` does. */
export async function diff(a: Location, b: Location, options: SurveyOptions): Promise<SnapshotDiff> {
  return diffSnapshots(await comparedAt(a, options), await comparedAt(b, options));
}

async function comparedAt(location: Location, options: SurveyOptions): Promise<Compared> {
  const { report, snapshot, document } = await inspectSnapshot(location, options);
  const paths = { directory: snapshot.place.directory, rewrites: options.rewrites ?? [] };
  return {
    report,
    files: snapshot.contents.references.files,
    localFiles: localFilesOf(await document(), paths),
  };
}
