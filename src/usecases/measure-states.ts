// Sizes by the names of states, for `ckpt capacity --states`: the state files of some checkpoints of each job, read as far as
// it takes. Of RocksDB's tables that is the end of each.
import { deflateRawSync } from 'node:zlib';
import { type Point, theilSen } from '../capacity/trend.js';
import { readMetadata } from '../format/metadata/read.js';
import { child, parseUri } from '../model/location.js';
import type { JobCapacity, JobStates, ReadSample, StateSize } from '../model/measured-capacity.js';
import type { Metadata, StreamStateHandle } from '../model/metadata.js';
import { METADATA_NAME } from '../model/snapshot.js';
import type { DescribedState } from '../model/state-report.js';
import { BugError, CkptError } from '../support/errors.js';
import { describeStates } from '../survey/describe-states.js';
import { Readers } from '../survey/readers.js';
import { openStream, type StreamSource } from '../survey/state-streams.js';
import { DEFAULT_CONCURRENCY, type SurveyOptions } from '../survey/take-survey.js';

/** Enough for a robust line; each costs as much as the first. */
const MOST_CHECKPOINTS = 5;
const MOST_REMARKS = 10;
const SAMPLE_BYTES = 256 * 1024;

/** Of jobs that have a checkpoint. What cannot be read is a remark. */
export async function measureStates(
  jobs: readonly JobCapacity[],
  options: SurveyOptions,
): Promise<readonly JobStates[]> {
  const measured: JobStates[] = [];
  for (const job of jobs)
    if (job.history.checkpoints.length > 0) measured.push(await statesOfJob(job, options));
  return measured;
}

interface Looked {
  readonly sample: ReadSample;
  readonly metadata: Metadata;
  readonly source: StreamSource;
  readonly states: readonly FoundState[];
}

type FoundState = DescribedState & Pick<StateSize, 'operatorId' | 'operatorName'>;

async function statesOfJob(
  { job, directory, history }: JobCapacity,
  options: SurveyOptions,
): Promise<JobStates> {
  const remarks = new Set<string>();
  const looked: Looked[] = [];
  for (const sample of spread(history.checkpoints)) {
    const found = await orRemark(() => lookInto(sample, options, remarks), sample, remarks);
    if (found !== null) looked.push(found);
  }
  const newest = looked.at(-1);
  const states =
    newest === undefined
      ? []
      : newest.states.map((state) => sized(state, history.growth === null ? [] : looked));
  return {
    job,
    directory,
    checkpoints: looked.length,
    states: states.sort((a, b) => (b.bytes ?? -1) - (a.bytes ?? -1)),
    compressionRatio: ratioOf(states),
    uncompressed:
      newest === undefined ? null : await orRemark(() => sampleOf(newest), newest.sample, remarks),
    remarks: [...remarks].slice(0, MOST_REMARKS),
  };
}

/** Null and a remark for what stores and formats throw; anything else is a bug, and goes on. */
async function orRemark<T>(
  look: () => Promise<T>,
  { path }: ReadSample,
  remarks: Set<string>,
): Promise<T | null> {
  try {
    return await look();
  } catch (thrown) {
    if (!(thrown instanceof CkptError) || thrown instanceof BugError) throw thrown;
    remarks.add(`${path}: ${thrown.message}`);
    return null;
  }
}

/** The first, the last, and some at equal steps between them. */
function spread(checkpoints: readonly ReadSample[]): readonly ReadSample[] {
  const steps = Math.min(MOST_CHECKPOINTS, checkpoints.length) - 1;
  if (steps < 1) return checkpoints;
  return Array.from(
    { length: steps + 1 },
    (_, step) => checkpoints[Math.round((step * (checkpoints.length - 1)) / steps)]!,
  );
}

async function lookInto(
  sample: ReadSample,
  { openReader, rewrites = [], concurrency = DEFAULT_CONCURRENCY }: SurveyOptions,
  remarks: Set<string>,
): Promise<Looked> {
  const directory = parseUri(sample.path);
  if (directory === null) throw new BugError(`${sample.path} is no location`);
  const file = child(directory, METADATA_NAME);
  const metadata = readMetadata(await (await openReader(file)).read(file));
  const source = { readers: new Readers(openReader), directory, rewrites };
  const states: FoundState[] = [];
  for (const operator of metadata.operators) {
    const described = await describeStates(operator, source, concurrency);
    const named = { operatorId: operator.id, operatorName: operator.name };
    states.push(...described.states.map((state) => ({ ...state, ...named })));
    for (const { reason } of described.remarks) remarks.add(reason);
  }
  return { sample, metadata, source, states };
}

/** `looked` is empty where too short a history would tell no growth. */
function sized(
  { operatorId, operatorName, name, kind, bytes, rawBytes }: FoundState,
  looked: readonly Looked[],
): StateSize {
  const points = looked.flatMap(({ sample: { timeMs }, states }): Point[] => {
    const same = states.find(
      (state) => state.operatorId === operatorId && state.name === name && state.kind === kind,
    );
    return same?.bytes == null ? [] : [{ timeMs, bytes: Number(same.bytes) }];
  });
  return {
    operatorId,
    operatorName,
    name,
    kind,
    bytes: bytes === null ? null : Number(bytes),
    rawBytes: rawBytes === null ? null : Number(rawBytes),
    growth: theilSen(points),
  };
}

function ratioOf(states: readonly StateSize[]): number | null {
  const known = states.filter(({ bytes, rawBytes }) => bytes !== null && bytes > 0 && rawBytes !== null);
  const sum = (of: (state: StateSize) => number) => known.reduce((total, state) => total + of(state), 0);
  return known.length === 0 ? null : sum(({ rawBytes }) => rawBytes ?? 0) / sum(({ bytes }) => bytes ?? 0);
}

/** Files of the heap's state and of full snapshots say in their header whether they are compressed; these are looked into. */
async function sampleOf({ metadata, source, states }: Looked): Promise<JobStates['uncompressed']> {
  const keyed = states.filter(({ bytes, rawBytes }) => bytes !== null && rawBytes === bytes && bytes > 0n);
  const storedBytes = keyed.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  const [stream] = wholeFiles(metadata);
  if (storedBytes === 0 || stream === undefined) return null;
  const opened = await openStream(stream, source);
  const length = Math.min(SAMPLE_BYTES, opened.sizeBytes);
  const bytes = await opened.read(Math.floor((opened.sizeBytes - length) / 2), length);
  const shrunkShare = Math.min(1, deflateRawSync(bytes, { level: 1 }).length / length);
  return { storedBytes, sampleBytes: length, shrunkShare };
}

/** The largest file first. */
function wholeFiles({ operators }: Metadata): readonly StreamStateHandle[] {
  return operators
    .flatMap(({ subtasks }) => subtasks.flatMap(({ managedKeyedState }) => managedKeyedState))
    .flatMap((handle) => (handle.kind === 'key-groups' ? [handle.stream] : []))
    .sort((a, b) => sizeOf(b) - sizeOf(a));
}

function sizeOf(stream: StreamStateHandle): number {
  return stream.kind === 'bytes' ? stream.data.length : 'sizeBytes' in stream ? Number(stream.sizeBytes) : 0;
}
