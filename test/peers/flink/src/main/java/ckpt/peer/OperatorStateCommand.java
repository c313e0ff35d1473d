package ckpt.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/** {@code operator-state PATH --uid U --state NAME --mode list|union|broadcast}: the elements, or the entries. */
final class OperatorStateCommand {
    private OperatorStateCommand() {}

    static Object run(Arguments arguments) throws Exception {
        SavepointReader snapshot =
                SavepointReader.read(StreamExecutionEnvironment.createLocalEnvironment(1), arguments.path());
        OperatorIdentifier operator = OperatorIdentifier.forUid(arguments.get("uid"));
        String state = arguments.get("state");
        TypeInformation<Object> value = ValueType.named(arguments.get("value-type", "string")).information();
        return switch (arguments.get("mode")) {
            case "list" -> elementsOf(snapshot.readListState(operator, state, value));
            case "union" -> elementsOf(snapshot.readUnionState(operator, state, value));
            case "broadcast" -> {
                TypeInformation<Object> key = ValueType.named(arguments.get("key-type", "string")).information();
                yield entriesOf(snapshot.readBroadcastState(operator, state, key, value));
            }
            default -> throw new IllegalArgumentException("--mode is list, union or broadcast");
        };
    }

    /** Sorted: Flink reads the subtasks in any order. */
    private static List<String> elementsOf(DataStream<Object> stream) throws Exception {
        List<String> elements = new ArrayList<>();
        try (CloseableIterator<Object> all = stream.executeAndCollect()) {
            while (all.hasNext()) elements.add(String.valueOf(Json.ofValue(all.next())));
        }
        elements.sort(null);
        return elements;
    }

    private static Map<String, Object> entriesOf(DataStream<Tuple2<Object, Object>> stream) throws Exception {
        Map<String, Object> entries = new TreeMap<>();
        try (CloseableIterator<Tuple2<Object, Object>> all = stream.executeAndCollect()) {
            while (all.hasNext()) {
                Tuple2<Object, Object> entry = all.next();
                entries.put(String.valueOf(Json.ofValue(entry.f0)), Json.ofValue(entry.f1));
            }
        }
        return entries;
    }
}
