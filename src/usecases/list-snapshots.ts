// `ckpt list`: survey, graph, and a row per snapshot.
import { buildGraph, type ReadNode, type SnapshotNode } from '../graph/graph.js';
import { outsideFiles } from '../graph/outside-files.js';
import { baseName, formatLocation, type Location } from '../model/location.js';
import type { ReferenceTable } from '../model/reference-table.js';
import { type ReportedError, reportError } from '../model/snapshot.js';
import type { SnapshotList, SnapshotRow } from '../model/snapshot-list.js';
import type { MetadataFile, SnapshotPlace } from '../model/survey.js';
import { timeText } from '../support/time-text.js';
import { jobOf, METADATA_NAME } from '../survey/layout.js';
import { type SurveyOptions, takeSurvey } from '../survey/take-survey.js';

/** All snapshots at `locations`; throws as `takeSurvey` does. */
export async function listSnapshots(
  locations: readonly Location[],
  options: SurveyOptions,
): Promise<SnapshotList> {
  const survey = await takeSurvey(locations, options);
  const nodes = buildGraph(survey);
  return {
    roots: survey.roots.map(({ location, takenFor }) => ({ path: formatLocation(location), takenFor })),
    snapshots: nodes.map(rowOf).sort(byJobIdAndPath),
    problems: [
      ...survey.problems,
      ...nodes.flatMap(unverifiedReferences),
      ...outsideFiles(nodes, survey.roots),
    ],
  };
}

/** The absolute URI that stands for a snapshot in all output. */
export function pathOf(place: SnapshotPlace, metadata: MetadataFile | null): string {
  const named = metadata !== null && baseName(metadata.location) !== METADATA_NAME;
  return formatLocation(named ? metadata.location : place.directory);
}

const UNKNOWN_CONTENTS = {
  fullBytes: null,
  addedBytes: null,
  files: null,
  missing: null,
  restorable: false,
  wrongSize: null,
  unverified: null,
  predecessor: null,
  foreignFiles: null,
} as const;

/** What a list says of a snapshot. */
export function rowOf(node: SnapshotNode): SnapshotRow {
  const { snapshot, condition } = node;
  const { place } = snapshot;
  const metadata = snapshot.state === 'incomplete' ? null : snapshot.metadata;
  return {
    path: pathOf(place, metadata),
    job: place.jobId,
    id: place.checkpointId,
    kind: place.kind ?? 'savepoint',
    condition,
    time: metadata && timeText(metadata.modifiedMs),
    metadataBytes: metadata?.sizeBytes ?? null,
    jobName: null,
    jobPrefix: place.jobPrefix,
    error: snapshot.state === 'unreadable' ? reportError(snapshot.error) : null,
    ...('resolution' in node ? contentFields(node) : UNKNOWN_CONTENTS),
  };
}

function contentFields({ snapshot, restorable, resolution, predecessor, growth }: ReadNode) {
  const { contents, place } = snapshot;
  const { files } = contents.references;
  const onTop = predecessor === null ? contents.stateBytes : growth.newFileBytes + contents.inlineBytes;
  return {
    id: contents.checkpointId,
    kind: contents.kind,
    fullBytes: contents.stateBytes,
    addedBytes: contents.checkpointedBytes ?? onTop,
    files: files.count,
    missing: resolution.missing,
    restorable,
    wrongSize: resolution.wrongSize,
    unverified: resolution.unverified,
    predecessor: predecessor?.contents.checkpointId ?? null,
    foreignFiles: countForeign(files, place),
  };
}

/** Files in the directory of another job than the snapshot's. */
function countForeign(files: ReferenceTable, { jobId }: SnapshotPlace): number {
  if (jobId === null) return 0;
  let count = 0;
  for (const { directory, files: within } of files.parents()) {
    const job = jobOf(directory);
    if (job !== null && job !== jobId) count += within;
  }
  return count;
}

/** One problem for each snapshot with references that nobody could look up. */
function unverifiedReferences(node: SnapshotNode): readonly ReportedError[] {
  if (!('resolution' in node)) return [];
  const [first] = node.resolution.unverifiedReferences;
  if (first === undefined) return [];
  const where = formatLocation(node.snapshot.place.directory);
  return [
    {
      code: 'references-not-verified',
      message: `${node.resolution.unverified} references of ${where} could not be looked up, such as ${first.path}: ${first.reason}`,
      where,
      next: 'if the files were moved or are mounted elsewhere, say --rewrite FROM=TO',
    },
  ];
}

/** What lists are sorted by. */
type ListOrder = Pick<SnapshotRow, 'job' | 'id' | 'path'>;

/** Those without a job last; then by checkpoint id, those without one last; then by path. */
export function byJobIdAndPath(a: ListOrder, b: ListOrder): number {
  return (
    compareWithNullLast(a.job, b.job) ||
    compareWithNullLast(a.id, b.id) ||
    compareWithNullLast(a.path, b.path)
  );
}

function compareWithNullLast<T extends string | bigint>(a: T | null, b: T | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}
