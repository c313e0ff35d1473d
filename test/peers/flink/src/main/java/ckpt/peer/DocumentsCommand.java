package ckpt.peer;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.MasterState;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;

/**
 * {@code documents DIRECTORY}: of each file in it all that Flink reads there, in the shape of {@code ckpt inspect
 * --raw}; in place of what Flink refuses {@code {"refused": reason}}. Relative files are shown below {@code file:/here}.
 */
final class DocumentsCommand {
    static final String POINTER = "file:/here";

    private DocumentsCommand() {}

    static Map<String, Object> run(Arguments arguments) throws Exception {
        Path directory = Path.of(arguments.path()).toAbsolutePath();
        Map<String, Object> documents = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                documents.put(file.getFileName().toString(), Json.exact(read(file, directory)));
            }
        }
        return documents;
    }

    private static Object read(Path file, Path directory) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        CheckpointMetadata metadata;
        try {
            ClassLoader loader = DocumentsCommand.class.getClassLoader();
            metadata = Checkpoints.loadCheckpointMetadata(in, loader, file.toUri().toString());
        } catch (Exception refusal) {
            return Map.of("refused", String.valueOf(refusal));
        }
        if (in.available() > 0) return Map.of("refused", in.available() + " bytes left over");
        HandleDocuments handles = new HandleDocuments(directory.toUri().getPath());
        return documentOf(metadata, ByteBuffer.wrap(bytes).getInt(4), handles);
    }

    private static Map<String, Object> documentOf(CheckpointMetadata metadata, int version, HandleDocuments handles) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("formatVersion", version);
        document.put("pointer", POINTER);
        document.put("checkpointId", metadata.getCheckpointId());
        document.put("properties", propertiesOf(metadata.getCheckpointProperties()));
        document.put("masterStates", metadata.getMasterStates().stream().map(DocumentsCommand::masterOf).toList());
        List<Object> operators = new ArrayList<>();
        long stateSize = 0;
        long checkpointedSize = 0;
        for (OperatorState operator : metadata.getOperatorStates()) {
            operators.add(operatorOf(operator, handles));
            stateSize += operator.getStateSize();
            checkpointedSize += operator.getCheckpointedSize();
        }
        document.put("operators", operators);
        document.put("stateSize", stateSize);
        document.put("checkpointedSize", checkpointedSize);
        return document;
    }

    private static Map<String, Object> propertiesOf(CheckpointProperties properties) {
        if (properties == null) return null;
        SnapshotType type = properties.getCheckpointType();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("snapshotType", type.getName());
        document.put("savepoint", type.isSavepoint());
        document.put("savepointFormat", type instanceof SavepointType savepoint ? savepoint.getFormatType().name() : null);
        document.put("sharing", type.getSharingFilesStrategy().name());
        document.put("forced", HandleDocuments.ask(properties, "forceCheckpoint"));
        document.put("unclaimed", properties.isUnclaimed());
        document.put("discardSubsumed", HandleDocuments.ask(properties, "discardOnSubsumed"));
        document.put("discardFinished", HandleDocuments.ask(properties, "discardOnJobFinished"));
        document.put("discardCancelled", HandleDocuments.ask(properties, "discardOnJobCancelled"));
        document.put("discardFailed", HandleDocuments.ask(properties, "discardOnJobFailed"));
        document.put("discardSuspended", HandleDocuments.ask(properties, "discardOnJobSuspended"));
        return document;
    }

    private static Map<String, Object> masterOf(MasterState state) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", state.name());
        document.put("version", state.version());
        document.put("size", state.bytes().length);
        document.put("sha256", HandleDocuments.sha256(state.bytes()));
        return document;
    }

    private static Map<String, Object> operatorOf(OperatorState operator, HandleDocuments handles) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", operator.getOperatorID().toHexString());
        document.put("name", operator.getOperatorName().orElse(null));
        document.put("uid", operator.getOperatorUid().orElse(null));
        document.put("parallelism", operator.getParallelism());
        document.put("maxParallelism", operator.getMaxParallelism());
        document.put("fullyFinished", operator.isFullyFinished());
        document.put("coordinatorState", handles.stream(operator.getCoordinatorState()));
        List<Object> subtasks = new ArrayList<>();
        new TreeMap<>(operator.getSubtaskStates())
                .forEach((index, state) -> subtasks.add(subtaskOf(index, state, handles)));
        document.put("subtasks", subtasks);
        document.put("stateSize", operator.getStateSize());
        document.put("checkpointedSize", operator.getCheckpointedSize());
        return document;
    }

    private static Map<String, Object> subtaskOf(int index, OperatorSubtaskState state, HandleDocuments handles) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("index", index);
        document.put("finished", state.isFinished());
        if (state.isFinished()) return document;
        document.put("stateSize", state.getStateSize());
        document.put("checkpointedSize", state.getCheckpointedSize());
        document.put("managedOperatorState", state.getManagedOperatorState().stream().map(handles::operator).toList());
        document.put("rawOperatorState", state.getRawOperatorState().stream().map(handles::operator).toList());
        document.put("managedKeyedState", state.getManagedKeyedState().stream().map(handles::keyed).toList());
        document.put("rawKeyedState", state.getRawKeyedState().stream().map(handles::keyed).toList());
        document.put("inputChannelState", state.getInputChannelState().stream().map(handles::channel).toList());
        document.put(
                "resultSubpartitionState",
                state.getResultSubpartitionState().stream().map(handles::channel).toList());
        return document;
    }
}
