// `ckpt capacity --model --json`. The fields are public: they are added to, never renamed. Bytes and milliseconds are
// rounded to whole ones.
import type { CapacityForecast, IntervalCost, JobModel } from '../model/capacity.js';

/** The document below its `schema` and `schemaVersion`. */
export function capacityDocument(model: JobModel, forecast: CapacityForecast): object {
  const { checkpoint, store, choice, formulas } = forecast;
  return {
    modelled: true,
    model,
    intervalMs: Math.round(forecast.intervalMs),
    checkpoint: {
      stateBytes: Math.round(checkpoint.stateBytes),
      metadataBytes: Math.round(checkpoint.metadataBytes),
      uploadBytes: Math.round(checkpoint.uploadBytes),
      saveMs: Math.round(checkpoint.saveMs),
      ackMs: model.ackMs,
      alignmentMs: model.alignmentMs,
      totalMs: Math.round(checkpoint.totalMs),
      completes: checkpoint.completes,
    },
    store: {
      liveCheckpoints: store.liveCheckpoints,
      steadyBytes: Math.round(store.steadyBytes),
      peakBytes: Math.round(store.peakBytes),
      writtenBytesPerDay: Math.round(store.writtenBytesPerDay),
    },
    choice: {
      youngMs: Math.round(choice.youngMs),
      dalyMs: Math.round(choice.dalyMs),
      leastMs: Math.round(choice.leastMs),
      longestMs: Number.isFinite(choice.longestMs) ? Math.round(choice.longestMs) : null,
      chosenMs: Math.round(choice.chosenMs),
      decidedBy: choice.decidedBy,
    },
    now: costDocument(forecast.now),
    chosen: costDocument(forecast.chosen),
    formulas: formulas.map(({ name, form, gives, fails, right, rightGives }) => ({
      name,
      form,
      gives: { value: Math.round(gives.value), unit: gives.unit },
      fails,
      right,
      rightGives: { value: Math.round(rightGives.value), unit: rightGives.unit },
    })),
  };
}

function costDocument({ intervalMs, overheadShare, replayMs, downMs, recoveryMs }: IntervalCost): object {
  return {
    intervalMs: Math.round(intervalMs),
    overheadShare,
    replayMs: Math.round(replayMs),
    downMs: Math.round(downMs),
    recoveryMs: Math.round(recoveryMs),
  };
}
