package ckpt.peer;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.AggregatingState;
import org.apache.flink.api.common.state.AggregatingStateDescriptor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReducingState;
import org.apache.flink.api.common.state.ReducingStateDescriptor;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;

/** Keyed state of every kind, named and typed as in test/peers/support/every-state-job.ts. */
final class EveryStates {
    /** The states that live long were written when the epoch began. */
    private static final Duration LONG = Duration.ofDays(36_500);

    private static final Duration SHORT = Duration.ofHours(1);

    private final ValueState<Long> count;
    private final ListState<String> names;
    private final MapState<String, Long> fields;
    private final ReducingState<Long> sum;
    private final AggregatingState<Long, String> mean;
    private final ValueState<Long> fresh;
    private final ListState<String> freshNames;
    private final MapState<String, Long> freshFields;
    private final ValueState<Long> old;

    EveryStates(RuntimeContext context) {
        count = context.getState(new ValueStateDescriptor<>("count", Types.LONG));
        names = context.getListState(new ListStateDescriptor<>("names", Types.STRING));
        fields = context.getMapState(new MapStateDescriptor<>("fields", Types.STRING, Types.LONG));
        sum = context.getReducingState(new ReducingStateDescriptor<>("sum", Long::sum, Types.LONG));
        mean =
                context.getAggregatingState(
                        new AggregatingStateDescriptor<>("mean", new Mean(), Types.TUPLE(Types.LONG, Types.LONG)));
        fresh = context.getState(living(LONG, new ValueStateDescriptor<>("fresh", Types.LONG)));
        freshNames = context.getListState(living(LONG, new ListStateDescriptor<>("fresh names", Types.STRING)));
        freshFields =
                context.getMapState(
                        living(LONG, new MapStateDescriptor<>("fresh fields", Types.STRING, Types.LONG)));
        old = context.getState(living(SHORT, new ValueStateDescriptor<>("old", Types.LONG)));
    }

    void add(long number) throws Exception {
        String name = "name," + number;
        String field = "own " + number % 3;
        count.update(count.value() == null ? 1 : count.value() + 1);
        names.add(name);
        fields.put(field, number);
        sum.add(number);
        mean.add(number);
        fresh.update(number);
        freshNames.add(name);
        freshFields.put(field, number);
        old.update(number);
    }

    /** What the current key has, by the names of the states. */
    Map<String, Object> all() throws Exception {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("count", count.value());
        all.put("names", Json.ofValue(names.get()));
        all.put("fields", entriesOf(fields));
        all.put("sum", sum.get());
        all.put("mean", mean.get());
        all.put("fresh", fresh.value());
        all.put("fresh names", Json.ofValue(freshNames.get()));
        all.put("fresh fields", entriesOf(freshFields));
        all.put("old", old.value());
        return all;
    }

    private static Map<String, Long> entriesOf(MapState<String, Long> state) throws Exception {
        Map<String, Long> entries = new LinkedHashMap<>();
        for (Map.Entry<String, Long> entry : state.entries()) entries.put(entry.getKey(), entry.getValue());
        return entries;
    }

    private static <D extends StateDescriptor<?, ?>> D living(Duration ttl, D descriptor) {
        descriptor.enableTimeToLive(StateTtlConfig.newBuilder(ttl).build());
        return descriptor;
    }

    /** Sum and number of the values, {@code sum/number}. */
    static final class Mean implements AggregateFunction<Long, Tuple2<Long, Long>, String> {
        @Override
        public Tuple2<Long, Long> createAccumulator() {
            return Tuple2.of(0L, 0L);
        }

        @Override
        public Tuple2<Long, Long> add(Long value, Tuple2<Long, Long> sums) {
            return Tuple2.of(sums.f0 + value, sums.f1 + 1);
        }

        @Override
        public String getResult(Tuple2<Long, Long> sums) {
            return sums.f0 + "/" + sums.f1;
        }

        @Override
        public Tuple2<Long, Long> merge(Tuple2<Long, Long> a, Tuple2<Long, Long> b) {
            return Tuple2.of(a.f0 + b.f0, a.f1 + b.f1);
        }
    }
}
