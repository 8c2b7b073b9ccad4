package dev.leakproof.census;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * Who started which platform thread, by a flight recording that is looked at only when that is asked. A virtual thread
 * itself records its start, which tells nothing of who started it.
 *
 * <p>To start one takes a quarter to half a second, and it keeps the last 64 MB of thread starts in a temporary
 * directory of the JVM. What was started before is not known. Safe for use by many threads.
 */
public final class ThreadCreators implements AutoCloseable {

    private static final System.Logger log = System.getLogger(ThreadCreators.class.getName());
    private static final long MOST_BYTES = 64L << 20;

    private final Recording recording = new Recording();

    /**
     * Starts to record.
     *
     * @throws IllegalStateException if this JVM has no flight recorder, or it is switched off
     */
    public ThreadCreators() {
        recording.setName("leakproof: who starts threads");
        recording.setMaxSize(MOST_BYTES);
        recording.enable("jdk.ThreadStart").withStackTrace();
        recording.start();
    }

    /** Returns who started each thread and on which line, by the id of the thread; those not recorded are left out. */
    public Map<Long, String> of(Collection<LiveThread> threads) {
        Set<Long> wanted = threads.stream().map(LiveThread::id).collect(Collectors.toSet());
        Map<Long, String> found = new HashMap<>();
        try {
            Path file = Files.createTempFile("leakproof-creators", ".jfr");
            try {
                recording.dump(file);
                try (RecordingFile events = new RecordingFile(file)) {
                    while (events.hasMoreEvents()) {
                        RecordedEvent event = events.readEvent();
                        long id = startedId(event);
                        if (wanted.contains(id)) {
                            found.put(id, describe(event));
                        }
                    }
                }
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            log.log(System.Logger.Level.WARNING, "Who started the threads could not be read", e);
        }
        return found;
    }

    private static long startedId(RecordedEvent event) {
        RecordedThread started = event.hasField("thread") ? event.getValue("thread") : null;
        return started == null ? -1 : started.getJavaThreadId();
    }

    private static String describe(RecordedEvent event) {
        RecordedThread parent = event.hasField("parentThread") ? event.getValue("parentThread") : null;
        String who = parent == null ? "a thread" : "'" + parent.getJavaName() + "'";
        RecordedStackTrace stack = event.getStackTrace();
        return who
                + (stack == null
                        ? ""
                        : stack.getFrames().stream()
                                .filter(frame -> !isJdk(frame))
                                .findFirst()
                                .map(frame -> " at " + format(frame))
                                .orElse(""));
    }

    /** A recording does not tell modules. */
    private static boolean isJdk(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        return Arrays.asList("java.", "javax.", "jdk.", "sun.", "com.sun.").stream()
                .anyMatch(type::startsWith);
    }

    private static String format(RecordedFrame frame) {
        String type = frame.getMethod().getType().getName();
        String file = type.replaceAll(".*\\.", "").replaceAll("\\$.*", "") + ".java";
        return type + "." + frame.getMethod().getName() + "(" + file + ":" + frame.getLineNumber() + ")";
    }

    /** Ends the recording. */
    @Override
    public void close() {
        recording.close();
    }
}
