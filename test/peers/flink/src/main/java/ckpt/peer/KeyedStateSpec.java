package ckpt.peer;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/** A keyed state as the command line describes it. */
record KeyedStateSpec(String kind, String name, ValueType keyType, ValueType valueType, ValueType mapKeyType)
        implements Serializable {

    /** Reads the state of the current key; null where it has none. */
    interface Reader {
        Object read() throws Exception;
    }

    static KeyedStateSpec of(Arguments arguments) {
        return new KeyedStateSpec(
                arguments.get("kind", "value"),
                arguments.get("state"),
                ValueType.named(arguments.get("key-type", "string")),
                ValueType.named(arguments.get("value-type", "long")),
                ValueType.named(arguments.get("map-key-type", "string")));
    }

    Reader open(RuntimeContext context) {
        return switch (kind) {
            case "value" -> {
                ValueState<Object> state =
                        context.getState(new ValueStateDescriptor<>(name, valueType.information()));
                yield state::value;
            }
            case "list" -> {
                ListState<Object> state =
                        context.getListState(new ListStateDescriptor<>(name, valueType.information()));
                yield () -> elementsOf(state);
            }
            case "map" -> {
                MapState<Object, Object> state =
                        context.getMapState(
                                new MapStateDescriptor<>(name, mapKeyType.information(), valueType.information()));
                yield () -> entriesOf(state);
            }
            default -> throw new IllegalArgumentException("no kind of state is called " + kind);
        };
    }

    private static Object elementsOf(ListState<Object> state) throws Exception {
        List<Object> elements = new ArrayList<>();
        for (Object element : state.get()) elements.add(element);
        return elements.isEmpty() ? null : elements;
    }

    private static Object entriesOf(MapState<Object, Object> state) throws Exception {
        Map<Object, Object> entries = new HashMap<>();
        for (Map.Entry<Object, Object> entry : state.entries()) entries.put(entry.getKey(), entry.getValue());
        return entries.isEmpty() ? null : entries;
    }
}
