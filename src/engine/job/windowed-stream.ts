// A keyed stream by windows: what becomes of their contents. Source: Flink WindowedStream, WindowOperatorBuilder.
import type { TypeSerializer } from '../../format/state/serializer.js';
import { UsageError } from '../../support/errors.js';
import type { OperatorFactory } from '../operators/operator.js';
import {
  type Gathering,
  keepAggregated,
  keepAll,
  keepForEvictor,
  keepReduced,
  type WindowKeeping,
} from '../operators/window/window-contents.js';
import { type UserWindowFunction, WindowOperator } from '../operators/window/window-operator.js';
import type { SingleOutputStreamOperator } from './data-stream.js';
import type { Evictor } from './evictors.js';
import {
  type AggregateFunction,
  type FunctionOrFactory,
  instantiate,
  type ReduceFunction,
} from './functions.js';
import type { OutputTag } from './output-tag.js';
import type { Trigger } from './trigger.js';
import type { TimeWindow, Window } from './window.js';
import type { WindowAssigner } from './window-assigners.js';
import type { WindowFunction } from './window-function.js';

/** The part of a keyed stream that is needed. */
export interface WindowableStream {
  readonly keyType: TypeSerializer<unknown>;
  transform<R>(name: string, create: OperatorFactory): SingleOutputStreamOperator<R>;
}

interface Evicting<T, W extends Window> {
  readonly evictor: Evictor<T, W>;
  readonly type: TypeSerializer<T>;
}

export class WindowedStream<T, K, W extends Window = TimeWindow> {
  readonly #stream: WindowableStream;
  readonly #assigner: WindowAssigner<W>;
  #trigger: Trigger<T, W>;
  #evicting: Evicting<T, W> | null = null;
  #allowedLatenessMs = 0;
  #lateTag: OutputTag<T> | null = null;

  constructor(stream: WindowableStream, assigner: WindowAssigner<W>) {
    this.#stream = stream;
    this.#assigner = assigner;
    this.#trigger = assigner.defaultTrigger;
  }

  /** When windows give their results, in place of the assigner's own trigger. */
  trigger(trigger: Trigger<T, W>): this {
    if (this.#assigner.isMerging && trigger.onMerge === undefined) {
      throw new UsageError(
        'session windows are given a trigger that does not know what to do when they merge',
        {
          next: 'give the trigger a method onMerge(window, context)',
        },
      );
    }
    this.#trigger = trigger;
    return this;
  }

  /** Which records functions do not see. All records of a window are kept then, of `type`, and joined when it fires. */
  evictor(evictor: Evictor<T, W>, type: TypeSerializer<T>): this {
    this.#evicting = { evictor, type };
    return this;
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
    then: WindowFunction<K, T, R, W>,
  ): SingleOutputStreamOperator<R>;
  reduce<R>(
    reduce: ReduceFunction<T>,
    type: TypeSerializer<T>,
    then?: WindowFunction<K, T, R, W>,
  ): SingleOutputStreamOperator<R> {
    const ofAll = (values: readonly T[]) =>
      values.length === 0 ? [] : [values.reduce((a, b) => reduce(a, b))];
    return this.#operator(this.#keeping(keepReduced(reduce, type), ofAll), then);
  }

  /** Gathers the records of a window in an accumulator of `type`. `then` sees its result. */
  aggregate<Acc, A>(
    aggregate: AggregateFunction<T, Acc, A>,
    type: TypeSerializer<Acc>,
  ): SingleOutputStreamOperator<A>;
  aggregate<Acc, A, R>(
    aggregate: AggregateFunction<T, Acc, A>,
    type: TypeSerializer<Acc>,
    then: WindowFunction<K, A, R, W>,
  ): SingleOutputStreamOperator<R>;
  aggregate<Acc, A, R>(
    aggregate: AggregateFunction<T, Acc, A>,
    type: TypeSerializer<Acc>,
    then?: WindowFunction<K, A, R, W>,
  ): SingleOutputStreamOperator<R> {
    const add = (accumulator: Acc, value: T) => aggregate.add(value, accumulator);
    const ofAll = (values: readonly T[]) => [
      aggregate.getResult(values.reduce(add, aggregate.createAccumulator())),
    ];
    return this.#operator(this.#keeping(keepAggregated(aggregate, type), ofAll), then);
  }

  /** Keeps all records of a window, of `type`, until it is full. */
  process<R>(process: WindowFunction<K, T, R, W>, type: TypeSerializer<T>): SingleOutputStreamOperator<R> {
    return this.#operator(
      this.#keeping(keepAll(type), (values) => values),
      process,
    );
  }

  #keeping<C, Out>(keeping: WindowKeeping<T, C, Out>, ofAll: Gathering<T, Out>): WindowKeeping {
    if (this.#evicting === null) return keeping as unknown as WindowKeeping;
    const { evictor, type } = this.#evicting;
    return keepForEvictor(type, evictor as Evictor<T, Window>, ofAll) as unknown as WindowKeeping;
  }

  #operator<I, R>(
    keeping: WindowKeeping,
    given: WindowFunction<K, I, R, W> | undefined,
  ): SingleOutputStreamOperator<R> {
    const assigner = this.#assigner;
    if (assigner.isMerging && keeping.merge === null) {
      throw new UsageError('an aggregate of session windows cannot be merged', {
        next: 'give the aggregate function a method merge(a, b)',
      });
    }
    const anyFunction = given as FunctionOrFactory<UserWindowFunction & object> | undefined;
    const parts = {
      assigner: assigner as WindowAssigner<Window>,
      trigger: this.#trigger as Trigger<unknown, Window>,
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
