// `ckpt inspect`: find the snapshot meant, and report what one pass over its `_metadata` tells.
import { readMetadata } from '../format/metadata/read.js';
import { directoryRows, fileRows, wrongSizeRows } from '../graph/file-rows.js';
import { buildGraph, type ReadNode, type SnapshotNode } from '../graph/graph.js';
import type { Outcome, Resolution } from '../graph/resolve.js';
import { canonicalKey, formatLocation, type Location, parent } from '../model/location.js';
import type { Metadata } from '../model/metadata.js';
import type { ReferenceTable } from '../model/reference-table.js';
import { REFERENCE_SCOPES, type References } from '../model/references.js';
import { rowsOf } from '../model/rows.js';
import type { ScopeTotal, SnapshotReport } from '../model/snapshot-report.js';
import type { ReadSnapshot, SnapshotPlace, Survey, SurveyedSnapshot } from '../model/survey.js';
import { BugError, UsageError } from '../support/errors.js';
import { timeText } from '../support/time-text.js';
import { SnapshotScan, type ToldByMetadata } from '../survey/snapshot-scan.js';
import { type SurveyOptions, takeSurvey } from '../survey/take-survey.js';
import { pathOf } from './list-snapshots.js';

export type { SurveyOptions };

/** A snapshot's report, and what it is about. */
export interface Inspection {
  readonly report: SnapshotReport;
  readonly snapshot: ReadSnapshot;
  readonly resolution: Resolution;
  /** Reads the `_metadata` again, whole. */
  readonly document: () => Promise<Metadata>;
}

/**
 * Inspects the snapshot at `location`; of a directory that holds several, the newest. Throws the error of a `_metadata`
 * that cannot be read, and a UsageError where there is none.
 */
export async function inspectSnapshot(location: Location, options: SurveyOptions): Promise<Inspection> {
  const { openReader } = options;
  const scans = new Map<string, SnapshotScan>();
  const watch = (_: SnapshotPlace, file: Location) => {
    const scan = new SnapshotScan();
    scans.set(canonicalKey(file), scan);
    return scan;
  };
  const survey = await takeSurvey([location], { ...options, watch });
  const node = newestOf(survey, location);
  const file = node.snapshot.metadata.location;
  const scan = scans.get(canonicalKey(file));
  if (scan === undefined) throw new BugError(`${formatLocation(file)} was read and not scanned`);
  return {
    report: reportOf(node, scan.told(), survey),
    snapshot: node.snapshot,
    resolution: node.resolution,
    document: async () => readMetadata(await (await openReader(file)).read(file)),
  };
}

/** The snapshot that `location` is; else in each directory of checkpoints the highest id, of those the last written. */
function newestOf(survey: Survey, location: Location): ReadNode {
  const nodes = buildGraph(survey).filter(({ snapshot }) => isMeant(survey, snapshot, location));
  const highest = new Map<string, ReadNode>();
  for (const node of nodes) {
    if (!('resolution' in node)) continue;
    const { contents, place } = node.snapshot;
    const group = canonicalKey(contents.kind === 'checkpoint' ? parent(place.directory) : place.directory);
    const known = highest.get(group);
    if (known === undefined || known.snapshot.contents.checkpointId < contents.checkpointId) {
      highest.set(group, node);
    }
  }
  const [newest] = [...highest.values()].sort((a, b) => writtenMs(b) - writtenMs(a));
  if (newest !== undefined) return newest;
  for (const { snapshot } of nodes) if (snapshot.state === 'unreadable') throw snapshot.error;
  throw nothingToInspect(nodes, location);
}

/** Where one snapshot was named, what lies below it is not meant. */
function isMeant({ roots }: Survey, { place }: SurveyedSnapshot, location: Location): boolean {
  return roots[0]?.takenFor !== 'snapshot' || canonicalKey(place.directory) === canonicalKey(location);
}

function writtenMs({ snapshot }: ReadNode): number {
  return snapshot.metadata.modifiedMs ?? 0;
}

function nothingToInspect(nodes: readonly SnapshotNode[], location: Location): UsageError {
  const where = formatLocation(location);
  const message =
    nodes.length > 0
      ? `${where} holds no _metadata: the snapshot was never completed, or is being deleted`
      : `there is no snapshot at ${where}`;
  return new UsageError(message, { where, next: 'ckpt list shows the snapshots of a directory' });
}

function reportOf(node: ReadNode, told: ToldByMetadata, { roots }: Survey): SnapshotReport {
  const { place, contents, metadata: file } = node.snapshot;
  return {
    path: pathOf(place, file),
    takenFor: roots[0]?.takenFor ?? 'ancestor',
    job: place.jobId,
    kind: contents.kind,
    condition: node.condition,
    restorable: node.restorable,
    time: timeText(file.modifiedMs),
    metadataBytes: file.sizeBytes,
    ...told,
    operators: told.operators.map((operator, index) => ({
      ...operator,
      files: contents.operatorFiles[index] ?? 0,
    })),
    inlineBytes: contents.inlineBytes,
    ...fileFields(contents.references),
    ...troubleFields(node),
  };
}

function fileFields({ files, directories }: References) {
  const filesByScope = totalsByScope(files);
  return {
    fileCount: files.count,
    fileBytes: filesByScope.reduce((total, { bytes }) => total + bytes, 0n),
    files: fileRows(files),
    directories: directoryRows(directories),
    filesByScope,
  };
}

function troubleFields({ snapshot, resolution }: ReadNode) {
  const { files } = snapshot.contents.references;
  const { missing, wrongSize, unverified, outcomeOf, actualBytes, unverifiedReferences } = resolution;
  const having = (outcome: Outcome, count: number) => ({
    count,
    isWanted: (row: number) => outcomeOf(row) === outcome,
  });
  return {
    missing: fileRows(files, having('missing', missing)),
    wrongSize: wrongSizeRows(files, having('wrong-size', wrongSize), actualBytes),
    unverified: rowsOf(unverified, () => unverifiedReferences[Symbol.iterator]()),
  };
}

/** Unknown sizes (-1) add nothing. */
function totalsByScope(files: ReferenceTable): readonly ScopeTotal[] {
  const totals = new Map(REFERENCE_SCOPES.map((scope) => [scope, { scope, files: 0, bytes: 0n }]));
  for (let row = 0; row < files.count; row++) {
    const total = totals.get(files.scope(row))!;
    const sizeBytes = files.sizeBytes(row);
    total.files++;
    if (sizeBytes > 0n) total.bytes += sizeBytes;
  }
  return [...totals.values()];
}
