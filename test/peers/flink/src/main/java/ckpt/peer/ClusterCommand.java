package ckpt.peer;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CompletedCheckpoint;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.persistence.filesystem.FileSystemStateStorageHelper;
import org.apache.flink.runtime.state.CompletedCheckpointStorageLocation;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * {@code cluster DIRECTORY}: a cluster with its REST API. Prints where that is, then does what the lines of standard input
 * say and prints an answer to each, until there are no more:
 *
 * <ul>
 *   <li>{@code start [SNAPSHOT MODE]}: runs a job with checkpoints below the directory, waits for the first
 *   <li>{@code cancel JOB}: waits until the job has ended; its checkpoints are retained
 *   <li>{@code keep SNAPSHOT HA-DIRECTORY}: stores it as a JobManager with high availability does
 * </ul>
 */
final class ClusterCommand {
    private static final long CHECKPOINT_INTERVAL_MS = 200;
    private static final long TIMEOUT_MS = 120_000;

    private final MiniCluster cluster;
    private final Path directory;

    private ClusterCommand(MiniCluster cluster, Path directory) {
        this.cluster = cluster;
        this.directory = directory;
    }

    static Map<String, Object> run(Arguments arguments) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("rest.address", "localhost");
        configuration.setString("rest.bind-port", "0");
        MiniClusterConfiguration settings =
                new MiniClusterConfiguration.Builder()
                        .setConfiguration(configuration)
                        .setNumTaskManagers(1)
                        .setNumSlotsPerTaskManager(4)
                        .build();
        try (MiniCluster cluster = new MiniCluster(settings)) {
            cluster.start();
            answer(Map.of("rest", cluster.getRestAddress().get().toString()));
            ClusterCommand command = new ClusterCommand(cluster, Path.of(arguments.path()));
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                answer(command.obey(line.split(" ")));
            }
        }
        return Map.of("ended", true);
    }

    private static void answer(Map<String, Object> answer) throws Exception {
        System.out.println(Json.print(answer));
        System.out.flush();
    }

    private Map<String, Object> obey(String[] words) throws Exception {
        return switch (words[0]) {
            case "start" -> start(words);
            case "cancel" -> cancel(JobID.fromHexString(words[1]));
            case "keep" -> keep(words[1], Path.of(words[2]));
            default -> throw new IllegalArgumentException("no such command: " + words[0]);
        };
    }

    private Map<String, Object> start(String[] words) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.dir", directory.toUri().toString());
        configuration.setString("execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION");
        configuration.setString("state.backend.type", "rocksdb");
        configuration.setString("execution.checkpointing.incremental", "true");
        configuration.setString("execution.checkpointing.data-inline-threshold", "0");
        if (words.length > 1) {
            configuration.setString("execution.state-recovery.path", words[1]);
            configuration.setString("execution.state-recovery.claim-mode", words[2]);
        }
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(1);
        environment.enableCheckpointing(CHECKPOINT_INTERVAL_MS);
        GeneratorFunction<Long, Long> numbers = number -> number;
        environment
                .fromSource(
                        new DataGeneratorSource<>(
                                numbers, Long.MAX_VALUE, RateLimiterStrategy.perSecond(100), Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .uid("numbers")
                .keyBy(number -> number % 10)
                .reduce((a, b) -> a + b)
                .uid("sums")
                .sinkTo(new DiscardingSink<>());
        StreamGraph plan = environment.getStreamGraph();
        plan.setJobName("sums of numbers");
        JobGraph graph = plan.getJobGraph();
        cluster.submitJob(graph).get();
        Path checkpoints = directory.resolve(graph.getJobID().toHexString());
        await(() -> newestCheckpoint(checkpoints) != null);
        return Map.of("job", graph.getJobID().toHexString());
    }

    private Map<String, Object> cancel(JobID job) throws Exception {
        cluster.cancelJob(job).get();
        await(() -> cluster.getJobStatus(job).get().isGloballyTerminalState());
        Path newest = newestCheckpoint(directory.resolve(job.toHexString()));
        return Map.of("status", cluster.getJobStatus(job).get().name(), "snapshot", newest.toUri().toString());
    }

    private static Map<String, Object> keep(String snapshot, Path haDirectory) throws Exception {
        CompletedCheckpointStorageLocation location =
                AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(snapshot);
        CompletedCheckpoint checkpoint =
                Checkpoints.loadAndValidateCheckpoint(
                        new JobID(),
                        Map.of(),
                        location,
                        ClusterCommand.class.getClassLoader(),
                        true,
                        CheckpointProperties.forUnclaimedSnapshot());
        new FileSystemStateStorageHelper<CompletedCheckpoint>(
                        new org.apache.flink.core.fs.Path(haDirectory.toUri()), "completedCheckpoint")
                .store(checkpoint);
        return Map.of("pointer", checkpoint.getExternalPointer());
    }

    /** Null where there is none that is complete. */
    private static Path newestCheckpoint(Path job) throws Exception {
        if (!Files.isDirectory(job)) return null;
        try (Stream<Path> children = Files.list(job)) {
            List<Path> complete = children.filter(path -> Files.exists(path.resolve("_metadata"))).toList();
            return complete.stream().max(Comparator.comparingLong(ClusterCommand::idOf)).orElse(null);
        }
    }

    private static long idOf(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring("chk-".length()));
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.currentTimeMillis() + TIMEOUT_MS;
        while (!condition.call()) {
            if (System.currentTimeMillis() > deadline) throw new IllegalStateException("the job made no progress");
            Thread.sleep(20);
        }
    }
}
