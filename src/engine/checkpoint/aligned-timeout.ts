// How long the barriers of a checkpoint wait for each other. Source: Flink CheckpointCoordinatorConfiguration, FLIP-76.
import { UsageError } from '../../support/errors.js';
import { type Configuration, options as keys } from '../configuration.js';

/** In ms; infinite where checkpoints are aligned. Throws a UsageError where unaligned ones do not go with the rest. */
export function alignedTimeoutOf(configuration: Configuration): number {
  if (!configuration.get(keys.unaligned)) return Number.POSITIVE_INFINITY;
  const { mode, maxConcurrent } = keys;
  if (configuration.get(mode) !== 'EXACTLY_ONCE') throw conflict(mode.key);
  if (configuration.get(maxConcurrent) > 1) throw conflict(maxConcurrent.key);
  return configuration.get(keys.alignedTimeout);
}

function conflict(where: string): UsageError {
  return new UsageError('unaligned checkpoints are taken exactly once and one at a time', {
    where,
    next: `leave ${where} out, or ${keys.unaligned.key}`,
  });
}
