// From the header of a keyed state file to serializers that read it: those that the caller declares, where they are of
// the types that the file was written with, else those that the snapshots stand for.
import { expectSameType, knownSerializer, typeMismatch } from './declared-types.js';
import type { CompleteKeyedHeader } from './keyed-header.js';
import type { DeclaredTypes, KeyedState } from './keyed-state.js';
import { timerSerializer } from './runtime-serializers.js';
import type {
  ListTypeSerializer,
  MapTypeSerializer,
  TimerTypeSerializer,
  TypeSerializer,
} from './serializer.js';
import type { StateMeta } from './state-meta.js';

/** The states of a header with their serializers, or the first state that is of no kind known here. */
export type BoundStates =
  | {
      readonly kind: 'bound';
      readonly key: TypeSerializer<unknown>;
      readonly states: readonly KeyedState[];
    }
  | { readonly kind: 'unsupported'; readonly stateName: string; readonly reason: string };

/** Throws a UsageError where a declared type is not the one in the file. */
export function bindStates(header: CompleteKeyedHeader, declared?: DeclaredTypes): BoundStates {
  const key = declared?.key ?? knownSerializer(header.keySerializer);
  expectSameType('the key', key, header.keySerializer);
  const states: KeyedState[] = [];
  for (const meta of header.states) {
    const written = stateOf(meta);
    if (typeof written === 'string') return { kind: 'unsupported', stateName: meta.name, reason: written };
    const state = declared?.states.find((other) => other.name === meta.name);
    if (state !== undefined) expectSameState(state, written);
    states.push(state ?? withKey(written, key));
  }
  return { kind: 'bound', key, states };
}

/** The keys of timers are those of the file's other states. */
function withKey(state: KeyedState, key: TypeSerializer<unknown>): KeyedState {
  if (state.kind !== 'PRIORITY_QUEUE') return state;
  expectSameType(`the keys of ${state.name}`, key, state.timer.timerKey.snapshot);
  return { ...state, timer: timerSerializer(key, state.timer.timerNamespace) };
}

function expectSameState(declared: KeyedState, written: KeyedState): void {
  const what = `state ${written.name}`;
  if (declared.kind !== written.kind) {
    throw typeMismatch(what, { declared: declared.kind, written: written.kind });
  }
  if (declared.kind === 'PRIORITY_QUEUE') {
    if (written.kind === 'PRIORITY_QUEUE') expectSameType(what, declared.timer, written.timer.snapshot);
  } else if (written.kind !== 'PRIORITY_QUEUE') {
    expectSameType(what, declared.value, written.value.snapshot);
    expectSameType(`the namespace of ${what}`, declared.namespace, written.namespace.snapshot);
  }
}

/** The state that a header describes, or why it cannot be read. */
function stateOf(meta: StateMeta): KeyedState | string {
  const value = serializerIn(meta, 'VALUE_SERIALIZER');
  if (value === null) return 'it has no value serializer';
  const { name } = meta;
  if (meta.backendType === 'PRIORITY_QUEUE') {
    return isTimer(value) ? { kind: 'PRIORITY_QUEUE', name, timer: value } : 'its elements are no timers';
  }
  if (meta.backendType !== 'KEY_VALUE') return `it is of backend type ${meta.backendType}`;
  const namespace = serializerIn(meta, 'NAMESPACE_SERIALIZER');
  if (namespace === null) return 'it has no namespace serializer';
  const kind = meta.options.get('KEYED_STATE_TYPE');
  switch (kind) {
    case 'VALUE':
    case 'REDUCING':
    case 'FOLDING':
    case 'AGGREGATING':
      return { kind, name, namespace, value };
    case 'LIST':
      return isList(value) ? { kind, name, namespace, value } : 'its values are no lists';
    case 'MAP':
      return isMap(value) ? { kind, name, namespace, value } : 'its values are no maps';
    default:
      return `it is of kind ${kind}`;
  }
}

function serializerIn(meta: StateMeta, key: string): TypeSerializer<unknown> | null {
  const snapshot = meta.serializers.get(key);
  return snapshot === undefined ? null : knownSerializer(snapshot);
}

const isList = (value: TypeSerializer<unknown>): value is ListTypeSerializer<unknown> => 'element' in value;
const isMap = (value: TypeSerializer<unknown>): value is MapTypeSerializer<unknown, unknown> =>
  'mapKey' in value;
const isTimer = (value: TypeSerializer<unknown>): value is TimerTypeSerializer<unknown, unknown> =>
  'timerKey' in value;
