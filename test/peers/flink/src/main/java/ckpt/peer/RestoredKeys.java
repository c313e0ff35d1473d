package ckpt.peer;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Looks up the restored state of each key that it is given. What it finds is static: the job runs in the process that
 * asks.
 */
final class RestoredKeys extends KeyedProcessFunction<Object, String, String>
        implements CheckpointedFunction, CheckpointListener {
    private static final Object NONE = new Object();
    static final Map<String, Object> VALUES = new ConcurrentHashMap<>();
    static final Set<Integer> SUBTASKS = ConcurrentHashMap.newKeySet();
    static final AtomicLong RESTORED_ID = new AtomicLong(-1);
    static final AtomicLong LAST_STARTED = new AtomicLong(-1);
    static final AtomicLong LAST_COMPLETED = new AtomicLong(-1);

    private final KeyedStateSpec spec;
    private transient KeyedStateSpec.Reader reader;

    RestoredKeys(KeyedStateSpec spec) {
        this.spec = spec;
    }

    /** By key; null for a key without state. */
    static Map<String, Object> sorted() {
        Map<String, Object> sorted = new TreeMap<>(VALUES);
        sorted.replaceAll((key, value) -> value == NONE ? null : value);
        return sorted;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        context.getRestoredCheckpointId().ifPresent(RESTORED_ID::set);
    }

    @Override
    public void open(OpenContext context) {
        reader = spec.open(getRuntimeContext());
    }

    @Override
    public void processElement(String key, Context context, Collector<String> out) throws Exception {
        SUBTASKS.add(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
        Object value = Json.ofValue(reader.read());
        VALUES.put(key, value == null ? NONE : value);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        LAST_STARTED.accumulateAndGet(context.getCheckpointId(), Math::max);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
        LAST_COMPLETED.accumulateAndGet(checkpointId, Math::max);
    }
}
