// What one checkpoint holds and what it writes. Incremental checkpoints upload the RocksDB tables that are new since the
// one before: what changed, and what compaction has written again.
import type { JobModel, ModelledOperator } from '../model/capacity.js';

const SECOND_MS = 1000;

/** The whole state as it lies in the store. */
export function stateBytes(model: JobModel): number {
  return sum(model, (operator) => tableBytes(operator, model)) / model.compressionRatio;
}

export function metadataBytes(model: JobModel): number {
  return sum(model, (operator) => operator.metadataBytes);
}

/** What a checkpoint writes that comes `intervalMs` after the one before. Concave and rising in the interval. */
export function uploadBytes(model: JobModel, intervalMs: number): number {
  return newStateBytes(model, intervalMs) + metadataBytes(model);
}

/** {@link uploadBytes} without `_metadata`. */
export function newStateBytes(model: JobModel, intervalMs: number): number {
  if (model.mode === 'full') return stateBytes(model);
  const bytes = sum(model, (operator) =>
    Math.min(changedBytes(operator, intervalMs) * model.writeAmplification, tableBytes(operator, model)),
  );
  return bytes / model.compressionRatio;
}

/**
 * Distinct bytes of state written in `intervalMs`: what is written twice counts once. Keys are taken to be chosen at
 * random, so that of a state s with the rate r there is changed s·(1 − e^(−r·t/s)).
 */
function changedBytes(
  { stateBytes: state, changedBytesPerSecond }: ModelledOperator,
  intervalMs: number,
): number {
  const writtenBytes = (changedBytesPerSecond * intervalMs) / SECOND_MS;
  return -state * Math.expm1(-writtenBytes / state);
}

function tableBytes({ stateBytes: state }: ModelledOperator, { mode, spaceAmplification }: JobModel): number {
  return mode === 'full' ? state : state * spaceAmplification;
}

function sum({ operators }: JobModel, of: (operator: ModelledOperator) => number): number {
  return operators.reduce((total, operator) => total + operator.count * of(operator), 0);
}
