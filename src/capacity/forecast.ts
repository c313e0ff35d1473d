// What a job will take that does not exist yet. Pure arithmetic over a model; docs/capacity.md derives it.
import type { CapacityForecast, CheckpointForecast, JobModel } from '../model/capacity.js';
import { metadataBytes, stateBytes, uploadBytes } from './checkpoint-size.js';
import { checkpointMs, keptUpIntervalMs, saveMs } from './checkpoint-time.js';
import { formulasOf } from './formulas.js';
import { chooseInterval, intervalCost } from './interval.js';
import { storeForecast } from './store-size.js';

/** Numbers are exact as far as the model goes; none is rounded. */
export function forecast(model: JobModel): CapacityForecast {
  const intervalMs = keptUpIntervalMs(model, model.intervalMs);
  const checkpoint = checkpointForecast(model, intervalMs);
  const store = storeForecast(model, intervalMs);
  const choice = chooseInterval(model);
  return {
    intervalMs,
    checkpoint,
    store,
    choice,
    now: intervalCost(model, intervalMs),
    chosen: intervalCost(model, choice.chosenMs),
    formulas: formulasOf({ model, intervalMs, checkpoint, store }),
  };
}

function checkpointForecast(model: JobModel, intervalMs: number): CheckpointForecast {
  const totalMs = checkpointMs(model, intervalMs);
  return {
    stateBytes: stateBytes(model),
    metadataBytes: metadataBytes(model),
    uploadBytes: uploadBytes(model, intervalMs),
    saveMs: saveMs(model, intervalMs),
    totalMs,
    completes: totalMs <= model.timeoutMs,
  };
}
