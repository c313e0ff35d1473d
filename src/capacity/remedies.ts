// What would make checkpoints take less, each with what it saves here. An estimate says on what it stands; what cannot be
// told from the store is not guessed.
import type { JobCapacity, MeasuredCapacity } from '../model/measured-capacity.js';
import type { Remedy } from '../model/remedy.js';

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;
const MONTH_DAYS = 30;
/** A checkpoint that writes more of its state is a full one. */
const FULL_SHARE = 0.9;
/** Flink's `execution.checkpointing.file-merging.max-file-size`. */
const MERGED_FILE_BYTES = 32 * MIB;
const SMALL_FILE_BYTES = MIB;
const MANY_SMALL_FILES = 100;

type Measured = Pick<MeasuredCapacity, 'jobs' | 'stored' | 'states'>;

/** Those that save something, the most bytes in the store first. */
export function remediesOf(measured: Measured): readonly Remedy[] {
  const ofJobs = measured.jobs
    .filter(({ history }) => !history.idle)
    .flatMap((job) => JOB_REMEDIES.flatMap((remedy) => remedy(job) ?? []));
  return [
    ...STORE_REMEDIES.flatMap((remedy) => remedy(measured) ?? []),
    ...compression(measured),
    ...measured.jobs.flatMap((job) => retainFewer(job) ?? []),
    ...ofJobs,
  ]
    .filter(({ savesBytes, savesBytesPerDay, savesFiles }) =>
      [savesBytes, savesBytesPerDay, savesFiles].some((saving) => saving !== null && saving >= 1),
    )
    .sort((a, b) => (b.savesBytes ?? 0) - (a.savesBytes ?? 0));
}

const NOTHING = { job: null, savesBytes: null, savesBytesPerDay: null, savesFiles: null };

const STORE_REMEDIES: readonly ((measured: Measured) => Remedy | null)[] = [
  ({ stored: { portions } }) => ({
    ...NOTHING,
    kind: 'clean-up',
    savesBytes: portions.orphaned,
    how: 'ckpt clean LOCATION shows what may go, --apply removes it',
    basis: 'all that no snapshot needs; what is young, or a running job may use, stays for now',
  }),
  ({ stored: { portions } }) => ({
    ...NOTHING,
    kind: 'empty-trash',
    savesBytes: portions.trash,
    how: 'ckpt trash empty --older-than 7d',
    basis: 'all that ckpt put aside; it cannot be undone afterwards',
  }),
  ({ stored: { portions } }) => ({
    ...NOTHING,
    kind: 'less-amplification',
    savesBytes: portions.amplified,
    how: 'execution.checkpointing.file-merging.max-space-amplification lower, or smaller max-file-size',
    basis: 'bytes in merged files that nothing uses any more; Flink then writes again what is in use',
  }),
  ({ stored: { sizes } }) => {
    const small = sizes.filter(({ belowBytes }) => belowBytes !== null && belowBytes <= SMALL_FILE_BYTES);
    const files = small.reduce((sum, range) => sum + range.files, 0);
    const bytes = small.reduce((sum, range) => sum + range.bytes, 0);
    if (files < MANY_SMALL_FILES) return null;
    return {
      ...NOTHING,
      kind: 'file-merging',
      savesFiles: files - Math.ceil(bytes / MERGED_FILE_BYTES),
      how: 'execution.checkpointing.file-merging.enabled: true (Flink 1.20 and later)',
      basis:
        'files below 1 MiB, merged into some of 32 MiB; saves requests, and may take up to twice their bytes',
    };
  },
];

/** What Flink keeps besides the newest checkpoint. */
function retainFewer({ job, history, outlook, stored }: JobCapacity): Remedy | null {
  const { newest, checkpoints } = history;
  if (newest?.sizes == null || checkpoints.length < 2) return null;
  const { savepoint, 'task-owned': taskOwned, changelog } = stored.portions;
  const ofCheckpoints = outlook.steadyBytes - savepoint - taskOwned - changelog;
  return {
    ...NOTHING,
    kind: 'retain-fewer',
    job,
    savesBytes: Math.max(0, ofCheckpoints - newest.sizes.fullBytes - newest.metadataBytes),
    how: 'execution.checkpointing.num-retained: 1, or ckpt clean --keep-last 1',
    basis: `what is needed now by ${checkpoints.length} checkpoints, less the full size of the newest; one that is damaged then has none before it`,
  };
}

const JOB_REMEDIES: readonly ((job: JobCapacity) => Remedy | null)[] = [longerInterval, incremental, ttl];

/**
 * Twice the interval. Of a state s a checkpoint writes w; where keys are chosen at random it then writes 2·w − w²/s, half as
 * often: w²/(2·s) less for each checkpoint of now. Of full checkpoints, w = s, that is half.
 */
function longerInterval({ job, history, outlook }: JobCapacity): Remedy | null {
  const { newest, writtenBytes } = history;
  const stateBytes = newest?.sizes?.fullBytes ?? 0;
  if (writtenBytes === null || outlook.checkpointsPerDay === null || stateBytes === 0) return null;
  const written = Math.min(writtenBytes.middle, stateBytes);
  return {
    ...NOTHING,
    kind: 'longer-interval',
    job,
    savesBytesPerDay: (written ** 2 / (2 * stateBytes)) * outlook.checkpointsPerDay,
    how: 'execution.checkpointing.interval: twice of what it is',
    basis: 'keys that change are taken to be chosen at random; after a failure twice as much is read again',
  };
}

/** How much changes cannot be seen in full checkpoints: what is new at least is known. */
function incremental({ job, history, outlook }: JobCapacity): Remedy | null {
  const { newest, writtenBytes, growth, intervalMs, checkpoints } = history;
  const stateBytes = newest?.sizes?.fullBytes ?? 0;
  if (writtenBytes === null || growth === null || intervalMs === null || stateBytes < MIB) return null;
  if (writtenBytes.middle < FULL_SHARE * stateBytes) return null;
  const newBytes = Math.max(0, growth.bytesPerMs * intervalMs);
  const savedBytes = Math.max(0, writtenBytes.middle - newBytes);
  return {
    ...NOTHING,
    kind: 'incremental',
    job,
    savesBytes: savedBytes * (checkpoints.length - 1),
    savesBytesPerDay: outlook.checkpointsPerDay === null ? null : savedBytes * outlook.checkpointsPerDay,
    how: 'state.backend.type: rocksdb, execution.checkpointing.incremental: true',
    basis:
      'at most: as if nothing changed but what is new; ckpt capacity --change tells it for a rate of changes',
  };
}

/** What comes in thirty days, if as much expired as comes. */
function ttl({ job, history, outlook }: JobCapacity): Remedy | null {
  const { operators } = history;
  const { growth } = outlook;
  if (growth === null || growth.lowBytesPerMs <= 0) return null;
  const [fastest] = [...operators].sort((a, b) => (b.growth?.bytesPerMs ?? 0) - (a.growth?.bytesPerMs ?? 0));
  const where = fastest?.growth ? ` for the states of ${fastest.name ?? fastest.id}` : '';
  return {
    ...NOTHING,
    kind: 'ttl',
    job,
    savesBytes: growth.bytesPerMs * DAY_MS * MONTH_DAYS,
    how: `StateTtlConfig${where} (in SQL table.exec.state.ttl)`,
    basis:
      'what the store gains in thirty days, if as much expired as comes; only for keys that may be forgotten',
  };
}

/** Of state that is stored as it is, by how much a sample of it shrinks. */
function compression({ states }: Measured): readonly Remedy[] {
  return (states ?? []).flatMap(({ job, uncompressed }) =>
    uncompressed === null
      ? []
      : [
          {
            ...NOTHING,
            kind: 'compression' as const,
            job,
            savesBytes: uncompressed.storedBytes * (1 - uncompressed.shrunkShare),
            how: 'execution.checkpointing.snapshot-compression: true',
            basis: `in the newest checkpoint alone; ${uncompressed.sampleBytes} bytes of it were compressed to see, with deflate at its fastest, which Snappy comes near`,
          },
        ],
  );
}
