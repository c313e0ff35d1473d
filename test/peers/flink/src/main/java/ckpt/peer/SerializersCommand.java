package ckpt.peer;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.CharSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.ListSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.MapSerializer;
import org.apache.flink.api.common.typeutils.base.SetSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.DoublePrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.IntPrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.api.java.typeutils.runtime.TupleSerializer;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.state.ArrayListSerializer;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.ttl.TtlStateFactory;
import org.apache.flink.runtime.state.ttl.TtlValue;
import org.apache.flink.streaming.api.operators.TimerHeapInternalTimer;
import org.apache.flink.streaming.api.operators.TimerSerializer;
import org.apache.flink.streaming.api.windowing.windows.GlobalWindow;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.streaming.runtime.streamrecord.StreamElementSerializer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * {@code serializers}: snapshot, bytes and hash codes of sample values, as Flink's serializers write them. The output is
 * test/format/state/flink-serializers.json.
 */
final class SerializersCommand {
    private static final TypeSerializer<String> STRING = StringSerializer.INSTANCE;
    private static final TypeSerializer<Long> LONG = LongSerializer.INSTANCE;

    private final Map<String, Object> samples = new LinkedHashMap<>();

    private SerializersCommand() {}

    static Map<String, Object> run() throws Exception {
        SerializersCommand command = new SerializersCommand();
        command.addBasic();
        command.addComposite();
        command.addRuntime();
        return command.samples;
    }

    private void addBasic() throws Exception {
        add("string", STRING, "", "a", "Flink", "\0x", "grüße", "日本", "😀", "\uD800", "x".repeat(127));
        add("long", LONG, 0L, 1L, -1L, 1234567890123L, -9007199254740991L);
        add("bigint long", LONG, Long.MAX_VALUE, Long.MIN_VALUE, 1234567890123L);
        add("int", IntSerializer.INSTANCE, 0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE);
        add("short", ShortSerializer.INSTANCE, (short) -2, Short.MAX_VALUE);
        add("byte", ByteSerializer.INSTANCE, (byte) -2, Byte.MAX_VALUE);
        add("double", DoubleSerializer.INSTANCE, 0.0, -0.0, 1.5, -3.25e300, Double.NaN, Double.POSITIVE_INFINITY);
        add("float", FloatSerializer.INSTANCE, 1.5f, -0.1f, Float.NaN);
        add("boolean", BooleanSerializer.INSTANCE, true, false);
        add("char", CharSerializer.INSTANCE, 'a', '€');
        add("bytes", BytePrimitiveArraySerializer.INSTANCE, new byte[] {1, -1, 0});
        add("int[]", IntPrimitiveArraySerializer.INSTANCE, new int[] {1, -1});
        add("long[]", LongPrimitiveArraySerializer.INSTANCE, new long[] {1, -1});
        add("double[]", DoublePrimitiveArraySerializer.INSTANCE, new double[] {1.5});
    }

    private void addComposite() throws Exception {
        add("list", new ListSerializer<>(STRING), List.of("a", "b", "é"), List.of());
        add("array list", new ArrayListSerializer<>(LONG), new ArrayList<>(List.of(1L, 2L)));
        Map<String, Long> map = new LinkedHashMap<>();
        map.put("a", 1L);
        map.put("b", null);
        add("map", new MapSerializer<>(STRING, LONG), map);
        Set<String> set = new LinkedHashSet<>();
        set.add("a");
        set.add(null);
        add("set", new SetSerializer<>(STRING), set);
        add("tuple2", tuple(Tuple2.class, STRING, LONG), Tuple2.of("a", 7L));
        add(
                "tuple3",
                tuple(Tuple3.class, STRING, IntSerializer.INSTANCE, BooleanSerializer.INSTANCE),
                Tuple3.of("key", -5, true));
    }

    private void addRuntime() throws Exception {
        VoidNamespace none = VoidNamespace.INSTANCE;
        add("void namespace", VoidNamespaceSerializer.INSTANCE, none);
        add("time window", new TimeWindow.Serializer(), new TimeWindow(-60000, 0));
        add("global window", new GlobalWindow.Serializer(), GlobalWindow.get());
        add(
                "timer",
                new TimerSerializer<>(STRING, VoidNamespaceSerializer.INSTANCE),
                new TimerHeapInternalTimer<>(1000L, "a", none),
                new TimerHeapInternalTimer<>(-1L, "b", none));
        add("stream record", new StreamElementSerializer<>(LONG), new StreamRecord<>(5L, 1000L), new StreamRecord<>(5L));
        add("ttl", new TtlStateFactory.TtlSerializer<>(LONG, LONG), new TtlValue<>(5L, 1700000000000L));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <T> TypeSerializer<T> tuple(Class<?> type, TypeSerializer<?>... fields) {
        return new TupleSerializer(type, fields);
    }

    @SafeVarargs
    private <T> void add(String name, TypeSerializer<T> serializer, T... values) throws Exception {
        ByteArrayOutputStream snapshot = new ByteArrayOutputStream();
        TypeSerializerSnapshot.writeVersionedSnapshot(
                new DataOutputViewStreamWrapper(snapshot), serializer.snapshotConfiguration());
        List<Object> written = new ArrayList<>();
        for (T value : values) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            serializer.serialize(value, new DataOutputViewStreamWrapper(bytes));
            written.add(Map.of("bytes", hex(bytes), "hashCode", value.hashCode()));
        }
        samples.put(name, Map.of("snapshot", hex(snapshot), "values", written));
    }

    private static String hex(ByteArrayOutputStream bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
