// A proxy that tells of all objects and open uploads that they are a month older than they are: S3 dates them itself.
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.js';
import { changed } from './faulty-bucket.js';

const MONTH_MS = 30 * 86_400_000;

export function startAgingProxy(endpoint: string): Promise<FaultProxy> {
  return startFaultProxy(endpoint, ({ method }) => (method === 'HEAD' ? null : aged));
}

const aged = changed((body) =>
  /<(?:LastModified|Initiated)>/.test(body.subarray(0, 4096).toString('latin1'))
    ? body
        .toString()
        .replaceAll(
          /(<(?:LastModified|Initiated)>)([^<]+)/g,
          (_, tag: string, time: string) => tag + new Date(Date.parse(time) - MONTH_MS).toISOString(),
        )
    : body,
);
