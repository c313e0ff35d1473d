// Names of states, kinds and types as the headers of state files have them.
import type { KeyedHeader } from '../format/state/keyed-header.js';
import type { SerializerSnapshot, UnknownSnapshot } from '../format/state/serializer.js';
import { serializerOf } from '../format/state/snapshot-classes.js';
import type { StateMeta } from '../format/state/state-meta.js';
import type { DescribedState, DescribedStateKind } from '../model/state-report.js';

/** A state without what its files hold. */
export type StateTypes = Omit<DescribedState, 'bytes' | 'rawBytes' | 'entries' | 'entriesAreWrites'>;

const KINDS: ReadonlyMap<string | undefined, DescribedStateKind> = new Map([
  ['VALUE', 'value'],
  ['LIST', 'list'],
  ['MAP', 'map'],
  ['REDUCING', 'reducing'],
  ['FOLDING', 'folding'],
  ['AGGREGATING', 'aggregating'],
  ['SPLIT_DISTRIBUTE', 'operator-list'],
  ['UNION', 'operator-union'],
  ['BROADCAST', 'broadcast'],
]);

/** The states of a header, in its order; types from an unknown serializer on are null. */
export function keyedStateTypes({ keySerializer, states }: KeyedHeader): readonly StateTypes[] {
  return states.map((meta) => ({
    name: meta.name,
    kind: kindOf(meta),
    key: keySerializer && typeName(keySerializer),
    namespace: typeIn(meta, 'NAMESPACE_SERIALIZER'),
    value: typeIn(meta, 'VALUE_SERIALIZER'),
  }));
}

/** A state of an operator: a broadcast state has keys, a list has none. */
export function operatorStateTypes(meta: StateMeta): StateTypes {
  return {
    name: meta.name,
    kind: kindOf(meta),
    key: typeIn(meta, 'KEY_SERIALIZER'),
    namespace: null,
    value: typeIn(meta, 'VALUE_SERIALIZER'),
  };
}

/** Why a header ends early. */
export function stopsAt({ className, version }: UnknownSnapshot): string {
  return `the header cannot be read beyond the serializer ${simpleName(className)} (version ${version}), which is not known here`;
}

function kindOf({ backendType, options }: StateMeta): DescribedStateKind {
  if (backendType === 'PRIORITY_QUEUE') return 'timers';
  return (
    KINDS.get(options.get('KEYED_STATE_TYPE') ?? options.get('OPERATOR_STATE_DISTRIBUTION_MODE')) ?? 'unknown'
  );
}

function typeIn({ serializers }: StateMeta, role: string): string | null {
  const snapshot = serializers.get(role);
  return snapshot === undefined ? null : typeName(snapshot);
}

function typeName(snapshot: SerializerSnapshot): string {
  return serializerOf(snapshot)?.typeName ?? simpleName(snapshot.className);
}

function simpleName(className: string): string {
  return className
    .slice(className.lastIndexOf('.') + 1)
    .replace(/^.*\$/, '')
    .replace(/Snapshot$/, '');
}
