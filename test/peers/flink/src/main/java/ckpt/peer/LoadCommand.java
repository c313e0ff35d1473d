package ckpt.peer;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;

/**
 * {@code load FILE --rounds N}: how long Flink takes to load a {@code _metadata} file. The bytes are in memory before the
 * clock starts; every round is timed, so that whoever reads the times can leave out those of a cold JVM.
 */
final class LoadCommand {
    private LoadCommand() {}

    static Map<String, Object> run(Arguments arguments) throws Exception {
        Path file = Path.of(arguments.path()).toAbsolutePath();
        byte[] bytes = Files.readAllBytes(file);
        double[] milliseconds = new double[Integer.parseInt(arguments.get("rounds", "1"))];
        long checkpointId = -1;
        for (int round = 0; round < milliseconds.length; round++) {
            long start = System.nanoTime();
            checkpointId = load(bytes, file).getCheckpointId();
            milliseconds[round] = (System.nanoTime() - start) / 1e6;
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("checkpointId", checkpointId);
        document.put("milliseconds", Arrays.stream(milliseconds).boxed().toList());
        return document;
    }

    private static CheckpointMetadata load(byte[] bytes, Path file) throws Exception {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            String pointer = file.getParent().toUri().toString();
            return Checkpoints.loadCheckpointMetadata(in, LoadCommand.class.getClassLoader(), pointer);
        }
    }
}
