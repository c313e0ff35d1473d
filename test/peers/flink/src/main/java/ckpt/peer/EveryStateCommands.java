package ckpt.peer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job with state of every kind:
 *
 * <ul>
 *   <li>{@code restore-every PATH --parallelism P --backend B --records N --keys K}: restored from the snapshot; prints
 *       what it found, its timers and windows, and the first checkpoint that it completed afterwards
 *   <li>{@code take-every DIRECTORY --parallelism P --backend B --kind checkpoint|savepoint --records N --keys K}: filled;
 *       prints where its snapshot is
 * </ul>
 */
final class EveryStateCommands {
    private static final long CHECKPOINT_INTERVAL_MS = 100;
    private static final long TIMEOUT_MS = 120_000;
    /** In the year 2096: these timers of a job that is filled do not go off. */
    private static final long PROCESSING_TIMERS = 4_000_000_000_000L;

    private EveryStateCommands() {}

    static Map<String, Object> restore(Arguments arguments) throws Exception {
        Path directory = Files.createTempDirectory("ckpt-peer-");
        try {
            Configuration configuration = configuration(arguments, directory);
            configuration.setString("execution.state-recovery.path", arguments.path());
            configuration.setString("execution.state-recovery.ignore-unclaimed-state", "true");
            JobClient job = start(configuration, arguments, false);
            await(job, () -> Seen.PROCESSED.get() > 0 && Seen.STATES.size() >= number(arguments, "keys"));
            awaitCheckpoint(job);
            job.cancel().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            Map<String, Object> found = new TreeMap<>(Seen.lines());
            found.put("states", new TreeMap<>(Seen.STATES));
            found.put("subtasks", Seen.SUBTASKS.size());
            found.put("restoredCheckpointId", Seen.RESTORED_ID.get());
            found.put("completedCheckpointId", Seen.LAST_COMPLETED.get());
            return found;
        } finally {
            FileUtils.deleteQuietly(directory.toFile());
        }
    }

    static Map<String, Object> take(Arguments arguments) throws Exception {
        Path directory = Path.of(arguments.path());
        JobClient job = start(configuration(arguments, directory), arguments, true);
        await(job, () -> Seen.PROCESSED.get() >= number(arguments, "records"));
        if (arguments.get("kind").equals("savepoint")) {
            String target = directory.resolve("savepoints").toUri().toString();
            String snapshot = job.triggerSavepoint(target, SavepointFormatType.CANONICAL).get();
            job.cancel().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            return Map.of("snapshot", snapshot);
        }
        awaitCheckpoint(job);
        // Asked for before: with its job the cluster goes, and answers nothing any more.
        CompletableFuture<?> ended = job.getJobExecutionResult().handle((result, canceled) -> null);
        job.cancel().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        ended.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        return Map.of("snapshot", newestCheckpoint(directory.resolve(job.getJobID().toHexString())).toUri().toString());
    }

    private static JobClient start(Configuration configuration, Arguments arguments, boolean fills) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(number(arguments, "parallelism"), configuration);
        environment.enableCheckpointing(CHECKPOINT_INTERVAL_MS);
        new EveryStateJob(fills, number(arguments, "records"), number(arguments, "keys"), PROCESSING_TIMERS)
                .build(environment);
        return environment.executeAsync("every state");
    }

    private static Configuration configuration(Arguments arguments, Path directory) {
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.dir", directory.toUri().toString());
        configuration.setString("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
        configuration.setString("execution.checkpointing.incremental", "true");
        configuration.setString("state.backend.type", arguments.get("backend"));
        configuration.setString("restart-strategy.type", "none");
        return configuration;
    }

    private static int number(Arguments arguments, String name) {
        return Integer.parseInt(arguments.get(name));
    }

    /** A checkpoint is complete whose barrier comes after all that was seen so far. */
    private static void awaitCheckpoint(JobClient job) throws Exception {
        long started = Seen.LAST_STARTED.get();
        await(job, () -> Seen.LAST_COMPLETED.get() > started + 1);
    }

    private static Path newestCheckpoint(Path job) throws Exception {
        try (Stream<Path> children = Files.list(job)) {
            return children.filter(path -> Files.exists(path.resolve("_metadata")))
                    .max(Comparator.comparingLong(path -> Long.parseLong(path.getFileName().toString().substring(4))))
                    .orElseThrow();
        }
    }

    private static void await(JobClient job, Callable<Boolean> condition) throws Exception {
        long deadline = System.currentTimeMillis() + TIMEOUT_MS;
        while (!condition.call()) {
            JobStatus status = job.getJobStatus().get();
            if (status == JobStatus.FAILED) job.getJobExecutionResult().get();
            if (System.currentTimeMillis() > deadline) throw new IllegalStateException("the job made no progress");
            Thread.sleep(20);
        }
    }
}
