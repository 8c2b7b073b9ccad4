package dev.leakproof.test;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Interrupts leaks to see which of them survive it. */
final class Interrupts {

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private Interrupts() {}

    /** Leaves out those of which there is no thread to interrupt. */
    static List<ThreadLeak> test(List<ThreadLeak> leaks) {
        leaks.stream()
                .map(leak -> leak.thread().thread())
                .filter(Objects::nonNull)
                .forEach(Thread::interrupt);
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean interrupted = false;
        for (ThreadLeak leak : leaks) {
            Thread thread = leak.thread().thread();
            long left = deadline - System.nanoTime();
            try {
                if (thread != null && left > 0) {
                    TimeUnit.NANOSECONDS.timedJoin(thread, left);
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return leaks.stream().map(Interrupts::withOutcome).toList();
    }

    private static ThreadLeak withOutcome(ThreadLeak leak) {
        Thread thread = leak.thread().thread();
        return thread == null ? leak : leak.survived(thread.isAlive());
    }
}
