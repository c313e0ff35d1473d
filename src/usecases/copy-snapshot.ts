// `ckpt copy`: a snapshot and all that it needs, in one directory that depends on nothing else. The snapshot is only read.
import { writeMetadata } from '../format/metadata/write.js';
import type { CopyReport } from '../model/copy-report.js';
import { canonicalKey, child, formatLocation, isWithin, type Location } from '../model/location.js';
import type { Metadata, WritableVersion } from '../model/metadata.js';
import { resolvePath } from '../model/rewrite.js';
import type { SnapshotReport } from '../model/snapshot-report.js';
import type { OpenRemover } from '../storage/open.js';
import { BugError, MissingStateError, StorageError, UsageError } from '../support/errors.js';
import { carry } from '../transfer/carry.js';
import { type CopyPlan, type Originals, planCopy } from '../transfer/copy-plan.js';
import { type Destination, lookAtDestination, type WantedCopy } from '../transfer/destination.js';
import { type Inspection, inspectSnapshot, type SurveyOptions } from './inspect-snapshot.js';

export interface CopyOptions extends SurveyOptions {
  /** Opens the store of the copy; null for a dry run. */
  readonly openRemover: OpenRemover | null;
  readonly signal: AbortSignal;
  /** Told of every file: how many of how many are there now, and their bytes. */
  readonly onProgress?: (progress: CopyProgress) => void;
}

export interface CopyProgress {
  readonly files: number;
  readonly filesInAll: number;
  readonly bytes: number;
  readonly bytesInAll: number;
}

const DEFAULT_CONCURRENCY = 16;

/**
 * Copies the snapshot at `location` (of a directory that holds several, the newest) to `directory`, or finishes a copy
 * that was begun there. Throws a MissingStateError where files of it are missing, a UsageError where no version that can
 * be written can say what its `_metadata` says, and a RefusalError where `directory` holds anything else.
 */
export async function copySnapshot(
  location: Location,
  directory: Location,
  options: CopyOptions,
): Promise<CopyReport> {
  const inspection = await inspectSnapshot(location, options);
  requireApart(inspection.snapshot.place.directory, directory);
  requireWhole(inspection.report);
  const metadata = await inspection.document();
  const plan = planCopy(metadata, { directory, ...originalsOf(inspection, options) });
  const copy = { files: plan.files, metadataBytes: await metadataBytesOf(plan, inspection, options) };
  const found = await lookAtDestination(directory, copy, await options.openReader(directory));
  const { openRemover } = options;
  if (openRemover !== null) await carryOut(directory, copy, found, { ...options, openRemover });
  return {
    source: inspection.report.path,
    path: formatLocation(directory),
    checkpointId: metadata.checkpointId,
    sourceFormatVersion: metadata.formatVersion,
    formatVersion: plan.isUnchanged ? metadata.formatVersion : writtenVersionOf(metadata),
    ...totalsOf(copy, found),
    movable: plan.isMovable,
    isDryRun: openRemover === null,
    verified: openRemover !== null && (await wouldRestore(directory, options)),
  };
}

/** A copy inside of its original would belong to it, and the other way round. */
function requireApart(source: Location, directory: Location): void {
  if (!isWithin(directory, source) && !isWithin(source, directory)) return;
  throw new UsageError('a copy cannot be in the directory of its snapshot, nor around it', {
    where: formatLocation(directory),
    next: 'give a directory of its own',
  });
}

function requireWhole(report: SnapshotReport): void {
  const [lost] = [...report.missing, ...report.wrongSize];
  if (lost !== undefined)
    throw new MissingStateError(`${report.path} is not whole: ${lost.path} is missing or of another size`, {
      where: report.path,
      next: 'see ckpt verify; for a tree that was moved, say where it was with --rewrite FROM=TO',
    });
  const [unverified] = report.unverified;
  if (unverified === undefined) return;
  throw new StorageError('unavailable', `${unverified.path} could not be looked up: ${unverified.reason}`, {
    where: report.path,
    next: 'make it reachable, or say where it is with --rewrite FROM=TO',
  });
}

function originalsOf(
  { snapshot, resolution }: Inspection,
  { rewrites = [] }: SurveyOptions,
): Pick<Originals, 'locate' | 'sizeBytesOf'> {
  const { files } = snapshot.contents.references;
  const sizes = new Map<string, number>();
  for (let row = 0; row < files.count; row++)
    sizes.set(canonicalKey(files.location(row)), resolution.actualBytes(row));
  return {
    locate: (handle) =>
      handle.kind === 'relative-file'
        ? child(snapshot.place.directory, handle.relativePath)
        : (resolvePath(handle.path, rewrites) ?? unlocated(handle.path)),
    sizeBytesOf: (file) => sizes.get(canonicalKey(file)) ?? unlocated(formatLocation(file)),
  };
}

function unlocated(path: string): never {
  throw new BugError(`${path} is in no survey of its snapshot`);
}

/** As it is where nothing in it changes, whatever its version. */
async function metadataBytesOf(
  { isUnchanged, metadata }: CopyPlan,
  { snapshot }: Inspection,
  { openReader }: SurveyOptions,
): Promise<Uint8Array> {
  const { location } = snapshot.metadata;
  if (isUnchanged) return (await openReader(location)).read(location);
  return writeMetadata(metadata, writtenVersionOf(metadata));
}

/** Versions 1 and 2 have no names for files beside the `_metadata`. */
function writtenVersionOf({ formatVersion }: Metadata): WritableVersion {
  return Math.max(3, formatVersion) as WritableVersion;
}

async function carryOut(
  directory: Location,
  copy: WantedCopy,
  found: Destination,
  options: CopyOptions & { readonly openRemover: OpenRemover },
): Promise<void> {
  const { openReader, openRemover, concurrency = DEFAULT_CONCURRENCY, signal, onProgress } = options;
  const { files: filesInAll, bytes: bytesInAll, filesCopied, bytesCopied } = totalsOf(copy, found);
  let [files, bytes] = [filesInAll - filesCopied, bytesInAll - bytesCopied];
  await carry(directory, copy, found, {
    openReader,
    storage: await openRemover(directory),
    concurrency,
    signal,
    onFile: ({ sizeBytes }) => {
      files++;
      bytes += sizeBytes;
      onProgress?.({ files, filesInAll, bytes, bytesInAll });
    },
  });
}

function totalsOf({ files, metadataBytes }: WantedCopy, { present, hasMetadata }: Destination) {
  const left = files.filter(({ name }) => !present.has(name));
  const sum = (sizes: typeof files) => sizes.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  return {
    files: files.length + 1,
    bytes: sum(files) + metadataBytes.length,
    filesCopied: left.length + (hasMetadata ? 0 : 1),
    bytesCopied: sum(left) + (hasMetadata ? 0 : metadataBytes.length),
  };
}

/** Looks at the copy as at any snapshot: it needs no rewriting. */
async function wouldRestore(directory: Location, { openReader, concurrency }: CopyOptions): Promise<boolean> {
  const { report } = await inspectSnapshot(directory, {
    openReader,
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  requireWhole(report);
  return report.restorable;
}
