// The way into an operator with keyed state: the key of each record is set before the operator sees it.
// Source: Flink StreamOperator#setKeyContextElement.
import type { KeySelector } from '../job/functions.js';
import type { KeyedStateBackend, KeyPrefetcher } from '../state/keyed-backend.js';

/** Where records go in. */
export interface RecordInput {
  processElement(value: unknown, timestampMs: number): void;
}

/** Sets the keys of a backend that has all of them at hand. */
export class KeyedInput implements RecordInput {
  readonly #operator: RecordInput;
  readonly #backend: KeyedStateBackend;
  readonly #selector: KeySelector<unknown, unknown>;

  constructor(operator: RecordInput, backend: KeyedStateBackend, selector: KeySelector<unknown, unknown>) {
    this.#operator = operator;
    this.#backend = backend;
    this.#selector = selector;
  }

  processElement(value: unknown, timestampMs: number): void {
    const selector = this.#selector;
    this.#backend.setCurrentKey(selector(value));
    this.#operator.processElement(value, timestampMs);
  }
}

/** Sets the keys of a backend that must be told before: records come in batches, each announced. */
export class PrefetchingInput implements RecordInput {
  readonly #operator: RecordInput;
  readonly #prefetcher: KeyPrefetcher;
  readonly #selector: KeySelector<unknown, unknown>;
  /** Position in the batch of the next record. */
  #next = 0;

  constructor(operator: RecordInput, prefetcher: KeyPrefetcher, selector: KeySelector<unknown, unknown>) {
    this.#operator = operator;
    this.#prefetcher = prefetcher;
    this.#selector = selector;
  }

  /** The next records are these, in this order. Where a promise is returned they must wait for it. */
  announce(values: readonly unknown[]): Promise<void> | undefined {
    this.#next = 0;
    const selector = this.#selector;
    return this.#prefetcher.prefetch(values.map((value) => selector(value)));
  }

  processElement(value: unknown, timestampMs: number): void {
    this.#prefetcher.choose(this.#next++);
    this.#operator.processElement(value, timestampMs);
  }
}
