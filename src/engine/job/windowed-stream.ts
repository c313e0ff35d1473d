// A keyed stream by windows: what becomes of their contents. Source: Flink WindowedStream, WindowOperatorBuilder.
import type { TypeSerializer } from '../../format/state/serializer.js';
import { UsageError } from '../../support/errors.js';
import type { OperatorFactory } from '../operators/operator.js';
import {
  keepAggregated,
  keepAll,
  keepReduced,
  type WindowKeeping,
} from '../operators/window/window-contents.js';
import { type UserWindowFunction, WindowOperator } from '../operators/window/window-operator.js';
import type { SingleOutputStreamOperator } from './data-stream.js';
import {
  type AggregateFunction,
  type FunctionOrFactory,
  instantiate,
  type ReduceFunction,
} from './functions.js';
import type { OutputTag } from './output-tag.js';
import type { WindowAssigner } from './window-assigners.js';
import type { WindowFunction } from './window-function.js';

/** The part of a keyed stream that is needed. */
export interface WindowableStream {
  readonly keyType: TypeSerializer<unknown>;
  transform<R>(name: string, create: OperatorFactory): SingleOutputStreamOperator<R>;
}

export class WindowedStream<T, K> {
  readonly #stream: WindowableStream;
  readonly #assigner: WindowAssigner;
  #allowedLatenessMs = 0;
  #lateTag: OutputTag<T> | null = null;

  constructor(stream: WindowableStream, assigner: WindowAssigner) {
    this.#stream = stream;
    this.#assigner = assigner;
  }

  /** For so long after its end a window stays, and gives its results again for every record that comes late. */
  allowedLateness(latenessMs: number): this {
    if (!(latenessMs >= 0)) {
      const next = 'give it milliseconds from 0';
      throw new UsageError(`windows allow a lateness of ${latenessMs}`, { next });
    }
    this.#allowedLatenessMs = latenessMs;
    return this;
  }

  /** Records whose windows are forgotten go there; without it they are dropped. */
  sideOutputLateData(tag: OutputTag<T>): this {
    this.#lateTag = tag;
    return this;
  }

  /** Joins the records of a window as they come; `type` is theirs. `then` sees what they came to. */
  reduce(reduce: ReduceFunction<T>, type: TypeSerializer<T>): SingleOutputStreamOperator<T>;
  reduce<R>(
    reduce: ReduceFunction<T>,
    type: TypeSerializer<T>,
    then: WindowFunction<K, T, R>,
  ): SingleOutputStreamOperator<R>;
  reduce<R>(
    reduce: ReduceFunction<T>,
    type: TypeSerializer<T>,
    then?: WindowFunction<K, T, R>,
  ): SingleOutputStreamOperator<R> {
    return this.#operator(keepReduced(reduce, type) as unknown as WindowKeeping, then);
  }

  /** Gathers the records of a window in an accumulator of `type`. `then` sees its result. */
  aggregate<Acc, A>(
    aggregate: AggregateFunction<T, Acc, A>,
    type: TypeSerializer<Acc>,
  ): SingleOutputStreamOperator<A>;
  aggregate<Acc, A, R>(
    aggregate: AggregateFunction<T, Acc, A>,
    type: TypeSerializer<Acc>,
    then: WindowFunction<K, A, R>,
  ): SingleOutputStreamOperator<R>;
  aggregate<Acc, A, R>(
    aggregate: AggregateFunction<T, Acc, A>,
    type: TypeSerializer<Acc>,
    then?: WindowFunction<K, A, R>,
  ): SingleOutputStreamOperator<R> {
    return this.#operator(keepAggregated(aggregate, type) as unknown as WindowKeeping, then);
  }

  /** Keeps all records of a window, of `type`, until it is full. */
  process<R>(process: WindowFunction<K, T, R>, type: TypeSerializer<T>): SingleOutputStreamOperator<R> {
    return this.#operator(keepAll(type) as unknown as WindowKeeping, process);
  }

  #operator<I, R>(
    keeping: WindowKeeping,
    given: WindowFunction<K, I, R> | undefined,
  ): SingleOutputStreamOperator<R> {
    const assigner = this.#assigner;
    if (assigner.isMerging && keeping.merge === null) {
      throw new UsageError('an aggregate of session windows cannot be merged', {
        next: 'give the aggregate function a method merge(a, b)',
      });
    }
    const anyFunction = given as FunctionOrFactory<UserWindowFunction & object> | undefined;
    const parts = {
      assigner,
      keeping,
      keyType: this.#stream.keyType,
      allowedLatenessMs: this.#allowedLatenessMs,
      lateTag: this.#lateTag as OutputTag<unknown> | null,
    };
    return this.#stream.transform(assigner.name, (context, output) => {
      const userFunction =
        anyFunction === undefined ? passThrough : instantiate<UserWindowFunction>(anyFunction);
      return new WindowOperator(output, context, { ...parts, userFunction });
    });
  }
}

/** Emits the contents as they are. */
const passThrough: UserWindowFunction = {
  open: () => {},
  process(_key, _context, elements, out) {
    for (const element of elements) out.collect(element);
  },
  close: () => {},
};
