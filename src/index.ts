// What job files import as 'ckpt'.
export { CollectSink } from './engine/connectors/collect-sink.js';
export { fileSink } from './engine/connectors/file-sink.js';
export { generatorSource } from './engine/connectors/generator-source.js';
export {
  DataStream,
  DataStreamSink,
  KeyedStream,
  SingleOutputStreamOperator,
} from './engine/job/data-stream.js';
export { StreamExecutionEnvironment } from './engine/job/environment.js';
export {
  type Collector,
  type FilterFunction,
  type FlatMapFunction,
  type KeyedProcessContext,
  KeyedProcessFunction,
  type KeySelector,
  type MapFunction,
  type ProcessContext,
  ProcessFunction,
  type RichFunction,
  type RuntimeContext,
} from './engine/job/functions.js';
export type { Sink, SinkContext, SinkWriter } from './engine/job/sink.js';
export type { PollResult, Source, SourceContext, SourceOutput, SourceReader } from './engine/job/source.js';
export {
  type ListState,
  ListStateDescriptor,
  type MapState,
  MapStateDescriptor,
  type ValueState,
  ValueStateDescriptor,
} from './engine/job/state.js';
export { Types } from './engine/job/types.js';
export { UsageError } from './support/errors.js';
