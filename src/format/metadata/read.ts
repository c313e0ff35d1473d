// Reads `_metadata` files of all versions. Four layouts share version number 3 or differ in details only, and nothing in
// the file tells them apart: the current layout is tried first, then those whose parts the file has. Every byte must be
// accounted for. Source: Flink 2.3 Checkpoints#loadCheckpointMetadata.
import type {
  CheckpointProperties,
  Dialect,
  Metadata,
  MetadataHeader,
  OperatorHead,
  OperatorState,
  SubtaskState,
} from '../../model/metadata.js';
import { BugError, FormatError } from '../../support/errors.js';
import { ByteReader } from '../bytes/byte-reader.js';
import { readMasterState, SMALLEST_MASTER_STATE_BYTES } from './master-state.js';
import { MetadataReader, type PathMention, type Purpose } from './metadata-reader.js';
import { readOperatorStart, readSubtaskEntry, SMALLEST_OPERATOR_BYTES } from './operator-state.js';
import { readProperties } from './properties.js';
import { type Layout, layoutsOf, MAGIC } from './versions.js';

export type { PathMention };

/** Is told what a file holds, in its order; nothing is kept by who tells. */
export interface MetadataVisitor {
  header(header: MetadataHeader): void;
  /** An operator; its subtasks follow. */
  operator(head: OperatorHead): void;
  subtask(subtask: SubtaskState): void;
  /** A file or directory as it is read, so before the subtask that it is in; the mention is good until this returns. */
  path?(mention: Readonly<PathMention>): void;
  /** The last call. Null before version 4, and where the file holds a serialized null. */
  end(properties: CheckpointProperties | null): void;
}

/**
 * The document in `bytes`. Inline state is not copied: its views keep `bytes` alive. Throws a FormatError with offset
 * and field where the bytes are no `_metadata`, damaged or of an unknown version, or anything is left over.
 */
export function readMetadata(bytes: Uint8Array): Metadata {
  return tell(bytes, () => new MetadataCollector(), 'document').document();
}

/**
 * Tells a visitor what `bytes` hold, piece by piece, with texts that are decoded when they are asked for. `makeVisitor` makes a new one for each layout that is tried; the
 * one that was told everything is returned. Throws as {@link readMetadata} does.
 */
export function scanMetadata<V extends MetadataVisitor>(bytes: Uint8Array, makeVisitor: () => V): V {
  return tell(bytes, makeVisitor, 'scan');
}

/** What {@link expectHead} looks at. */
export const HEAD_BYTES = 8;

/** Throws as {@link readMetadata} does where a file that begins so is no `_metadata`, or one of an unknown version. */
export function expectHead(head: Uint8Array): void {
  readLayouts(head);
}

function tell<V extends MetadataVisitor>(bytes: Uint8Array, makeVisitor: () => V, purpose: Purpose): V {
  const [current, ...others] = readLayouts(bytes);
  const first = tellAs({ bytes, purpose }, current, makeVisitor());
  if (first.error === null) return first.visitor;
  for (const layout of others) {
    if (!first.otherDialects.has(layout.dialect)) continue;
    const retry = tellAs({ bytes, purpose }, layout, makeVisitor());
    if (retry.error === null) return retry.visitor;
  }
  throw first.error;
}

//  +----------------------+-------------------+---------------------+
//  | i32 magic 0x4960672D | i32 version 1..6  | body, by version    |
//  +----------------------+-------------------+---------------------+
function readLayouts(bytes: Uint8Array): readonly [Layout, ...Layout[]] {
  const reader = new ByteReader(bytes);
  if (reader.i32('magic') !== MAGIC) {
    throw reader.error('not a Flink metadata file, which begins with 49 60 67 2d', 'magic', 0);
  }
  const version = reader.i32('version');
  const layouts = layoutsOf(version);
  if (layouts === undefined) throw reader.error(`unknown metadata version ${version}`, 'version', 4);
  return layouts;
}

interface Attempt<V> {
  /** Was told everything where there is no error. */
  readonly visitor: V;
  readonly error: FormatError | null;
  readonly otherDialects: ReadonlySet<Dialect>;
}

interface Source {
  readonly bytes: Uint8Array;
  readonly purpose: Purpose;
}

function tellAs<V extends MetadataVisitor>(source: Source, layout: Layout, visitor: V): Attempt<V> {
  const onPath = visitor.path && ((mention: Readonly<PathMention>) => visitor.path?.(mention));
  const reader = new MetadataReader(source.bytes, layout, { purpose: source.purpose, onPath });
  const { otherDialects } = reader;
  try {
    tellBody(reader, visitor);
    return { visitor, error: null, otherDialects };
  } catch (error) {
    if (error instanceof FormatError) return { visitor, error, otherDialects };
    throw error;
  }
}

//  +--------------+------------------+-----------------------+----------------------------+----------------+
//  | the head,    | i64 checkpointId | V2+: i32 n,           | i32 n, n * OperatorState   | V4+:           |
//  | 8 bytes      |                  | n * MasterState       |                            | properties     |
//  +--------------+------------------+-----------------------+----------------------------+----------------+
function tellBody(reader: MetadataReader, visitor: MetadataVisitor): void {
  const { version: formatVersion, dialect, masterStates, properties } = reader.layout;
  reader.bytes(8, 'head');
  const checkpointId = reader.i64('checkpointId');
  if (checkpointId < 0n) throw reader.error(`negative checkpoint id ${checkpointId}`, 'checkpointId', 8);
  visitor.header({
    formatVersion,
    dialect,
    checkpointId,
    masterStates: masterStates
      ? reader.list('masterStates', SMALLEST_MASTER_STATE_BYTES, readMasterState)
      : [],
  });
  tellOperators(reader, visitor);
  const written = properties ? readProperties(reader) : null;
  reader.expectEnd('end');
  visitor.end(written);
}

function tellOperators(reader: MetadataReader, visitor: MetadataVisitor): void {
  const operatorCount = reader.count('operators', SMALLEST_OPERATOR_BYTES);
  reader.enter('operators');
  for (let operator = 0; operator < operatorCount; operator++) {
    reader.enter(operator);
    const { head, subtaskCount } = readOperatorStart(reader);
    visitor.operator(head);
    reader.enter('subtasks');
    for (let subtask = 0; subtask < subtaskCount; subtask++) {
      reader.enter(subtask);
      visitor.subtask(readSubtaskEntry(reader, head));
      reader.leave();
    }
    reader.leave();
    reader.leave();
  }
  reader.leave();
}

/** Keeps everything. */
class MetadataCollector implements MetadataVisitor {
  #header: MetadataHeader | null = null;
  readonly #operators: OperatorState[] = [];
  #subtasks: SubtaskState[] = [];
  #properties: CheckpointProperties | null = null;

  header(header: MetadataHeader): void {
    this.#header = header;
  }

  operator(head: OperatorHead): void {
    const { id, name, uid, parallelism, maxParallelism, fullyFinished, coordinatorState } = head;
    const subtasks: SubtaskState[] = [];
    this.#subtasks = subtasks;
    this.#operators.push({
      id,
      name,
      uid,
      parallelism,
      maxParallelism,
      fullyFinished,
      coordinatorState,
      subtasks,
    });
  }

  subtask(subtask: SubtaskState): void {
    this.#subtasks.push(subtask);
  }

  end(properties: CheckpointProperties | null): void {
    this.#properties = properties;
  }

  document(): Metadata {
    if (this.#header === null) throw new BugError('a document was asked for before it was read');
    return { ...this.#header, operators: this.#operators, properties: this.#properties };
  }
}
