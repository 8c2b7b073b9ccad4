package dev.leakproof.census;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's own dump, the only view of all virtual threads, read back from the file that it writes.
 *
 * @param virtual the virtual threads
 * @param containers for each thread that is in one, by its id: an executor, a scope, a fork-join pool
 */
record ThreadDump(List<LiveThread> virtual, Map<Long, String> containers) {

    private static final ThreadDump NONE = new ThreadDump(List.of(), Map.of());
    private static final String ROOT = "<root>";

    /** Loader and module may be missing; a hidden class has a slash in its name, but after a dollar sign. */
    private static final Pattern FRAME =
            Pattern.compile("(?:([^/$(]*)/)?(?:([^/$(@]*)(?:@([^/]*))?/)?([^(]+)\\.([^.(]+)\\(([^:)]*)(?::(\\d+))?\\)");

    static boolean isAvailable() {
        return Runtime.version().feature() >= 21
                && ManagementFactory.getPlatformMBeanServer().isRegistered(diagnostics());
    }

    /** Takes one; of a JVM that has no such dump an empty one. */
    static ThreadDump take() {
        return isAvailable() ? parse(Json.parse(write())) : NONE;
    }

    static ThreadDump parse(Object json) {
        List<LiveThread> virtual = new ArrayList<>();
        Map<Long, String> containers = new HashMap<>();
        for (Object container : list(map(map(json).get("threadDump")).get("threadContainers"))) {
            String name = text(map(container), "container");
            for (Object thread : list(map(container).get("threads"))) {
                long id = Long.parseLong(text(map(thread), "tid"));
                if (!name.equals(ROOT)) {
                    containers.put(id, name);
                }
                if (isVirtual(map(thread))) {
                    virtual.add(virtual(map(thread), id, name.equals(ROOT) ? null : name));
                }
            }
        }
        return new ThreadDump(List.copyOf(virtual), Map.copyOf(containers));
    }

    /** Newer dumps say so; in older ones the outermost frame tells. */
    private static boolean isVirtual(Map<?, ?> thread) {
        Object flag = thread.get("virtual");
        List<?> stack = list(thread.get("stack"));
        return flag != null
                ? "true".equals(flag.toString())
                : !stack.isEmpty()
                        && String.valueOf(stack.get(stack.size() - 1)).contains("java.lang.VirtualThread.run");
    }

    private static LiveThread virtual(Map<?, ?> thread, long id, @Nullable String container) {
        Object state = thread.get("state");
        return new LiveThread(
                null,
                id,
                text(thread, "name"),
                true,
                state == null ? Thread.State.WAITING : Thread.State.valueOf(state.toString()),
                "",
                "java.lang.VirtualThread",
                container,
                Ownership.UNOWNED,
                null,
                list(thread.get("stack")).stream()
                        .map(frame -> frame(String.valueOf(frame)))
                        .toList(),
                waitsFor(thread));
    }

    private static @Nullable String waitsFor(Map<?, ?> thread) {
        for (String key : List.of("blockedOn", "waitingOn", "parkBlocker")) {
            Object blocker = thread.get(key);
            if (blocker != null) {
                return String.valueOf(blocker instanceof Map<?, ?> details ? details.get("object") : blocker);
            }
        }
        return null;
    }

    static StackTraceElement frame(String text) {
        Matcher parts = FRAME.matcher(text);
        if (!parts.matches()) {
            return new StackTraceElement("?", text, null, -1);
        }
        // A single part before the class is the module; of two the first is the loader.
        boolean loaderToo = parts.group(2) != null;
        String file = Objects.requireNonNull(parts.group(6));
        int line = parts.group(7) != null
                ? Integer.parseInt(Objects.requireNonNull(parts.group(7)))
                : file.equals("Native Method") ? -2 : -1;
        return new StackTraceElement(
                loaderToo ? parts.group(1) : null,
                loaderToo ? parts.group(2) : parts.group(1),
                parts.group(3),
                Objects.requireNonNull(parts.group(4)),
                Objects.requireNonNull(parts.group(5)),
                line == -1 && !file.contains(".") ? null : file,
                line);
    }

    private static String write() {
        try {
            Path directory = Files.createTempDirectory("leakproof-threads");
            Path file = directory.resolve("dump.json");
            try {
                ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                diagnostics(),
                                "dumpThreads",
                                new Object[] {file.toAbsolutePath().toString(), "JSON"},
                                new String[] {String.class.getName(), String.class.getName()});
                return Files.readString(file);
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The dump of the virtual threads could not be written or read", e);
        } catch (JMException e) {
            throw new IllegalStateException("The JVM could not dump its virtual threads", e);
        }
    }

    private static ObjectName diagnostics() {
        try {
            return new ObjectName("com.sun.management:type=HotSpotDiagnostic");
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<?, ?> map(@Nullable Object json) {
        return json instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(@Nullable Object json) {
        return json instanceof List<?> list ? list : List.of();
    }

    private static String text(Map<?, ?> map, String key) {
        Object value = map.get(key);
        return value == null ? "" : value.toString();
    }
}
