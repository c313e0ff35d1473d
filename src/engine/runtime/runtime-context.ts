// What a user's function is given when it opens. Source: Flink StreamingRuntimeContext.
import { UsageError } from '../../support/errors.js';
import type { RuntimeContext } from '../job/functions.js';
import type { StreamNode } from '../job/stream-graph.js';
import type { KeyedStateStore } from '../state/keyed-state-store.js';

export function runtimeContext(
  node: StreamNode,
  subtaskIndex: number,
  keyed: KeyedStateStore | null,
): RuntimeContext {
  const states = (): KeyedStateStore => {
    if (keyed !== null) return keyed;
    throw new UsageError(`operator ${node.name} asks for keyed state, but its stream has no keys`, {
      where: node.name,
      next: 'call keyBy before it',
    });
  };
  return {
    subtaskIndex,
    parallelism: node.parallelism,
    getState: (descriptor) => states().getState(descriptor),
    getListState: (descriptor) => states().getListState(descriptor),
    getMapState: (descriptor) => states().getMapState(descriptor),
    getReducingState: (descriptor) => states().getReducingState(descriptor),
    getAggregatingState: (descriptor) => states().getAggregatingState(descriptor),
  };
}
