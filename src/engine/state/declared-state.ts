// From a job's state descriptors to the states of a file.
import { listSerializer, mapSerializer } from '../../format/state/composite-serializers.js';
import type { KeyedState } from '../../format/state/keyed-state.js';
import { voidNamespaceSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { sameSnapshot } from '../../format/state/snapshot-classes.js';
import { UsageError } from '../../support/errors.js';
import type { StateDescriptor } from '../job/state.js';

const namespace = voidNamespaceSerializer as TypeSerializer<unknown>;

export function declaredState(descriptor: StateDescriptor): KeyedState {
  const { name } = descriptor;
  switch (descriptor.kind) {
    case 'VALUE':
      return { kind: 'VALUE', name, namespace, value: descriptor.type };
    case 'LIST':
      return { kind: 'LIST', name, namespace, value: listSerializer(descriptor.elementType) };
    case 'MAP':
      return { kind: 'MAP', name, namespace, value: mapSerializer(descriptor.keyType, descriptor.valueType) };
  }
}

/** Whether both are of one kind and one type. */
export function sameKeyedState(a: KeyedState, b: KeyedState): boolean {
  if (a.kind !== b.kind || a.kind === 'PRIORITY_QUEUE' || b.kind === 'PRIORITY_QUEUE') return false;
  return a.value.typeName === b.value.typeName && sameSnapshot(a.value.snapshot, b.value.snapshot);
}

/** The error of a state name that is in use with another type. */
export function twoTypes(operatorName: string, stateName: string): UsageError {
  return new UsageError(`operator ${operatorName} uses the state name ${stateName} with two types`, {
    where: `state ${stateName}`,
    next: 'give each state a name of its own',
  });
}
