// `ckpt capacity LOCATION --json`. The fields are public: they are added to, never renamed. Bytes are whole ones; a field
// is null where too few checkpoints tell.

import type {
  JobCapacity,
  JobSharing,
  JobStates,
  MeasuredCapacity,
  MonthlyCost,
  Outlook,
  QuotaForecast,
  StoredFiles,
  Trend,
} from '../model/measured-capacity.js';
import type { Remedy } from '../model/remedy.js';
import { timeText } from '../support/time-text.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The document below its `schema` and `schemaVersion`. */
export function measuredCapacityDocument(capacity: MeasuredCapacity): object {
  const {
    nowMs,
    roots,
    jobs,
    stored,
    causes,
    sharing,
    states,
    remedies,
    growth,
    peakBytes,
    quota,
    cost,
    restoreMs,
    problems,
  } = capacity;
  return {
    modelled: false,
    time: timeText(nowMs),
    roots: roots.map(({ path, takenFor }) => ({ path, takenFor })),
    jobs: jobs.map(jobDocument),
    stored: storedDocument(stored),
    causes: causes.map(({ of, files, bytes }) => ({ cause: of, files, bytes })),
    remedies: remedies.map(remedyDocument),
    ...(states === null ? {} : { states: states.map(statesDocument) }),
    ...(sharing === null ? {} : { sharing: sharing.map(sharingDocument) }),
    growth: trendDocument(growth),
    peakBytes: Math.round(peakBytes),
    quota: quota && quotaDocument(quota),
    cost: cost && costDocument(cost),
    restoreMs: restoreMs === null ? null : Math.round(restoreMs),
    problems,
  };
}

function remedyDocument({ savesBytes, savesBytesPerDay, savesFiles, ...words }: Remedy): object {
  return {
    ...words,
    savesBytes: rounded(savesBytes),
    savesBytesPerDay: rounded(savesBytesPerDay),
    savesFiles: rounded(savesFiles),
  };
}

function statesDocument({ states, ...job }: JobStates): object {
  return { ...job, states: states.map((state) => ({ ...state, growth: trendDocument(state.growth) })) };
}

function sharingDocument({ job, directory, checkpoints, cohorts, files, fileCount }: JobSharing): object {
  return {
    job,
    directory,
    checkpoints: checkpoints.map(({ path, checkpointId }) => ({ path, id: checkpointId })),
    cohorts,
    files: files.map(({ path, sizeBytes, presentIn }) => ({
      path,
      bytes: sizeBytes,
      checkpoints: checkpoints.flatMap(({ checkpointId }, at) => (presentIn[at] ? [checkpointId] : [])),
    })),
    fileCount,
  };
}

function jobDocument({ job, directory, stored, snapshots, history, outlook }: JobCapacity): object {
  const { newest, newestRestorableMs, checkpoints, growth, operators, intervalMs, writtenBytes, idle } =
    history;
  return {
    job,
    directory,
    idle,
    snapshots,
    newest: newest && {
      path: newest.path,
      id: newest.checkpointId,
      time: timeText(newest.timeMs),
      fullBytes: newest.sizes?.fullBytes ?? null,
      addedBytes: newest.sizes?.addedBytes ?? null,
    },
    newestRestorable: timeText(newestRestorableMs),
    intervalMs: rounded(intervalMs),
    writtenBytes: writtenBytes && {
      middle: Math.round(writtenBytes.middle),
      largest: Math.round(writtenBytes.largest),
    },
    growth: trendDocument(growth),
    operators: operators.map(({ id, name, fullBytes, addedBytes, growth: trend }) => ({
      id,
      name,
      fullBytes,
      addedBytes,
      growth: trendDocument(trend),
    })),
    stored: storedDocument(stored),
    outlook: outlookDocument(outlook),
    history: checkpoints.map(({ checkpointId: id, timeMs, metadataBytes, sizes }) => ({
      id,
      time: timeText(timeMs),
      fullBytes: sizes.fullBytes,
      addedBytes: sizes.addedBytes,
      metadataBytes,
      files: sizes.files,
    })),
  };
}

function outlookDocument(outlook: Outlook): object {
  return {
    steadyBytes: Math.round(outlook.steadyBytes),
    peakBytes: Math.round(outlook.peakBytes),
    growth: trendDocument(outlook.growth),
    writtenBytesPerDay: rounded(outlook.writtenBytesPerDay),
    filesPerCheckpoint: rounded(outlook.filesPerCheckpoint),
    checkpointsPerDay: outlook.checkpointsPerDay,
  };
}

function storedDocument({ total, portions, sizes }: StoredFiles): object {
  return { ...total, portions, sizes };
}

function trendDocument(trend: Trend | null): object | null {
  return (
    trend && {
      bytesPerHour: Math.round(trend.bytesPerMs * HOUR_MS),
      bytesPerDay: Math.round(trend.bytesPerMs * DAY_MS),
      lowBytesPerDay: Math.round(trend.lowBytesPerMs * DAY_MS),
      highBytesPerDay: Math.round(trend.highBytesPerMs * DAY_MS),
      snapshots: trend.points,
      spanMs: Math.round(trend.spanMs),
    }
  );
}

function quotaDocument({ quotaBytes, freeBytes, days, earliestDays, latestDays, verdict }: QuotaForecast) {
  return { quotaBytes, freeBytes, verdict, days, earliestDays, latestDays };
}

function costDocument({ prices, jobsLeftOut, ...cost }: MonthlyCost): object {
  return {
    days: 30,
    currency: prices.currency,
    asOf: prices.asOf,
    putRequests: Math.round(cost.putRequests),
    listRequests: Math.round(cost.listRequests),
    getRequests: Math.round(cost.getRequests),
    storage: cost.storage,
    put: cost.put,
    list: cost.list,
    get: cost.get,
    total: cost.total,
    jobsLeftOut,
  };
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value);
}
