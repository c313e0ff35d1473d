package ckpt.peer;

import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.evictors.CountEvictor;
import org.apache.flink.streaming.api.windowing.triggers.ContinuousEventTimeTrigger;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.streaming.api.windowing.windows.Window;
import org.apache.flink.util.Collector;

/**
 * The job of test/peers/support/every-state-job.ts in Flink: state of every kind, timers, windows, operator state. It
 * either fills them with numbers or looks at what was restored; the source goes on without records, for a job that has
 * ended takes no checkpoints.
 */
record EveryStateJob(boolean fills, int records, int keys, long processingTimers) {
    static final long EVENT_TIMERS = 10_000_000;
    private static final int NUMBERS_PER_SECOND = 5_000;

    void build(StreamExecutionEnvironment environment) {
        GeneratorFunction<Long, Long> identity = number -> number;
        int wanted = fills ? records : keys;
        DataStream<Long> numbers =
                environment
                        .fromSource(
                                new DataGeneratorSource<>(
                                        identity,
                                        Long.MAX_VALUE,
                                        RateLimiterStrategy.perSecond(NUMBERS_PER_SECOND),
                                        Types.LONG),
                                WatermarkStrategy.noWatermarks(),
                                "numbers")
                        .setParallelism(1)
                        .uid("flink numbers")
                        .assignTimestampsAndWatermarks(timesOf(fills, records, wanted))
                        .setParallelism(1)
                        .uid("flink times")
                        .filter(number -> number < wanted)
                        .setParallelism(1)
                        .uid("flink wanted");
        numbers.rebalance().map(new Lists(fills)).uid("lists").sinkTo(new DiscardingSink<>());
        byKey(numbers, keys)
                .process(new EveryState(fills, processingTimers))
                .uid("every")
                .sinkTo(new DiscardingSink<>());
        boolean fills = this.fills;
        windows(byKey(numbers.filter(number -> fills).setParallelism(1).uid("flink records"), keys));
        byKey(numbers, keys)
                .countWindow(records / keys + 1)
                .reduce((a, b) -> a + b, new Tell<>("counted"))
                .uid("counted")
                .sinkTo(new DiscardingSink<>());
    }

    private static void windows(KeyedStream<Long, String> keyed) {
        keyed.window(TumblingEventTimeWindows.of(Duration.ofMillis(1_000_000)))
                .reduce((a, b) -> a + b, new Tell<>("tumbling"))
                .uid("tumbling")
                .sinkTo(new DiscardingSink<>());
        keyed.window(SlidingEventTimeWindows.of(Duration.ofMillis(1000), Duration.ofMillis(500)))
                .aggregate(new EveryStates.Mean(), new Tell<>("sliding"))
                .uid("sliding")
                .sinkTo(new DiscardingSink<>());
        keyed.window(EventTimeSessionWindows.withGap(Duration.ofMillis(100)))
                .process(new Tell<>("session"))
                .uid("session")
                .sinkTo(new DiscardingSink<>());
        keyed.window(TumblingEventTimeWindows.of(Duration.ofMillis(1_000_000)))
                .trigger(ContinuousEventTimeTrigger.of(Duration.ofMillis(400_000)))
                .evictor(CountEvictor.of(3))
                .process(new Tell<>("evicted"))
                .uid("evicted")
                .sinkTo(new DiscardingSink<>());
    }

    private static KeyedStream<Long, String> byKey(DataStream<Long> numbers, int keys) {
        return numbers.keyBy(number -> "key-" + number % keys, Types.STRING);
    }

    /** Two bursts of numbers. Event time stands still until all keys were looked at, then all of it is over. */
    private static WatermarkStrategy<Long> timesOf(boolean fills, int records, int wanted) {
        TimestampAssignerSupplier<Long> times =
                unused -> (number, before) -> number + 1000 * (number / (records / 2));
        return WatermarkStrategy.<Long>forGenerator(unused -> new EndOfTime(fills ? Long.MAX_VALUE : wanted))
                .withTimestampAssigner(times);
    }

    private record EndOfTime(long from) implements WatermarkGenerator<Long> {
        @Override
        public void onEvent(Long number, long time, WatermarkOutput output) {
            if (number < from) return;
            output.emitWatermark(new Watermark(Long.MAX_VALUE - 1));
            Seen.PROCESSED.accumulateAndGet(number, Math::max);
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {}
    }

    private static final class EveryState extends KeyedProcessFunction<String, Long, String>
            implements CheckpointedFunction, CheckpointListener {
        private final boolean fills;
        private final long processingTimers;
        private transient EveryStates states;

        EveryState(boolean fills, long processingTimers) {
            this.fills = fills;
            this.processingTimers = processingTimers;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) {
            context.getRestoredCheckpointId().ifPresent(Seen.RESTORED_ID::set);
        }

        @Override
        public void open(OpenContext context) {
            states = new EveryStates(getRuntimeContext());
        }

        @Override
        public void processElement(Long number, Context context, Collector<String> out) throws Exception {
            Seen.SUBTASKS.add(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
            if (!fills) {
                Seen.STATES.put(context.getCurrentKey(), states.all());
                return;
            }
            states.add(number);
            context.timerService().registerEventTimeTimer(EVENT_TIMERS + number);
            context.timerService().registerProcessingTimeTimer(processingTimers + number);
            Seen.PROCESSED.incrementAndGet();
        }

        @Override
        public void onTimer(long timestamp, OnTimerContext context, Collector<String> out) {
            String kind = context.timeDomain() == TimeDomain.EVENT_TIME ? "event timers" : "processing timers";
            Seen.line(kind, context.getCurrentKey() + " " + timestamp);
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) {
            Seen.LAST_STARTED.accumulateAndGet(context.getCheckpointId(), Math::max);
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            Seen.LAST_COMPLETED.accumulateAndGet(checkpointId, Math::max);
        }
    }

    /** Operator state: elements of each subtask, and what all subtasks have in common. */
    private static final class Lists extends RichMapFunction<Long, Long> implements CheckpointedFunction {
        private final boolean fills;
        private transient ListState<Long> splits;
        private transient ListState<String> seen;

        Lists(boolean fills) {
            this.fills = fills;
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            splits = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("splits", Types.LONG));
            seen = context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("seen", Types.STRING));
            for (Long split : splits.get()) Seen.line("splits", String.valueOf(split));
            for (String text : seen.get()) Seen.line("union", text);
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            if (!fills) return;
            long subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
            splits.update(List.of(subtask * 10, subtask * 10 + 1, subtask * 10 + 2));
            seen.update(List.of("seen by " + subtask));
        }

        @Override
        public Long map(Long number) {
            return number;
        }
    }

    private static final class Tell<I, W extends Window> extends ProcessWindowFunction<I, String, String, W> {
        private final String uid;

        Tell(String uid) {
            this.uid = uid;
        }

        @Override
        public void process(String key, Context context, Iterable<I> contents, Collector<String> out) {
            String bounds = context.window() instanceof TimeWindow window ? window.getStart() + ".." + window.getEnd() : "all";
            Seen.line(uid, key + " " + bounds + " " + Json.ofValue(contents));
        }
    }
}
