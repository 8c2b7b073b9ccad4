package dev.leakproof.census;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The platform threads of this JVM: which there are costs microseconds, what they do far more. */
final class PlatformThreads {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private PlatformThreads() {}

    static List<Thread> alive() {
        ThreadGroup top = topGroup();
        Thread[] found = new Thread[top.activeCount() + 16];
        int count = top.enumerate(found);
        while (count == found.length) {
            // Full: there may be more that were left out without a word.
            found = new Thread[2 * found.length];
            count = top.enumerate(found);
        }
        return Arrays.asList(found).subList(0, count);
    }

    static ThreadGroup topGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        for (ThreadGroup above = group.getParent(); above != null; above = above.getParent()) {
            group = above;
        }
        return group;
    }

    /** Returns what the threads do, all at one moment, by their ids; those that have ended are left out. */
    static Map<Long, ThreadInfo> look(Collection<Thread> threads) {
        Map<Long, ThreadInfo> seen = new HashMap<>();
        if (!threads.isEmpty()) {
            long[] ids = threads.stream().mapToLong(Thread::getId).toArray();
            for (ThreadInfo info : THREADS.getThreadInfo(ids, Integer.MAX_VALUE)) {
                if (info != null) {
                    seen.put(info.getThreadId(), info);
                }
            }
        }
        return seen;
    }

    static boolean isPlatform(Thread thread) {
        return !thread.getClass().getName().equals("java.lang.VirtualThread");
    }

    /** Returns what the threads do and wait for, without stacks: half a microsecond each. */
    static List<ThreadInfo> glance(long[] ids) {
        return ids.length == 0
                ? List.of()
                : Arrays.stream(THREADS.getThreadInfo(ids, 0))
                        .filter(Objects::nonNull)
                        .toList();
    }

    /** Returns the CPU time of each by its id; empty where the JVM does not tell, or does so only one by one. */
    static Map<Long, Long> cpuNanos(long[] ids) {
        Map<Long, Long> used = new HashMap<>();
        if (ids.length > 0
                && THREADS instanceof com.sun.management.ThreadMXBean bulk
                && bulk.isThreadCpuTimeSupported()
                && bulk.isThreadCpuTimeEnabled()) {
            long[] nanos = bulk.getThreadCpuTime(ids);
            for (int i = 0; i < ids.length; i++) {
                used.put(ids[i], nanos[i]);
            }
        }
        return used;
    }

    /** Returns the ids of those that wait for each other in a circle. */
    static Set<Long> deadlocked() {
        long[] ids = THREADS.findDeadlockedThreads();
        return ids == null ? Set.of() : Arrays.stream(ids).boxed().collect(Collectors.toSet());
    }
}
