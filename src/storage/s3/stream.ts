// A listing under way, page by page: what it has still to deliver, and whether its keys come in order.
import { StorageError } from '../../support/errors.js';
import { follows } from './key-order.js';
import type { StoredObject } from './keys.js';
import type { FetchPage, ListPage } from './page.js';

/** Which keys a stream will still deliver. */
export interface Stream {
  /** What its requests ask for; fixed, as a token belongs to its request. */
  readonly prefix: string;
  readonly startAfter?: string;
  /** All its keys to come begin with this; the first that does not ends it. */
  readonly scope: string;
  /** Only keys whose first character after the prefix lies between these two. */
  readonly between?: { readonly low: string; readonly high: string };
  readonly token?: string;
  /** Keys of the page before. */
  readonly page?: { readonly first: string; readonly last: string };
  /** Part of it was given away: what it keeps depends on the order of its keys. */
  readonly wasSplit: boolean;
  /** Its names cannot be divided, or come in no order. */
  readonly whole: boolean;
}

/** What a step of a stream brought: objects, and the streams that go on from there. */
export interface Step {
  readonly objects: readonly StoredObject[];
  readonly rest: readonly Stream[];
}

/** The stream of everything that begins with `prefix`. */
export function streamOf(prefix: string): Stream {
  return { prefix, scope: prefix, wasSplit: false, whole: false };
}

/** Fetches the next page of a stream. Throws `corrupt` where a stream that was split meets keys in disorder. */
export async function advance(stream: Stream, fetchPage: FetchPage): Promise<Step> {
  const { objects, nextToken } = await fetchTwiceIfEmpty(stream, fetchPage);
  const ordered = isOrdered(stream.page?.last, objects);
  if (!ordered && stream.wasSplit) throw disordered(stream.prefix);
  const end = objects.findIndex(({ key }) => isPast(key, stream));
  const kept = keep(end < 0 ? objects : objects.slice(0, end), stream);
  if (end >= 0 || nextToken === null) return { objects: kept, rest: [] };
  const first = objects[0]?.key;
  const last = objects.at(-1)?.key;
  const page = first === undefined || last === undefined ? {} : { page: { first, last } };
  return { objects: kept, rest: [{ ...stream, ...page, token: nextToken, whole: stream.whole || !ordered }] };
}

/** An empty answer is believed when it is given twice. */
async function fetchTwiceIfEmpty(
  { prefix, startAfter, token }: Stream,
  fetchPage: FetchPage,
): Promise<ListPage> {
  const start = startAfter === undefined ? {} : { startAfter };
  const request = { prefix, ...(token === undefined ? start : { token }) };
  const page = await fetchPage(request);
  return page.objects.length > 0 || page.nextToken !== null ? page : fetchPage(request);
}

function isOrdered(last: string | undefined, objects: readonly StoredObject[]): boolean {
  let previous = last;
  for (const { key } of objects) {
    if (previous !== undefined && !follows(previous, key)) return false;
    previous = key;
  }
  return true;
}

function isPast(key: string, { prefix, scope, between }: Stream): boolean {
  if (scope !== prefix && !key.startsWith(scope)) return true;
  return between !== undefined && key.slice(prefix.length, prefix.length + 1) >= between.high;
}

function keep(objects: readonly StoredObject[], { prefix, between }: Stream): readonly StoredObject[] {
  if (between === undefined) return objects;
  return objects.filter(({ key }) => key.slice(prefix.length, prefix.length + 1) > between.low);
}

function disordered(prefix: string): StorageError {
  return new StorageError('corrupt', `the store lists the keys of ${JSON.stringify(prefix)} in no order`, {
    where: prefix,
    next: 'list with --concurrency 1, which does not depend on an order',
  });
}
