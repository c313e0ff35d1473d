// Requests and money of a month. Prices come from a table with the date they are from: none is built in.
import type { JobCapacity, MonthlyCost, PriceTable } from '../model/measured-capacity.js';

const DAYS = 30;
const GIB = 1024 ** 3;

/** What `jobs` cost in thirty days that are as the last ones, while `storedBytes` lie in the store. */
export function monthlyCost(
  jobs: readonly JobCapacity[],
  storedBytes: number,
  prices: PriceTable,
): MonthlyCost {
  const active = jobs.filter(({ history }) => !history.idle);
  const checkpoints = sum(active, ({ outlook }) => (outlook.checkpointsPerDay ?? 0) * DAYS);
  const putRequests = sum(
    active,
    ({ outlook }) => (outlook.checkpointsPerDay ?? 0) * (outlook.filesPerCheckpoint ?? 0) * DAYS,
  );
  const listRequests = checkpoints * prices.listsPerCheckpoint;
  const restored = sum(active, ({ history }) => (history.newest?.sizes?.files ?? 0) + 1);
  const getRequests = restored * prices.restoresPerMonth;
  const storage = (storedBytes / GIB) * prices.storagePerGibMonth;
  const [put, list, get] = [
    (putRequests / 1000) * prices.putPer1000,
    (listRequests / 1000) * prices.listPer1000,
    (getRequests / 1000) * prices.getPer1000,
  ];
  return {
    prices,
    putRequests,
    listRequests,
    getRequests,
    storage,
    put,
    list,
    get,
    total: storage + put + list + get,
    jobsLeftOut: active.filter(
      ({ outlook }) => outlook.checkpointsPerDay === null || outlook.filesPerCheckpoint === null,
    ).length,
  };
}

function sum(jobs: readonly JobCapacity[], of: (job: JobCapacity) => number): number {
  return jobs.reduce((total, job) => total + of(job), 0);
}
