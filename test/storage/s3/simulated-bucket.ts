// A bucket in memory that lists page by page as a server does, in one of the orders that servers use.
import type { StoredObject } from '../../../src/storage/s3/keys.js';
import type { FetchPage, ListPage, PageRequest } from '../../../src/storage/s3/page.js';

export type Order = 'bytes' | 'segments' | 'utf16' | 'none';

const COMPARISONS: Readonly<Record<Order, (a: string, b: string) => number>> = {
  bytes: (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)),
  segments: (a, b) =>
    Buffer.compare(Buffer.from(a.replaceAll('/', '\0')), Buffer.from(b.replaceAll('/', '\0'))),
  utf16: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  none: (a, b) => scrambled(a) - scrambled(b),
};

export interface BucketOptions {
  readonly keys: readonly string[];
  readonly order: Order;
  readonly pageKeys: number;
  /** Some servers take no notice of it. */
  readonly ignoresStartAfter?: boolean;
  /** Changes what a request is answered with; `number` counts requests from 0. */
  readonly tamper?: (page: ListPage, request: PageRequest, number: number) => ListPage;
}

export interface SimulatedBucket {
  readonly fetchPage: FetchPage;
  readonly requests: readonly PageRequest[];
}

export function simulatedBucket(options: BucketOptions): SimulatedBucket {
  const compare = COMPARISONS[options.order];
  const keys = [...new Set(options.keys)].sort(compare);
  const requests: PageRequest[] = [];
  const fetchPage: FetchPage = async (request) => {
    const number = requests.push(request) - 1;
    for (let turns = scrambled(`${number}`) % 7; turns > 0; turns--) await Promise.resolve();
    const { prefix, token } = request;
    const [position = '0', ...begun] = (token ?? '0').split(' ');
    const startAfter = token === undefined ? (request.startAfter ?? '') : begun.join(' ');
    const after = options.ignoresStartAfter === true || startAfter === '' ? undefined : startAfter;
    const below = keys.filter(
      (key) => key.startsWith(prefix) && (after === undefined || compare(key, after) > 0),
    );
    const rows = request.delimiter === undefined ? below : folded(below, prefix);
    // a marker `a/` is a key of its own only where the listing is for `a/`
    const isFolded = (row: string): boolean =>
      request.delimiter !== undefined && row.includes('/', prefix.length);
    const start = Number(position);
    const shown = rows.slice(start, start + options.pageKeys);
    const end = start + shown.length;
    const page: ListPage = {
      objects: shown.filter((row) => !isFolded(row)).map(object),
      prefixes: shown.filter(isFolded),
      nextToken: end < rows.length ? `${end} ${startAfter}` : null,
    };
    return options.tamper?.(page, request, number) ?? page;
  };
  return { fetchPage, requests };
}

/** Keys deeper than one level as their directories. */
function folded(keys: readonly string[], prefix: string): readonly string[] {
  const rows = keys.map((key) => {
    const slash = key.indexOf('/', prefix.length);
    return slash < 0 ? key : key.slice(0, slash + 1);
  });
  return [...new Set(rows)];
}

function object(key: string): StoredObject {
  return { key, sizeBytes: key.length, modifiedMs: 0, etag: null };
}

/** Some number that has nothing to do with the order of texts. */
function scrambled(text: string): number {
  let hash = 7;
  for (const byte of Buffer.from(text)) hash = (Math.imul(hash, 31) ^ byte) >>> 0;
  return Math.imul(hash, 0x9e3779b1) >>> 0;
}
