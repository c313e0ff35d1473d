package ckpt.peer;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What a job saw. It is static: the job runs in the process that asks. */
final class Seen {
    static final AtomicLong PROCESSED = new AtomicLong();
    static final AtomicLong RESTORED_ID = new AtomicLong(-1);
    static final AtomicLong LAST_STARTED = new AtomicLong(-1);
    static final AtomicLong LAST_COMPLETED = new AtomicLong(-1);
    static final Map<String, Object> STATES = new ConcurrentHashMap<>();
    static final Set<Integer> SUBTASKS = ConcurrentHashMap.newKeySet();
    private static final Map<String, Collection<String>> LINES = new ConcurrentHashMap<>();

    private Seen() {}

    /** Notes a line of a kind; the same line may come more than once. */
    static void line(String kind, String line) {
        LINES.computeIfAbsent(kind, unused -> new ConcurrentLinkedQueue<>()).add(line);
    }

    /** The lines of each kind, sorted. */
    static Map<String, List<String>> lines() {
        Map<String, List<String>> lines = new TreeMap<>();
        LINES.forEach((kind, all) -> lines.put(kind, all.stream().sorted().toList()));
        return lines;
    }
}
