package ckpt.peer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * {@code steady-load DIRECTORY --keys K --rate R --interval MS --checkpoints N --retained M}: a job with incremental
 * checkpoints of RocksDB. It writes each of K keys once, then keys chosen at random, R of them a second, each with a value of
 * 1000 bytes that cannot be compressed; and is cancelled after checkpoint N. Prints where its checkpoints are.
 */
final class SteadyLoadCommand {
    private static final int VALUE_BYTES = 1000;
    private static final long TIMEOUT_MS = 240_000;

    private SteadyLoadCommand() {}

    static Map<String, Object> run(Arguments arguments) throws Exception {
        Path directory = Path.of(arguments.path());
        long keys = Long.parseLong(arguments.get("keys"));
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.dir", directory.toUri().toString());
        configuration.setString("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
        configuration.setString("execution.checkpointing.num-retained", arguments.get("retained"));
        configuration.setString("state.backend.type", "rocksdb");
        configuration.setString("execution.checkpointing.incremental", "true");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        environment.enableCheckpointing(Long.parseLong(arguments.get("interval")));
        double rate = Double.parseDouble(arguments.get("rate"));
        GeneratorFunction<Long, Long> chosen =
                number -> number < keys ? number : new SplittableRandom(number).nextLong(keys);
        environment
                .fromSource(
                        new DataGeneratorSource<>(
                                chosen, Long.MAX_VALUE, RateLimiterStrategy.perSecond(rate), Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "keys")
                .uid("keys")
                .keyBy(key -> key)
                .process(new Keep())
                .uid("keep")
                .sinkTo(new DiscardingSink<>());
        JobClient client = environment.executeAsync("steady load");
        Path checkpoints = directory.resolve(client.getJobID().toHexString());
        await(checkpoints, Long.parseLong(arguments.get("checkpoints")));
        // Asked for before: with its job the cluster goes, and answers nothing any more.
        CompletableFuture<?> ended = client.getJobExecutionResult().handle((result, canceled) -> null);
        client.cancel().get();
        ended.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        return Map.of("checkpoints", checkpoints.toString());
    }

    private static void await(Path checkpoints, long last) throws Exception {
        long deadline = System.currentTimeMillis() + TIMEOUT_MS;
        while (!isComplete(checkpoints, last)) {
            if (System.currentTimeMillis() > deadline) throw new IllegalStateException("the job made no progress");
            Thread.sleep(50);
        }
    }

    private static boolean isComplete(Path checkpoints, long last) throws Exception {
        if (!Files.isDirectory(checkpoints)) return false;
        try (Stream<Path> children = Files.list(checkpoints)) {
            return children
                    .filter(path -> Files.exists(path.resolve("_metadata")))
                    .anyMatch(path -> Long.parseLong(path.getFileName().toString().substring(4)) >= last);
        }
    }

    private static final class Keep extends KeyedProcessFunction<Long, Long, Long> {
        private final Random random = new Random(1);
        private ValueState<String> value;

        @Override
        public void open(OpenContext context) {
            value = getRuntimeContext().getState(new ValueStateDescriptor<>("value", Types.STRING));
        }

        @Override
        public void processElement(Long key, Context context, Collector<Long> out) throws Exception {
            byte[] bytes = new byte[VALUE_BYTES * 3 / 4];
            random.nextBytes(bytes);
            value.update(Base64.getEncoder().encodeToString(bytes));
        }
    }
}
