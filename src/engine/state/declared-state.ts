// From a job's state descriptors to the states of a file.
import { listSerializer, mapSerializer } from '../../format/state/composite-serializers.js';
import type { ValueKeyedState } from '../../format/state/keyed-state.js';
import { ttlValueSerializer } from '../../format/state/runtime-serializers.js';
import type { TypeSerializer } from '../../format/state/serializer.js';
import { sameSnapshot } from '../../format/state/snapshot-classes.js';
import { UsageError } from '../../support/errors.js';
import type { StateDescriptor } from '../job/state.js';

/** Values with a time to live are kept with the time of their last use: of lists and maps each for itself. */
export function declaredState(
  descriptor: StateDescriptor,
  namespace: TypeSerializer<unknown>,
): ValueKeyedState {
  const { name, kind, ttl } = descriptor;
  const kept = (type: TypeSerializer<unknown>): TypeSerializer<unknown> =>
    ttl === null ? type : ttlValueSerializer(type);
  switch (kind) {
    case 'VALUE':
    case 'REDUCING':
      return { kind, name, namespace, value: kept(descriptor.type) };
    case 'AGGREGATING':
      return { kind, name, namespace, value: kept(descriptor.accumulatorType) };
    case 'LIST':
      return { kind, name, namespace, value: listSerializer(kept(descriptor.elementType)) };
    case 'MAP':
      return { kind, name, namespace, value: mapSerializer(descriptor.keyType, kept(descriptor.valueType)) };
  }
}

/** Whether both are of one kind and one type, in the same form. */
export function sameKeyedState(a: ValueKeyedState, b: ValueKeyedState): boolean {
  return sameBytes(a, b) && a.value.typeName === b.value.typeName;
}

/** Whether what one writes the other reads, perhaps in another form: longs as numbers or bigints. */
export function sameBytes(a: ValueKeyedState, b: ValueKeyedState): boolean {
  return (
    a.kind === b.kind &&
    sameSnapshot(a.value.snapshot, b.value.snapshot) &&
    sameSnapshot(a.namespace.snapshot, b.namespace.snapshot)
  );
}

/** The error of a state name that is in use with another type. */
export function twoTypes(operatorName: string, stateName: string): UsageError {
  return new UsageError(`operator ${operatorName} uses the state name ${stateName} with two types`, {
    where: `state ${stateName}`,
    next: 'give each state a name of its own',
  });
}
