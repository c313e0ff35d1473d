package ckpt.peer;

import java.lang.reflect.Method;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.runtime.checkpoint.channel.InputChannelInfo;
import org.apache.flink.runtime.checkpoint.channel.ResultSubpartitionInfo;
import org.apache.flink.runtime.state.AbstractChannelStateHandle;
import org.apache.flink.runtime.state.AbstractMergedChannelStateHandle;
import org.apache.flink.runtime.state.IncrementalKeyedStateHandle.HandleAndLocalPath;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupsSavepointStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.changelog.ChangelogStateBackendHandle;
import org.apache.flink.runtime.state.changelog.ChangelogStateHandleStreamImpl;
import org.apache.flink.runtime.state.changelog.inmemory.InMemoryChangelogStateHandle;
import org.apache.flink.runtime.state.filemerging.EmptyFileMergingOperatorStreamStateHandle;
import org.apache.flink.runtime.state.filemerging.EmptySegmentFileStateHandle;
import org.apache.flink.runtime.state.filemerging.FileMergingOperatorStreamStateHandle;
import org.apache.flink.runtime.state.filemerging.SegmentFileStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.filesystem.RelativeFileStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;

/** Handles of every kind as {@code ckpt inspect --raw} shows them. */
final class HandleDocuments {
    /** Path of the directory of the file that is read: shown as {@link DocumentsCommand#POINTER}. */
    private final String directory;

    HandleDocuments(String directory) {
        this.directory = directory.replaceAll("/+$", "");
    }

    Map<String, Object> stream(StreamStateHandle handle) {
        if (handle == null) return null;
        if (handle instanceof KeyGroupsStateHandle keyGroups) {
            return keyGroups(document("key-groups", keyGroups), keyGroups);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        if (handle instanceof ByteStreamStateHandle bytes) {
            document.put("kind", "bytes");
            document.put("name", bytes.getHandleName());
            document.put("sha256", sha256(bytes.getData()));
        } else if (handle instanceof RelativeFileStateHandle file) {
            document.put("kind", "relative-file");
            document.put("relativePath", file.getRelativePath());
            document.put("path", shown(file.getFilePath().toString()));
        } else if (handle instanceof FileStateHandle file) {
            document.put("kind", "file");
            document.put("path", file.getFilePath().toString());
        } else if (handle instanceof EmptySegmentFileStateHandle) {
            document.put("kind", "segment-empty");
            document.put("size", handle.getStateSize());
            return document;
        } else if (handle instanceof SegmentFileStateHandle segment) {
            document.put("kind", "segment");
            document.put("path", segment.getFilePath().toString());
            document.put("offset", segment.getStartPos());
            document.put("scope", segment.getScope().name());
            document.put("logicalFileId", segment.getLogicalFileId().getKeyString());
        } else {
            throw new IllegalArgumentException("no shape for " + handle.getClass());
        }
        document.put("size", handle.getStateSize());
        document.put("physicalId", shown(handle.getStreamStateHandleID().getKeyString()));
        return document;
    }

    Map<String, Object> keyed(KeyedStateHandle handle) {
        if (handle instanceof KeyGroupsStateHandle keyGroups) {
            String kind = handle instanceof KeyGroupsSavepointStateHandle ? "savepoint-key-groups" : "key-groups";
            return keyGroups(document(kind, keyGroups), keyGroups);
        }
        if (handle instanceof IncrementalRemoteKeyedStateHandle incremental) {
            Map<String, Object> document = document("incremental", handle);
            document.put("backendId", incremental.getBackendIdentifier().toString());
            document.put("checkpointId", incremental.getCheckpointId());
            document.put("metaStream", stream(incremental.getMetaDataStateHandle()));
            document.put("shared", incremental.getSharedState().stream().map(this::localFile).toList());
            document.put("private", incremental.getPrivateState().stream().map(this::localFile).toList());
            return document;
        }
        if (handle instanceof ChangelogStateBackendHandle changelog) {
            Map<String, Object> document = document("changelog", handle);
            document.put("materializationId", changelog.getMaterializationID());
            document.put("checkpointId", changelog.getCheckpointId());
            document.put("materialized", changelog.getMaterializedStateHandles().stream().map(this::keyed).toList());
            document.put(
                    "nonMaterialized", changelog.getNonMaterializedStateHandles().stream().map(this::keyed).toList());
            return document;
        }
        if (handle instanceof ChangelogStateHandleStreamImpl files) {
            Map<String, Object> document = document("changelog-files", handle);
            document.put("storageId", files.getStorageIdentifier());
            List<Object> parts = new ArrayList<>();
            files.getHandlesAndOffsets().forEach(part -> parts.add(pair("offset", part.f1, "stream", stream(part.f0))));
            document.put("parts", parts);
            return document;
        }
        if (handle instanceof InMemoryChangelogStateHandle memory) {
            Map<String, Object> document = document("changelog-memory", handle);
            document.put("from", memory.getFrom());
            document.put("to", memory.getTo());
            List<Object> changes = new ArrayList<>();
            memory.getChanges().forEach(change -> {
                Map<String, Object> of = pair("keyGroup", change.getKeyGroup(), "size", change.getChange().length);
                of.put("sha256", sha256(change.getChange()));
                changes.add(of);
            });
            document.put("changes", changes);
            return document;
        }
        throw new IllegalArgumentException("no shape for " + handle.getClass());
    }

    Map<String, Object> operator(OperatorStateHandle handle) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("kind", "operator");
        document.put("size", handle.getStateSize());
        Map<String, Object> states = new TreeMap<>();
        handle.getStateNameToPartitionOffsets().forEach((name, offsets) -> {
            Map<String, Object> state = pair("name", name, "mode", offsets.getDistributionMode().name());
            state.put("offsetCount", offsets.getOffsets().length);
            state.put("offsets", offsets.getOffsets());
            states.put(name, state);
        });
        document.put("states", states.values());
        document.put("stream", stream(handle.getDelegateStateHandle()));
        if (handle instanceof FileMergingOperatorStreamStateHandle merged) {
            boolean isEmpty = handle instanceof EmptyFileMergingOperatorStreamStateHandle;
            document.put("kind", isEmpty ? "operator-file-merging-empty" : "operator-file-merging");
            document.put("taskOwnedDir", merged.getTaskOwnedDirHandle().getDirectory().toString());
            document.put("sharedDir", merged.getSharedDirHandle().getDirectory().toString());
        }
        return document;
    }

    Map<String, Object> channel(StateObject handle) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("size", handle.getStateSize());
        if (handle instanceof AbstractChannelStateHandle<?> single) {
            boolean isInput = single.getInfo() instanceof InputChannelInfo;
            document.put("kind", isInput ? "input-channel" : "result-subpartition");
            document.put("subtask", single.getSubtaskIndex());
            document.put("channel", channelInfo(single.getInfo()));
            document.put("offsets", single.getOffsets());
            document.put("stream", stream(single.getDelegate()));
            return document;
        }
        AbstractMergedChannelStateHandle<?, ?> merged = (AbstractMergedChannelStateHandle<?, ?>) handle;
        boolean isInput = handle.getClass().getSimpleName().contains("Input");
        document.put("kind", isInput ? "input-channels-merged" : "result-subpartitions-merged");
        document.put("subtask", merged.getSubtaskIndex());
        document.put("serializedOffsetsSize", merged.getSerializedChannelOffsets().length);
        List<Object> channels = new ArrayList<>();
        for (Object of : (Iterable<?>) ask(merged, "getUnmergedHandles")) {
            AbstractChannelStateHandle<?> part = (AbstractChannelStateHandle<?>) of;
            Map<String, Object> shape = pair("channel", channelInfo(part.getInfo()), "size", part.getStateSize());
            shape.put("offsets", part.getOffsets());
            channels.add(shape);
        }
        document.put("channels", channels);
        document.put("stream", stream(merged.getDelegate()));
        return document;
    }

    /** What a method without arguments says that Flink keeps to itself. */
    static Object ask(Object object, String name) {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            try {
                Method method = type.getDeclaredMethod(name);
                method.setAccessible(true);
                return method.invoke(object);
            } catch (NoSuchMethodException notHere) {
                continue;
            } catch (ReflectiveOperationException failure) {
                throw new IllegalStateException(failure);
            }
        }
        throw new IllegalArgumentException("no method " + name);
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Map<String, Object> keyGroups(Map<String, Object> document, KeyGroupsStateHandle handle) {
        List<Object> offsets = new ArrayList<>();
        handle.getGroupRangeOffsets().forEach(keyGroup -> offsets.add(keyGroup.f1));
        document.put("offsets", offsets);
        document.put("stream", stream(handle.getDelegateStateHandle()));
        return document;
    }

    private Map<String, Object> document(String kind, KeyedStateHandle handle) {
        KeyGroupRange range = handle.getKeyGroupRange();
        Map<String, Object> keyGroups = pair("first", range.getStartKeyGroup(), "last", range.getEndKeyGroup());
        keyGroups.put("count", range.getNumberOfKeyGroups());
        Map<String, Object> document = pair("kind", kind, "size", handle.getStateSize());
        document.put("checkpointedSize", handle.getCheckpointedSize());
        document.put("stateHandleId", handle.getStateHandleId().getKeyString());
        document.put("keyGroups", keyGroups);
        return document;
    }

    private Map<String, Object> localFile(HandleAndLocalPath file) {
        return pair("localPath", file.getLocalPath(), "stream", stream(file.getHandle()));
    }

    private static Map<String, Object> channelInfo(Object channel) {
        if (channel instanceof InputChannelInfo input) {
            return pair("gate", input.getGateIdx(), "index", input.getInputChannelIdx());
        }
        ResultSubpartitionInfo output = (ResultSubpartitionInfo) channel;
        return pair("partition", output.getPartitionIdx(), "index", output.getSubPartitionIdx());
    }

    private static Map<String, Object> pair(String first, Object value, String second, Object other) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put(first, value);
        document.put(second, other);
        return document;
    }

    private String shown(String path) {
        return path.replace("file:" + directory, DocumentsCommand.POINTER);
    }
}
