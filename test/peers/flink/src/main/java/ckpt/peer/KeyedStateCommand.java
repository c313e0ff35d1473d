package ckpt.peer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.SavepointReader;
import org.apache.flink.state.api.functions.KeyedStateReaderFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;

/** {@code keyed-state PATH --uid U --state NAME ...}: every key and its value, by the State Processor API. */
final class KeyedStateCommand {
    private KeyedStateCommand() {}

    static Map<String, Object> run(Arguments arguments) throws Exception {
        KeyedStateSpec spec = KeyedStateSpec.of(arguments);
        Configuration configuration = new Configuration();
        configuration.setString("state.backend.type", arguments.get("backend", "hashmap"));
        SavepointReader snapshot =
                SavepointReader.read(
                        StreamExecutionEnvironment.createLocalEnvironment(1, configuration), arguments.path());
        Map<String, Object> values = new TreeMap<>();
        try (CloseableIterator<String> entries =
                snapshot.readKeyedState(
                                OperatorIdentifier.forUid(arguments.get("uid")),
                                new ReadKey(spec),
                                spec.keyType().information(),
                                Types.STRING)
                        .executeAndCollect()) {
            while (entries.hasNext()) {
                List<?> entry = (List<?>) Json.parse(entries.next());
                values.put((String) entry.get(0), entry.get(1));
            }
        }
        return values;
    }

    /** Emits {@code [key, value]} as JSON. */
    private static final class ReadKey extends KeyedStateReaderFunction<Object, String> {
        private final KeyedStateSpec spec;
        private transient KeyedStateSpec.Reader reader;

        ReadKey(KeyedStateSpec spec) {
            this.spec = spec;
        }

        @Override
        public void open(OpenContext context) {
            reader = spec.open(getRuntimeContext());
        }

        @Override
        public void readKey(Object key, Context context, Collector<String> out) throws Exception {
            out.collect(Json.print(Arrays.asList(Json.ofValue(key), Json.ofValue(reader.read()))));
        }
    }
}
