// What is told of a subtask that has taken its part of a checkpoint.
import type { JobEvent } from '../../model/job-events.js';
import type { CheckpointMetrics } from '../../model/job-progress.js';
import { subtaskSizes } from '../../model/state-sizes.js';
import type { TaskIdentity } from '../job/job-graph.js';
import type { AcknowledgedState } from './pending-checkpoint.js';

export function acknowledged(
  checkpointId: number,
  { vertexId, subtask }: TaskIdentity,
  states: readonly AcknowledgedState[],
  metrics: CheckpointMetrics,
): JobEvent {
  const sizes = states.map(({ state }) => subtaskSizes(state));
  return {
    kind: 'checkpoint-acknowledged',
    checkpointId,
    vertexId,
    subtask,
    stateBytes: sizes.reduce((sum, { stateSizeBytes }) => sum + Number(stateSizeBytes), 0),
    checkpointedBytes: sizes.reduce(
      (sum, { checkpointedSizeBytes }) => sum + Number(checkpointedSizeBytes),
      0,
    ),
    metrics,
  };
}
