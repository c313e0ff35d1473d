// What job files import as 'ckpt'.
export { CollectSink } from './engine/connectors/collect-sink.js';
export { fileSink } from './engine/connectors/file-sink.js';
export { generatorSource } from './engine/connectors/generator-source.js';
export { AllWindowedStream } from './engine/job/all-windowed-stream.js';
export {
  type BroadcastContext,
  BroadcastProcessFunction,
  type CoFlatMapFunction,
  type CoMapFunction,
  CoProcessFunction,
  KeyedBroadcastProcessFunction,
  KeyedCoProcessFunction,
  type ReadOnlyBroadcastContext,
} from './engine/job/co-functions.js';
export {
  BroadcastConnectedStream,
  BroadcastStream,
  ConnectedStreams,
} from './engine/job/connected-streams.js';
export {
  DataStream,
  DataStreamSink,
  KeyedStream,
  SingleOutputStreamOperator,
} from './engine/job/data-stream.js';
export { StreamExecutionEnvironment } from './engine/job/environment.js';
export {
  CountEvictor,
  type Evictor,
  type EvictorContext,
  TimeEvictor,
  type TimestampedValue,
} from './engine/job/evictors.js';
export {
  type AggregateFunction,
  type Collector,
  type FilterFunction,
  type FlatMapFunction,
  type FunctionInitializationContext,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type KeySelector,
  type MapFunction,
  type OnTimerContext,
  type ProcessContext,
  ProcessFunction,
  type ReduceFunction,
  type RichFunction,
  type RuntimeContext,
  type TimeDomain,
  type TimerService,
} from './engine/job/functions.js';
export { OutputTag } from './engine/job/output-tag.js';
export type { Sink, SinkContext, SinkWriter } from './engine/job/sink.js';
export type { PollResult, Source, SourceContext, SourceOutput, SourceReader } from './engine/job/source.js';
export {
  type AggregatingState,
  AggregatingStateDescriptor,
  type BroadcastState,
  type ListState,
  ListStateDescriptor,
  type MapState,
  MapStateDescriptor,
  type OperatorStateStore,
  type ReadOnlyBroadcastState,
  type ReducingState,
  ReducingStateDescriptor,
  type StateTtlConfig,
  type ValueState,
  ValueStateDescriptor,
} from './engine/job/state.js';
export type { OnMergeContext, Trigger, TriggerContext, TriggerResult } from './engine/job/trigger.js';
export {
  ContinuousEventTimeTrigger,
  ContinuousProcessingTimeTrigger,
  CountTrigger,
  EventTimeTrigger,
  ProcessingTimeTrigger,
  PurgingTrigger,
} from './engine/job/triggers.js';
export { Types } from './engine/job/types.js';
export {
  type TimestampAssigner,
  type WatermarkGenerator,
  type WatermarkSink,
  WatermarkStrategy,
} from './engine/job/watermark-strategy.js';
export { GlobalWindow, TimeWindow, type Window } from './engine/job/window.js';
export {
  EventTimeSessionWindows,
  GlobalWindows,
  ProcessingTimeSessionWindows,
  SlidingEventTimeWindows,
  SlidingProcessingTimeWindows,
  TumblingEventTimeWindows,
  TumblingProcessingTimeWindows,
  type WindowAssigner,
} from './engine/job/window-assigners.js';
export {
  ProcessAllWindowFunction,
  ProcessWindowFunction,
  type WindowContext,
} from './engine/job/window-function.js';
export { WindowedStream } from './engine/job/windowed-stream.js';
export { UsageError } from './support/errors.js';
