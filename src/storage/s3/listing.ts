// Everything below a prefix, many pages at a time. S3 continues a listing only where its last page ended, so it starts
// as one stream, and while requests are idle a stream is split (split.ts). Every key is delivered once.
import type { StoredObject } from './keys.js';
import type { FetchPage } from './page.js';
import { canSplit, split } from './split.js';
import { advance, type Step, type Stream, streamOf } from './stream.js';

/** How a listing is fetched. */
export interface ListingOptions {
  readonly fetchPage: FetchPage;
  /** Requests at a time; 1 lists in one stream, and depends on no order of the keys. */
  readonly concurrency: number;
}

/** All objects whose keys begin with `prefix`, in no particular order, a page or so at a time. */
export async function* listPrefix(
  prefix: string,
  { fetchPage, concurrency }: ListingOptions,
): AsyncGenerator<readonly StoredObject[]> {
  const waiting: Stream[] = [streamOf(prefix)];
  const arrivals = new Arrivals<Step>();
  for (;;) {
    while (waiting.length > 0 && arrivals.expected < concurrency) {
      const stream = waiting.shift()!;
      const idle = waiting.length === 0 && arrivals.expected + 1 < concurrency;
      arrivals.expect(idle && canSplit(stream) ? split(stream, fetchPage) : advance(stream, fetchPage));
    }
    if (arrivals.expected === 0) return;
    const { objects, rest } = await arrivals.next();
    waiting.push(...rest);
    if (objects.length > 0) yield objects;
  }
}

/** Promises in the order in which they are settled. */
class Arrivals<T> {
  /** Promises not handed out yet. */
  expected = 0;
  readonly #settled: PromiseSettledResult<T>[] = [];
  #wake: () => void = () => undefined;

  expect(promise: Promise<T>): void {
    this.expected++;
    const settle = (result: PromiseSettledResult<T>): void => {
      this.#settled.push(result);
      this.#wake();
    };
    promise.then(
      (value) => settle({ status: 'fulfilled', value }),
      (reason: unknown) => settle({ status: 'rejected', reason }),
    );
  }

  /** The next that is settled; throws where that is a failure. */
  async next(): Promise<T> {
    if (this.#settled.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    const result = this.#settled.shift()!;
    this.expected--;
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }
}
