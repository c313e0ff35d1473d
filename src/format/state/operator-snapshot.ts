// The file of a subtask's operator state: list, union list and broadcast states.
// Source: Flink DefaultOperatorStateBackendSnapshotStrategy, OperatorStateRestoreOperation.
//
//     header (operator-header.ts)
//     at each offset that the handle lists:
//         of a list or union state: one element
//         of a broadcast state, one offset: i32 n, n * (key, value)
//     compressed: what stands at an offset is a stream (snappy-stream.ts), and offsets count compressed bytes
import type { OperatorStateOffsets } from '../../model/metadata.js';
import { messageOf } from '../../support/errors.js';
import { ByteReader } from '../bytes/byte-reader.js';
import { ByteWriter } from '../bytes/byte-writer.js';
import { expectSameType, knownSerializer, typeMismatch } from './declared-types.js';
import { endsOf } from './keyed-file.js';
import { readOperatorHeader, writeOperatorHeader } from './operator-header.js';
import type { TypeSerializer, UnknownSnapshot } from './serializer.js';
import { readSnappyStream } from './snappy-stream.js';
import type { StateMeta } from './state-meta.js';

/** One operator state. SPLIT_DISTRIBUTE is Flink's list state, UNION its union list state. */
export type OperatorStateType = OperatorListType | BroadcastType;

export interface OperatorListType {
  readonly mode: 'SPLIT_DISTRIBUTE' | 'UNION';
  readonly name: string;
  readonly element: TypeSerializer<unknown>;
}

export interface BroadcastType {
  readonly mode: 'BROADCAST';
  readonly name: string;
  readonly key: TypeSerializer<unknown>;
  readonly value: TypeSerializer<unknown>;
}

export interface OperatorListContent extends OperatorListType {
  readonly elements: readonly unknown[];
}

export interface BroadcastContent extends BroadcastType {
  readonly entries: ReadonlyMap<unknown, unknown>;
}

/** An operator state with what is in it. */
export type OperatorStateContent = OperatorListContent | BroadcastContent;

/** The file, and what an OperatorStateHandle says of it. */
export interface WrittenOperatorState {
  readonly bytes: Uint8Array;
  readonly states: readonly OperatorStateOffsets[];
}

/** An operator state file, opened: what is in it, or why that cannot be told. */
export type OperatorSnapshot =
  | { readonly kind: 'readable'; readonly states: readonly OperatorStateContent[] }
  | {
      readonly kind: 'unknown-serializer';
      /** States of the header up to the unknown one, which lacks its serializer. */
      readonly states: readonly StateMeta[];
      readonly unknown: UnknownSnapshot;
    };

/**
 * Writes an operator state file of version 6, which Flink 1.18 and later read. Throws a TypeError that names the state
 * where a value is not of its type.
 */
export function writeOperatorSnapshot(contents: readonly OperatorStateContent[]): WrittenOperatorState {
  const target = new ByteWriter();
  const lists = contents.filter(({ mode }) => mode !== 'BROADCAST');
  const broadcasts = contents.filter(({ mode }) => mode === 'BROADCAST');
  writeOperatorHeader(target, lists, broadcasts);
  const states = [...lists, ...broadcasts].map((content) => {
    const { name, mode } = content;
    return { name, mode, offsets: writeContent(target, content) };
  });
  return { bytes: target.take(), states };
}

/**
 * Reads an operator state file by the offsets of its handle; states come in the order of the header. With `declared`,
 * states of those names are read with the serializers given, and a UsageError tells where the file was written with
 * other types. Throws FormatError where the bytes are wrong.
 */
export function openOperatorSnapshot(
  bytes: Uint8Array,
  offsets: readonly OperatorStateOffsets[],
  declared: readonly OperatorStateType[] = [],
): OperatorSnapshot {
  const source = new ByteReader(bytes);
  const { compressed, states, unknown } = readOperatorHeader(source);
  if (unknown !== null) return { kind: 'unknown-serializer', states, unknown };
  const unnamed = offsets.find(({ name }) => !states.some((meta) => meta.name === name));
  if (unnamed !== undefined) throw source.error(`has no state ${unnamed.name}`, 'states');
  const ends = endsOfElements(source, offsets);
  const read = states.map((meta) => {
    const written = typeOf(source, meta);
    const state = declared.find(({ name }) => name === meta.name) ?? written;
    expectSame(state, written);
    const places = {
      offsets: offsets.find(({ name }) => name === meta.name)?.offsets ?? [],
      ends,
      compressed,
    };
    return readContent(source, state, places);
  });
  return { kind: 'readable', states: read };
}

/** Returns the offsets of the elements, or the one of a broadcast state. */
function writeContent(target: ByteWriter, content: OperatorStateContent): bigint[] {
  try {
    return content.mode === 'BROADCAST' ? writeBroadcast(target, content) : writeElements(target, content);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`operator state ${content.name}: ${messageOf(error)}`, { cause: error });
  }
}

function writeElements(target: ByteWriter, { element, elements }: OperatorListContent): bigint[] {
  return elements.map((value) => {
    const offset = BigInt(target.offset);
    element.write(target, value);
    return offset;
  });
}

function writeBroadcast(target: ByteWriter, { key, value, entries }: BroadcastContent): bigint[] {
  const offset = BigInt(target.offset);
  target.i32(entries.size);
  for (const [entryKey, entryValue] of entries) {
    key.write(target, entryKey);
    value.write(target, entryValue);
  }
  return [offset];
}

function typeOf(source: ByteReader, meta: StateMeta): OperatorStateType {
  const { name } = meta;
  const value = meta.serializers.get('VALUE_SERIALIZER');
  const key = meta.serializers.get('KEY_SERIALIZER');
  const mode = meta.options.get('OPERATOR_STATE_DISTRIBUTION_MODE');
  if (value !== undefined) {
    if (mode === 'BROADCAST' && key !== undefined) {
      return { mode, name, key: knownSerializer(key), value: knownSerializer(value) };
    }
    if (mode === 'SPLIT_DISTRIBUTE' || mode === 'UNION') {
      return { mode, name, element: knownSerializer(value) };
    }
  }
  throw source.error(`state ${name} of mode ${mode} lacks a serializer or has an unknown mode`, 'states');
}

function expectSame(declared: OperatorStateType, written: OperatorStateType): void {
  const what = `operator state ${written.name}`;
  if (declared.mode === 'BROADCAST' && written.mode === 'BROADCAST') {
    expectSameType(`the key of ${what}`, declared.key, written.key.snapshot);
    expectSameType(what, declared.value, written.value.snapshot);
  } else if (declared.mode === written.mode && 'element' in declared && 'element' in written) {
    expectSameType(what, declared.element, written.element.snapshot);
  } else {
    throw typeMismatch(what, { declared: declared.mode, written: written.mode });
  }
}

/** Where the elements of one state stand, and where those of all states end. */
interface ElementPlaces {
  readonly offsets: readonly bigint[];
  readonly ends: ReadonlyMap<number, number>;
  readonly compressed: boolean;
}

/** An element takes bytes: two at one place are the mark of an offset that was recorded wrong. */
function endsOfElements(
  source: ByteReader,
  states: readonly OperatorStateOffsets[],
): ReadonlyMap<number, number> {
  const offsets = states.flatMap((state) => state.offsets);
  const ends = endsOf(offsets, source.remaining + source.offset);
  if (ends.size < offsets.length) throw source.error('two elements at one place', 'states');
  return ends;
}

/** No element reaches into another, so that no offsets, however wrong, lead to the same bytes twice. */
function readContent(
  source: ByteReader,
  state: OperatorStateType,
  { offsets, ends, compressed }: ElementPlaces,
): OperatorStateContent {
  source.enter(state.name);
  const elements: unknown[] = [];
  const entries = new Map<unknown, unknown>();
  for (const offset of offsets) {
    const end = ends.get(Number(offset))!;
    source.seek(Number(offset), 'offset');
    const element = compressed ? readSnappyStream(source, end) : source;
    element.startValue();
    if (state.mode !== 'BROADCAST') elements.push(state.element.read(element));
    else {
      for (let left = element.count('count', 2); left > 0; left--) {
        entries.set(state.key.read(element), state.value.read(element));
      }
    }
    if (compressed) element.expectEnd('element');
    else if (source.offset > end) throw source.error(`an element that began before ${end}`, 'element', end);
  }
  source.leave();
  return state.mode === 'BROADCAST' ? { ...state, entries } : { ...state, elements };
}
