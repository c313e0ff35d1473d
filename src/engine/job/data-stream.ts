// Streams and what can be done with them. Every method adds an operator to the program and runs nothing.
// Source: Flink DataStream, SingleOutputStreamOperator, KeyedStream, DataStreamSink.
import type { TypeSerializer } from '../../format/state/serializer.js';
import { keyedProcessOperator } from '../operators/keyed-process.js';
import type { OperatorFactory } from '../operators/operator.js';
import { discardOperator, printOperator } from '../operators/print.js';
import { processOperator } from '../operators/process.js';
import { reduceOperator } from '../operators/reduce.js';
import { sinkOperator } from '../operators/sink-operator.js';
import { timestampsAndWatermarksOperator } from '../operators/timestamps-and-watermarks.js';
import { filterOperator, flatMapOperator, mapOperator } from '../operators/transforms.js';
import { AllWindowedStream } from './all-windowed-stream.js';
import { BroadcastConnectedStream, BroadcastStream, ConnectedStreams } from './connected-streams.js';
import { CountEvictor } from './evictors.js';
import type {
  FilterFunction,
  FlatMapFunction,
  FunctionOrFactory,
  KeyedProcessFunction,
  KeySelector,
  MapFunction,
  ProcessFunction,
  ReduceFunction,
} from './functions.js';
import type { OutputTag } from './output-tag.js';
import type { Sink } from './sink.js';
import type { MapStateDescriptor } from './state.js';
import { edgeFrom, type KeySpec, type StreamEdge, type StreamNode } from './stream-graph.js';
import type { Transformation } from './transformation.js';
import { CountTrigger, PurgingTrigger } from './triggers.js';
import { Types } from './types.js';
import type { WatermarkStrategy } from './watermark-strategy.js';
import type { GlobalWindow, TimeWindow, Window } from './window.js';
import { GlobalWindows, type WindowAssigner } from './window-assigners.js';
import { WindowedStream } from './windowed-stream.js';

/** The part of the environment that streams need. */
export interface ProgramBuilder {
  addTransformation(parts: Pick<StreamNode, 'name' | 'inputs' | 'key' | 'logic'>): Transformation;
}

export class DataStream<T> {
  constructor(
    protected readonly program: ProgramBuilder,
    readonly edges: readonly StreamEdge[],
    readonly key: KeySpec | null = null,
  ) {}

  map<R>(map: MapFunction<T, R>): SingleOutputStreamOperator<R> {
    return this.transform('Map', mapOperator(map));
  }

  flatMap<R>(flatMap: FlatMapFunction<T, R>): SingleOutputStreamOperator<R> {
    return this.transform('Flat Map', flatMapOperator(flatMap));
  }

  filter(filter: FilterFunction<T>): SingleOutputStreamOperator<T> {
    return this.transform('Filter', filterOperator(filter));
  }

  /** Records of one key go to one subtask, and find the state of that key. The selector must be pure. */
  keyBy(selector: KeySelector<T, string>): KeyedStream<T, string>;
  keyBy<K>(selector: KeySelector<T, K>, keyType: TypeSerializer<K>): KeyedStream<T, K>;
  keyBy<K>(selector: KeySelector<T, K>, keyType?: TypeSerializer<K>): KeyedStream<T, K> {
    const spec = { selector: asKeysOf(keyType, selector), type: keyType ?? Types.STRING };
    return new KeyedStream(this.program, this.edges, spec as unknown as KeySpec);
  }

  /** Gathers all records by windows, in one subtask. */
  windowAll<W extends Window = TimeWindow>(assigner: WindowAssigner<W>): AllWindowedStream<T, W> {
    const all = this.keyBy(() => 0, Types.BYTE);
    return new AllWindowedStream(all.window(assigner));
  }

  process<R>(process: FunctionOrFactory<ProcessFunction<T, R>>): SingleOutputStreamOperator<R> {
    return this.transform('Process', processOperator(process));
  }

  /** Gives every record its event time, and makes it go on. */
  assignTimestampsAndWatermarks(strategy: WatermarkStrategy<T>): SingleOutputStreamOperator<T> {
    return this.transform('Timestamps/Watermarks', timestampsAndWatermarksOperator(strategy));
  }

  /** All records of this and the other streams, in no particular order between them. */
  union(...others: readonly DataStream<T>[]): DataStream<T> {
    return new DataStream(this.program, [...this.edges, ...others.flatMap((other) => other.edges)]);
  }

  /** Every subtask of the next operator gets every record; with descriptors, to make state of them. */
  broadcast(): DataStream<T>;
  broadcast(
    ...descriptors: readonly [MapStateDescriptor<unknown, unknown>, ...MapStateDescriptor<unknown, unknown>[]]
  ): BroadcastStream<T>;
  broadcast(
    ...descriptors: readonly MapStateDescriptor<unknown, unknown>[]
  ): DataStream<T> | BroadcastStream<T> {
    const edges = this.edges.map((edge) => ({ ...edge, key: null, broadcast: true }));
    return descriptors.length === 0
      ? new DataStream<T>(this.program, edges)
      : new BroadcastStream<T>(edges, descriptors);
  }

  /** One operator reads both streams, and has state in common for them. */
  connect<B>(other: DataStream<B>): ConnectedStreams<T, B>;
  connect<B>(other: BroadcastStream<B>): BroadcastConnectedStream<T, B>;
  connect<B>(
    other: DataStream<B> | BroadcastStream<B>,
  ): ConnectedStreams<T, B> | BroadcastConnectedStream<T, B> {
    const connection = {
      first: this,
      add: <R>(parts: Parameters<ProgramBuilder['addTransformation']>[0]) =>
        new SingleOutputStreamOperator<R>(this.program, this.program.addTransformation(parts)),
    };
    if (other instanceof DataStream)
      return new ConnectedStreams({ ...connection, second: other, broadcast: null });
    const second = { edges: other.edges, key: null };
    return new BroadcastConnectedStream({ ...connection, second, broadcast: other.descriptors });
  }

  /** A line for each record; with several subtasks `1> ` and so on before it, as Flink does. */
  print(): DataStreamSink {
    return this.sink('Print to Std. Out', printOperator());
  }

  /** Takes every record and does nothing (Flink's DiscardingSink). */
  discard(): DataStreamSink {
    return this.sink('Discard', discardOperator());
  }

  sinkTo<Committable>(sink: Sink<T, Committable>, name = 'Unnamed'): DataStreamSink {
    return this.sink(name, sinkOperator(sink));
  }

  /** Adds an operator of one's own. */
  transform<R>(name: string, create: OperatorFactory): SingleOutputStreamOperator<R> {
    return new SingleOutputStreamOperator(this.program, this.add(name, create));
  }

  private sink(name: string, create: OperatorFactory): DataStreamSink {
    return new DataStreamSink(this.add(`Sink: ${name}`, create));
  }

  private add(name: string, create: OperatorFactory): Transformation {
    const logic = { kind: 'operator', create } as const;
    return this.program.addTransformation({ name, inputs: this.edges, key: this.key, logic });
  }
}

/** A stream of records with keys: functions on it have keyed state. */
export class KeyedStream<T, K> extends DataStream<T> {
  readonly keyType: TypeSerializer<unknown>;

  constructor(program: ProgramBuilder, edges: readonly StreamEdge[], spec: KeySpec) {
    super(
      program,
      edges.map((edge) => ({ ...edge, key: spec })),
      spec,
    );
    this.keyType = spec.type;
  }

  override process<R>(
    process: FunctionOrFactory<KeyedProcessFunction<K, T, R>>,
  ): SingleOutputStreamOperator<R> {
    return this.transform('KeyedProcess', keyedProcessOperator(process, this.keyType));
  }

  /** Gathers records by windows. */
  window<W extends Window = TimeWindow>(assigner: WindowAssigner<W>): WindowedStream<T, K, W> {
    return new WindowedStream(this, assigner);
  }

  /** Every `size` records of a key; with `slide`, at every so many records the last `size`, which are of `type`. */
  countWindow(size: number): WindowedStream<T, K, GlobalWindow>;
  countWindow(size: number, slide: number, type: TypeSerializer<T>): WindowedStream<T, K, GlobalWindow>;
  countWindow(size: number, slide?: number, type?: TypeSerializer<T>): WindowedStream<T, K, GlobalWindow> {
    const all = this.window(GlobalWindows.create());
    if (slide === undefined || type === undefined)
      return all.trigger(PurgingTrigger.of(CountTrigger.of(size)));
    return all.evictor(CountEvictor.of(size), type).trigger(CountTrigger.of(slide));
  }

  /** For each record what all records of its key so far come to; `type` is that of the records. */
  reduce(reduce: ReduceFunction<T>, type: TypeSerializer<T>): SingleOutputStreamOperator<T> {
    return this.transform('Keyed Reduce', reduceOperator(reduce, type));
  }
}

/** The results of one operator, which can be given a uid, a name and a parallelism. */
export class SingleOutputStreamOperator<T> extends DataStream<T> {
  readonly #transformation: Transformation;

  constructor(program: ProgramBuilder, transformation: Transformation) {
    super(program, [edgeFrom(transformation.id)]);
    this.#transformation = transformation;
  }

  /** What the operator emits to `tag`. */
  getSideOutput<S>(tag: OutputTag<S>): DataStream<S> {
    return new DataStream<S>(this.program, [{ ...edgeFrom(this.#transformation.id), sideOutput: tag.id }]);
  }

  uid(uid: string): this {
    this.#transformation.uid = uid;
    return this;
  }

  name(name: string): this {
    this.#transformation.name = name;
    return this;
  }

  setParallelism(parallelism: number): this {
    this.#transformation.parallelism = parallelism;
    return this;
  }

  setMaxParallelism(maxParallelism: number): this {
    this.#transformation.maxParallelism = maxParallelism;
    return this;
  }
}

/** The end of a stream. */
export class DataStreamSink {
  readonly #transformation: Transformation;

  constructor(transformation: Transformation) {
    this.#transformation = transformation;
  }

  uid(uid: string): this {
    this.#transformation.uid = uid;
    return this;
  }

  name(name: string): this {
    this.#transformation.name = name;
    return this;
  }

  setParallelism(parallelism: number): this {
    this.#transformation.parallelism = parallelism;
    return this;
  }
}

/** A Java float is the number that its four bytes hold: 0.1 and what is read back for it are one key. */
function asKeysOf<T, K>(type: TypeSerializer<K> | undefined, selector: KeySelector<T, K>): KeySelector<T, K> {
  if ((type as unknown) !== Types.FLOAT) return selector;
  return (value) => {
    const key = selector(value);
    return typeof key === 'number' ? (Math.fround(key) as K) : key;
  };
}
