package ckpt.peer;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * {@code restore PATH --uid U --state NAME --parallelism P}: a streaming job restored from the snapshot, whose operator
 * U is given the keys on standard input. Prints the value found for each, and the first checkpoint that the job
 * completed after it had seen them all.
 */
final class RestoreCommand {
    private static final long CHECKPOINT_INTERVAL_MS = 200;
    private static final long TIMEOUT_MS = 240_000;
    private static final int KEYS_PER_SECOND = 20_000;

    private RestoreCommand() {}

    static Map<String, Object> run(Arguments arguments) throws Exception {
        List<String> keys =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).lines().distinct().toList();
        Path directory = Files.createTempDirectory("ckpt-peer-");
        try {
            JobClient job = start(arguments, keys, directory);
            awaitUntil(job, () -> RestoredKeys.VALUES.size() >= keys.size());
            long seenBefore = RestoredKeys.LAST_STARTED.get();
            awaitUntil(job, () -> RestoredKeys.LAST_COMPLETED.get() > seenBefore);
            job.cancel().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            return Map.of(
                    "values", RestoredKeys.sorted(),
                    "subtasks", RestoredKeys.SUBTASKS.size(),
                    "restoredCheckpointId", RestoredKeys.RESTORED_ID.get(),
                    "completedCheckpointId", RestoredKeys.LAST_COMPLETED.get());
        } finally {
            FileUtils.deleteQuietly(directory.toFile());
        }
    }

    private static JobClient start(Arguments arguments, List<String> keys, Path directory) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("execution.state-recovery.path", arguments.path());
        configuration.setString("execution.state-recovery.ignore-unclaimed-state", "true");
        configuration.setString("execution.checkpointing.dir", directory.toUri().toString());
        configuration.setString("state.backend.type", arguments.get("backend", "hashmap"));
        configuration.setString("restart-strategy.type", "none");
        int parallelism = Integer.parseInt(arguments.get("parallelism", "1"));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        environment.enableCheckpointing(CHECKPOINT_INTERVAL_MS);
        KeyedStateSpec spec = KeyedStateSpec.of(arguments);
        // The source goes on after the last key, without records: a job that has ended takes no checkpoints.
        GeneratorFunction<Long, Long> numbers = number -> number;
        environment
                .fromSource(
                        new DataGeneratorSource<>(
                                numbers,
                                Long.MAX_VALUE,
                                RateLimiterStrategy.perSecond(KEYS_PER_SECOND),
                                Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .setParallelism(1)
                .uid("ckpt-peer-numbers")
                .flatMap(keysByNumber(keys))
                .returns(Types.STRING)
                .setParallelism(1)
                .uid("ckpt-peer-keys")
                .keyBy(text -> spec.keyType().parse(text), spec.keyType().information())
                .process(new RestoredKeys(spec))
                .uid(arguments.get("uid"))
                .sinkTo(new DiscardingSink<>());
        return environment.executeAsync("restore");
    }

    private static FlatMapFunction<Long, String> keysByNumber(List<String> keys) {
        String[] all = keys.toArray(new String[0]);
        return (number, out) -> {
            if (number < all.length) out.collect(all[number.intValue()]);
        };
    }

    private interface Condition {
        boolean holds();
    }

    private static void awaitUntil(JobClient job, Condition condition) throws Exception {
        long deadline = System.currentTimeMillis() + TIMEOUT_MS;
        while (!condition.holds()) {
            JobStatus status = job.getJobStatus().get();
            if (status.isTerminalState()) {
                job.getJobExecutionResult().get();
                throw new IllegalStateException("the job ended as " + status);
            }
            if (System.currentTimeMillis() > deadline) throw new IllegalStateException("the job made no progress");
            Thread.sleep(20);
        }
    }
}
