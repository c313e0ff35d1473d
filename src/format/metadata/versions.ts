// Which parts a `_metadata` file has, by version and dialect: the only place where that is told. Everything else asks
// the layout. Source: Flink 2.3 MetadataSerializers, MetadataV2..V6Serializer; 1.2 SavepointV1Serializer; 1.11 and 1.14
// MetadataV2V3SerializerBase.
import type { Dialect, FormatVersion, WritableVersion } from '../../model/metadata.js';

/** `"I`g-"`, the first four bytes of every file. */
export const MAGIC = 0x4960672d;

/** The parts of one layout. */
export interface Layout {
  readonly version: FormatVersion;
  readonly dialect: Dialect;
  /** An entry stands for one operator, or for a job vertex with lists along its chain. */
  readonly entries: 'operators' | 'vertices';
  readonly masterStates: boolean;
  /** Name and uid before each operator. */
  readonly names: boolean;
  /** An unused number between the max parallelism and the subtasks. */
  readonly chainLength: boolean;
  readonly coordinatorState: boolean;
  /** Negative counts and indices tell what finished. */
  readonly finishedFlags: boolean;
  /** Subtasks begin with an unused long and the states of Flink 1.1's `Checkpointed` interface. */
  readonly legacyState: boolean;
  /** How the handle of a channel begins: not at all, as in Flink 1.11, with its subtask, or with its kind too. */
  readonly channels: 'none' | 'plain' | 'with-subtask' | 'with-kind';
  /** Changelog handles tell their ids and sizes (codes 8, 9 and 10; Flink 1.14 does not). */
  readonly changelogIds: boolean;
  /** Ends with Java-serialized CheckpointProperties. */
  readonly properties: boolean;
  /** The greatest code of a handle. */
  readonly newestHandleCode: number;
}

const V1: Layout = {
  version: 1,
  dialect: 'current',
  entries: 'vertices',
  masterStates: false,
  names: false,
  chainLength: true,
  coordinatorState: false,
  finishedFlags: false,
  legacyState: true,
  channels: 'none',
  changelogIds: true,
  properties: false,
  newestHandleCode: 4,
};
const V2: Layout = { ...V1, version: 2, entries: 'operators', masterStates: true, newestHandleCode: 17 };
const V3: Layout = {
  ...V2,
  version: 3,
  chainLength: false,
  coordinatorState: true,
  finishedFlags: true,
  legacyState: false,
  channels: 'with-subtask',
};
const V3_OF_1_14: Layout = { ...V3, dialect: 'flink-1.14', changelogIds: false, newestHandleCode: 10 };
const V3_OF_1_11: Layout = {
  ...V3,
  dialect: 'flink-1.11',
  finishedFlags: false,
  channels: 'plain',
  newestHandleCode: 6,
};
const V4: Layout = { ...V3, version: 4, properties: true };
const V5: Layout = { ...V4, version: 5, names: true };
const V6: Layout = { ...V5, version: 6, channels: 'with-kind' };

const LAYOUTS: Readonly<Record<FormatVersion, readonly [Layout, ...Layout[]]>> = {
  1: [V1],
  2: [V2],
  3: [V3, V3_OF_1_14, V3_OF_1_11],
  4: [V4],
  5: [V5],
  6: [V6],
};

/** The layouts that share a version number, the current one first; undefined for an unknown version. */
export function layoutsOf(version: number): readonly [Layout, ...Layout[]] | undefined {
  return Object.hasOwn(LAYOUTS, version) ? LAYOUTS[version as FormatVersion] : undefined;
}

/** The layout in which a version is written. */
export function writtenLayout(version: WritableVersion): Layout {
  return LAYOUTS[version][0];
}
