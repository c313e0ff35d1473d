// Uploads in parts that are open below the roots of a survey: each is shown as the file that it would become, which no
// snapshot can need yet, so that the rules for files say whether it may be given up.
import type { FileSurvey, SurveyedFile } from '../../model/file-survey.js';
import { baseName, canonicalKey, type Location, parent } from '../../model/location.js';
import { type ReportedError, reportError } from '../../model/snapshot.js';
import type { OpenReader } from '../../storage/open.js';
import { StorageError } from '../../support/errors.js';
import { directoryPlaceOf, roleOf } from '../file-place.js';

export interface SurveyedUpload {
  readonly file: SurveyedFile;
  readonly uploadId: string;
}

/** Each once. Where a server does not tell all of them (SeaweedFS, MinIO), those that it does not tell stay. */
export async function openUploads(
  roots: readonly Location[],
  survey: Pick<FileSurvey, 'job'>,
  openReader: OpenReader,
): Promise<readonly SurveyedUpload[]> {
  const found = new Map<string, SurveyedUpload>();
  for (const root of roots) {
    const reader = await openReader(root);
    const { uploads } = (await reader.listUploads?.(root)) ?? { uploads: [] };
    for (const { path, uploadId, initiatedMs } of uploads) {
      const file = fileOf({ ...root, path }, initiatedMs, survey);
      found.set(`${canonicalKey(file.location)} ${uploadId}`, { file, uploadId });
    }
  }
  return [...found.values()];
}

/** The same for a plan, which does without where the store will not tell: what is not known is not given up. */
export async function uploadsForPlan(
  roots: readonly Location[],
  survey: Pick<FileSurvey, 'job'>,
  openReader: OpenReader,
): Promise<{
  readonly uploads: readonly SurveyedUpload[];
  readonly uploadProblems: readonly ReportedError[];
}> {
  try {
    return { uploads: await openUploads(roots, survey, openReader), uploadProblems: [] };
  } catch (thrown) {
    if (!(thrown instanceof StorageError) || thrown.retryable) throw thrown;
    const message = `open uploads are not told of, and stay: ${thrown.message}`;
    const problem = { ...reportError(thrown), code: 'uploads-not-listed', message };
    return { uploads: [], uploadProblems: [problem] };
  }
}

/**
 * Nothing is listed of its directory: that counts as young as the newest file of the job. What is not there yet is no
 * second name of what is.
 */
function fileOf(
  location: Location,
  initiatedMs: number | null,
  survey: Pick<FileSurvey, 'job'>,
): SurveyedFile {
  const { owner, jobId, snapshotDirectory, ...place } = directoryPlaceOf(parent(location));
  const role = roleOf(baseName(location), { owner, jobId, snapshotDirectory, ...place });
  const newestFileMs = Math.max(survey.job(owner).newestFileMs, initiatedMs ?? 0);
  return {
    location,
    sizeBytes: 0,
    modifiedMs: initiatedMs,
    role: role === 'metadata' ? 'metadata-in-progress' : role,
    isOwn: role === 'trash',
    isMetadata: false,
    snapshots: 0,
    liveBytes: null,
    linked: false,
    directory: { jobId, owner, snapshotDirectory, newestFileMs, holdsReferenced: false },
    isNamesake: false,
  };
}
