// What a user's function is given when it opens. Source: Flink StreamingRuntimeContext.
import { UsageError } from '../../support/errors.js';
import type { RuntimeContext } from '../job/functions.js';
import type { StreamNode } from '../job/stream-graph.js';
import type { KeyedStateBackend } from '../state/keyed-backend.js';

export function runtimeContext(
  node: StreamNode,
  subtaskIndex: number,
  keyed: KeyedStateBackend | null,
): RuntimeContext {
  const backend = (): KeyedStateBackend => {
    if (keyed !== null) return keyed;
    throw new UsageError(`operator ${node.name} asks for keyed state, but its stream has no keys`, {
      where: node.name,
      next: 'call keyBy before it',
    });
  };
  return {
    subtaskIndex,
    parallelism: node.parallelism,
    getState: (descriptor) => backend().getValueState(descriptor),
    getListState: (descriptor) => backend().getListState(descriptor),
    getMapState: (descriptor) => backend().getMapState(descriptor),
  };
}
