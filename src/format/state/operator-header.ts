// The header of an operator state file. Source: Flink OperatorBackendSerializationProxy.
//
//     i32 version = 6 (5 before Flink 1.18) | bool compressed (not in version 5)
//     i16 n, n list states | i16 n, n broadcast states       (state-meta.ts)
import type { ByteReader } from '../bytes/byte-reader.js';
import type { ByteWriter } from '../bytes/byte-writer.js';
import type { OperatorStateType } from './operator-snapshot.js';
import type { UnknownSnapshot } from './serializer.js';
import { readStateMetas, type StateMeta, writeStateMeta } from './state-meta.js';

const VERSION = 6;
const VERSION_WITHOUT_COMPRESSION = 5;

/** Where `unknown` is not null the header could be read only up to there, and the last state lacks its serializer. */
export interface OperatorHeader {
  readonly compressed: boolean;
  /** List states, then broadcast states. */
  readonly states: readonly StateMeta[];
  readonly unknown: UnknownSnapshot | null;
}

/** Throws FormatError where the header is damaged. */
export function readOperatorHeader(source: ByteReader): OperatorHeader {
  const version = source.i32('version');
  if (version !== VERSION && version !== VERSION_WITHOUT_COMPRESSION) {
    throw source.error(`operator state of version ${version}, only 5 and 6 are known`, 'version', 0);
  }
  const compressed = version === VERSION && source.bool('compressed');
  const states: StateMeta[] = [];
  for (const group of ['listStates', 'broadcastStates']) {
    const count = source.i16(group);
    if (count < 0) throw source.error(`negative count ${count}`, group, source.offset - 2);
    const read = readStateMetas(source, count, group);
    states.push(...read.states);
    if (read.unknown !== null) return { compressed, states, unknown: read.unknown };
  }
  return { compressed, states, unknown: null };
}

/** Writes version 6, not compressed. */
export function writeOperatorHeader(
  target: ByteWriter,
  listStates: readonly OperatorStateType[],
  broadcastStates: readonly OperatorStateType[],
): void {
  target.i32(VERSION);
  target.bool(false);
  for (const states of [listStates, broadcastStates]) {
    target.i16(states.length);
    for (const state of states) writeStateMeta(target, stateMetaOf(state));
  }
}

/** The order of the serializers is the one that Flink's own files have. */
function stateMetaOf(state: OperatorStateType): StateMeta {
  const options = new Map([['OPERATOR_STATE_DISTRIBUTION_MODE', state.mode]]);
  if (state.mode !== 'BROADCAST') {
    const serializers = new Map([['VALUE_SERIALIZER', state.element.snapshot]]);
    return { name: state.name, backendType: 'OPERATOR', options, serializers };
  }
  const serializers = new Map([
    ['VALUE_SERIALIZER', state.value.snapshot],
    ['KEY_SERIALIZER', state.key.snapshot],
  ]);
  return { name: state.name, backendType: 'BROADCAST', options, serializers };
}
