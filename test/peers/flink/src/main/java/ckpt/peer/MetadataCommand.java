package ckpt.peer;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateObject;

/** {@code metadata PATH}: what Flink reads from a {@code _metadata} file or the directory that holds one. */
final class MetadataCommand {
    private MetadataCommand() {}

    static Map<String, Object> run(Arguments arguments) throws Exception {
        Path path = Path.of(arguments.path()).toAbsolutePath();
        Path file = Files.isDirectory(path) ? path.resolve("_metadata") : path;
        CheckpointMetadata metadata;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            ClassLoader loader = MetadataCommand.class.getClassLoader();
            metadata = Checkpoints.loadCheckpointMetadata(in, loader, file.getParent().toUri().toString());
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("checkpointId", metadata.getCheckpointId());
        document.put("properties", propertiesOf(metadata.getCheckpointProperties()));
        document.put("masterStates", metadata.getMasterStates().stream().map(state -> state.name()).toList());
        document.put("operators", metadata.getOperatorStates().stream().map(MetadataCommand::operatorOf).toList());
        return document;
    }

    private static Map<String, Object> propertiesOf(CheckpointProperties properties) {
        if (properties == null) return null;
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", properties.getCheckpointType().getName());
        document.put("savepoint", properties.isSavepoint());
        document.put("unclaimed", properties.isUnclaimed());
        document.put("sharing", properties.getCheckpointType().getSharingFilesStrategy().name());
        return document;
    }

    private static Map<String, Object> operatorOf(OperatorState operator) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", operator.getOperatorID().toHexString());
        document.put("name", operator.getOperatorName().orElse(null));
        document.put("uid", operator.getOperatorUid().orElse(null));
        document.put("parallelism", operator.getParallelism());
        document.put("maxParallelism", operator.getMaxParallelism());
        document.put("fullyFinished", operator.isFullyFinished());
        document.put("stateSizeBytes", operator.getStateSize());
        List<Object> subtasks = new ArrayList<>();
        new TreeMap<>(operator.getSubtaskStates())
                .forEach((index, state) -> subtasks.add(subtaskOf(index, state)));
        document.put("subtasks", subtasks);
        return document;
    }

    private static Map<String, Object> subtaskOf(int index, OperatorSubtaskState state) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("index", index);
        document.put("finished", state.isFinished());
        document.put("managedKeyedState", state.getManagedKeyedState().stream().map(MetadataCommand::keyed).toList());
        document.put("rawKeyedState", state.getRawKeyedState().stream().map(MetadataCommand::keyed).toList());
        document.put(
                "managedOperatorState",
                state.getManagedOperatorState().stream().map(MetadataCommand::ofOperator).toList());
        document.put(
                "rawOperatorState", state.getRawOperatorState().stream().map(MetadataCommand::ofOperator).toList());
        document.put("inputChannelState", state.getInputChannelState().stream().map(MetadataCommand::handle).toList());
        document.put(
                "resultSubpartitionState",
                state.getResultSubpartitionState().stream().map(MetadataCommand::handle).toList());
        return document;
    }

    private static Map<String, Object> keyed(KeyedStateHandle handle) {
        Map<String, Object> document = handle(handle);
        document.put("firstKeyGroup", handle.getKeyGroupRange().getStartKeyGroup());
        document.put("lastKeyGroup", handle.getKeyGroupRange().getEndKeyGroup());
        return document;
    }

    private static Map<String, Object> ofOperator(OperatorStateHandle handle) {
        Map<String, Object> document = handle(handle);
        Map<String, Object> states = new TreeMap<>();
        handle.getStateNameToPartitionOffsets()
                .forEach(
                        (name, partitions) ->
                                states.put(
                                        name,
                                        Map.of(
                                                "mode", partitions.getDistributionMode().name(),
                                                "offsets", partitions.getOffsets())));
        document.put("states", states);
        return document;
    }

    private static Map<String, Object> handle(StateObject handle) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("kind", handle.getClass().getSimpleName());
        document.put("sizeBytes", handle.getStateSize());
        return document;
    }
}
