package ckpt.peer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** Values of state as JSON: leaves are text, so that longs stay exact; maps are sorted. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static String print(Object value) throws Exception {
        return MAPPER.writeValueAsString(value);
    }

    static Object parse(String text) throws Exception {
        return MAPPER.readValue(text, Object.class);
    }

    /** Longs that a JavaScript number does not hold exactly become text. */
    static Object exact(Object value) {
        if (value instanceof Long number) return Math.abs(number) < 1L << 53 && number != Long.MIN_VALUE ? value : value.toString();
        if (value instanceof long[] numbers) return Arrays.stream(numbers).mapToObj(Json::exact).toList();
        if (value instanceof Collection<?> list) return list.stream().map(Json::exact).toList();
        if (!(value instanceof Map<?, ?> map)) return value;
        Map<String, Object> fields = new LinkedHashMap<>();
        map.forEach((field, content) -> fields.put(String.valueOf(field), exact(content)));
        return fields;
    }

    static Object ofValue(Object value) {
        if (value == null) return null;
        if (value instanceof byte[] bytes) return HexFormat.of().formatHex(bytes);
        if (value instanceof Iterable<?> list) {
            List<Object> elements = new ArrayList<>();
            list.forEach(element -> elements.add(ofValue(element)));
            return elements;
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> entries = new TreeMap<>();
            map.forEach((key, entry) -> entries.put(String.valueOf(ofValue(key)), ofValue(entry)));
            return entries;
        }
        return String.valueOf(value);
    }
}
