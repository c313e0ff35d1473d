// Broadcast state of an operator: a map that is the same in every subtask. Source: Flink BroadcastState.
import { UsageError } from '../../support/errors.js';
import type { BroadcastState, MapStateDescriptor } from '../job/state.js';
import type { RecordContext } from './function-context.js';
import type { OperatorContext } from './operator.js';

export interface BroadcastStates {
  getBroadcastState<K, V>(descriptor: MapStateDescriptor<K, V>): BroadcastState<K, V>;
}

/** The states that the broadcast stream was made with; others are refused. */
export class BroadcastSide implements BroadcastStates {
  readonly #operatorName: string;
  readonly #byName: ReadonlyMap<string, BroadcastState<unknown, unknown>>;

  constructor(
    { operatorName, operatorStates }: OperatorContext,
    descriptors: readonly MapStateDescriptor<unknown, unknown>[],
  ) {
    this.#operatorName = operatorName;
    this.#byName = new Map(
      descriptors.map((descriptor) => [descriptor.name, operatorStates.getBroadcastState(descriptor)]),
    );
  }

  getBroadcastState<K, V>({ name }: MapStateDescriptor<K, V>): BroadcastState<K, V> {
    const state = this.#byName.get(name);
    if (state !== undefined) return state as unknown as BroadcastState<K, V>;
    throw new UsageError(`operator ${this.#operatorName} asks for the unknown broadcast state ${name}`, {
      where: this.#operatorName,
      next: 'name its descriptor in the call of broadcast(...)',
    });
  }
}

/** The context, with broadcast state where there is any. */
export function withBroadcastState<C extends RecordContext>(context: C, states: BroadcastStates | null): C {
  return states === null
    ? context
    : Object.assign(context, {
        getBroadcastState: <K, V>(descriptor: MapStateDescriptor<K, V>) =>
          states.getBroadcastState(descriptor),
      });
}
