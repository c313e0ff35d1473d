package ckpt.peer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.CheckpointStatsStatus;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * {@code keyed-count DIRECTORY --backend B --parallelism P --records N --keys K --interval MS}: how long a cluster takes to
 * count N records by K keys, with checkpoints below the directory, and how long each of these took. The time is that of the
 * job: the cluster has started before.
 */
final class KeyedCountCommand {
    private KeyedCountCommand() {}

    static Map<String, Object> run(Arguments arguments) throws Exception {
        int parallelism = Integer.parseInt(arguments.get("parallelism"));
        Configuration configuration = new Configuration();
        configuration.setString("execution.checkpointing.dir", Path.of(arguments.path()).toUri().toString());
        configuration.setString("execution.checkpointing.interval", arguments.get("interval") + " ms");
        configuration.setString("execution.checkpointing.incremental", "true");
        configuration.setString("state.backend.type", arguments.get("backend"));
        configuration.setString("taskmanager.memory.managed.size", "512 mb");
        configuration.setString("web.checkpoints.history", "1000");
        configuration.setString("rest.bind-port", "0");
        MiniClusterConfiguration settings =
                new MiniClusterConfiguration.Builder()
                        .setConfiguration(configuration)
                        .setNumTaskManagers(1)
                        .setNumSlotsPerTaskManager(parallelism)
                        .build();
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(parallelism);
        long records = Long.parseLong(arguments.get("records"));
        JobGraph job = countOf(environment, records, Long.parseLong(arguments.get("keys")));
        try (MiniCluster cluster = new MiniCluster(settings)) {
            cluster.start();
            long milliseconds = cluster.executeJobBlocking(job).getNetRuntime();
            return Map.of("milliseconds", milliseconds, "checkpoints", checkpointsOf(cluster, job));
        }
    }

    private static JobGraph countOf(StreamExecutionEnvironment environment, long records, long keys) {
        environment
                .fromSource(
                        new NumberSequenceSource(0, records - 1), WatermarkStrategy.noWatermarks(), "numbers")
                .map(number -> "k" + number % keys)
                .returns(Types.STRING)
                .keyBy(key -> key)
                .process(new Count())
                .sinkTo(new DiscardingSink<>());
        return environment.getStreamGraph().getJobGraph();
    }

    /** What each complete checkpoint took. */
    private static List<Long> checkpointsOf(MiniCluster cluster, JobGraph job) throws Exception {
        return cluster.getExecutionGraph(job.getJobID()).get().getCheckpointStatsSnapshot().getHistory().getCheckpoints()
                .stream()
                .filter(checkpoint -> checkpoint.getStatus() == CheckpointStatsStatus.COMPLETED)
                .map(checkpoint -> checkpoint.getEndToEndDuration())
                .toList();
    }

    private static final class Count extends KeyedProcessFunction<String, String, Long> {
        private ValueState<Long> count;

        @Override
        public void open(OpenContext context) {
            count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        }

        @Override
        public void processElement(String key, Context context, Collector<Long> out) throws Exception {
            Long before = count.value();
            long now = before == null ? 1 : before + 1;
            count.update(now);
            out.collect(now);
        }
    }
}
