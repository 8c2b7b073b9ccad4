package dev.leakproof.census;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
}
