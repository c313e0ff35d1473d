// What one checkpoint holds and what it writes. Incremental checkpoints upload the RocksDB tables that are new since the
// one before: what changed, and what compaction has written again.
import type { JobModel, ModelledOperator } from '../model/capacity.js';

const SECOND_MS = 1000;
const MIB = 1024 * 1024;
/** RocksDB's defaults, and Flink's: level0_file_num_compaction_trigger, max_bytes_for_level_base, …_multiplier, write_buffer_size. */
const COMPACTED_TABLES = 4;
const LEVEL_ONE_BYTES = 256 * MIB;
const LEVEL_FACTOR = 10;
const WRITE_BUFFER_BYTES = 64 * MIB;

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
    Math.min(newTableBytes(operator, model, intervalMs), tableBytes(operator, model)),
  );
  return bytes / model.compressionRatio;
}

/**
 * Each checkpoint flushes what changed into a table of level 0. Four of them are compacted with all of level 1, if keys are
 * chosen at random; that is one checkpoint in four, more often where one interval fills several write buffers.
 */
function newTableBytes(operator: ModelledOperator, model: JobModel, intervalMs: number): number {
  const changed = changedBytes(operator, intervalMs);
  if (model.writeAmplification !== null) return changed * model.writeAmplification;
  if (changed === 0) return 0;
  const levelOne = Math.min(operator.stateBytes, LEVEL_ONE_BYTES);
  const flushes = Math.max(1, changed / WRITE_BUFFER_BYTES);
  return changed + (flushes / COMPACTED_TABLES) * levelOne;
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

/** On top of the state there are one to four tables of level 0, and a tenth of what lies below level 1. */
function tableBytes(operator: ModelledOperator, { mode, spaceAmplification, intervalMs }: JobModel): number {
  const { stateBytes: state } = operator;
  if (mode === 'full') return state;
  if (spaceAmplification !== null) return state * spaceAmplification;
  const newest = Math.min(changedBytes(operator, intervalMs), WRITE_BUFFER_BYTES);
  return state + ((1 + COMPACTED_TABLES) / 2) * newest + Math.max(0, state - LEVEL_ONE_BYTES) / LEVEL_FACTOR;
}

function sum({ operators }: JobModel, of: (operator: ModelledOperator) => number): number {
  return operators.reduce((total, operator) => total + operator.count * of(operator), 0);
}
