package dev.leakproof.census;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thread as a {@link ThreadCensus} found it.
 *
 * @param thread the thread, or null for a virtual thread, of which a dump tells only the rest
 * @param id unique in this JVM, and greater than that of every thread made before it
 * @param name its name; of a virtual thread often empty
 * @param virtual whether it is a virtual thread
 * @param state its state
 * @param group the name of its thread group; empty for a virtual thread
 * @param type the name of its class
 * @param container what holds it by the JVM's own books, such as {@code java.util.concurrent.ThreadPoolExecutor@1b2c3d},
 *     or null where no dump was taken or nothing does
 * @param ownership whose it is
 * @param owner the name of its owner: the path of a worker, what the infrastructure is, the name of a foreign owner; or
 *     null if unowned
 * @param stack its frames, innermost first; empty where they were not looked at, or it has none
 * @param waitsFor the lock or condition it waits for, and who holds that, or null if none is known
 */
public record LiveThread(
        @Nullable Thread thread,
        long id,
        String name,
        boolean virtual,
        Thread.State state,
        String group,
        String type,
        @Nullable String container,
        Ownership ownership,
        @Nullable String owner,
        List<StackTraceElement> stack,
        @Nullable String waitsFor) {

    /** Copies the stack. */
    public LiveThread {
        stack = List.copyOf(stack);
    }

    /** Returns kind, name, id and state on one line. */
    @Override
    public String toString() {
        return (virtual ? "virtual thread '" : "thread '") + oneLine(name) + "' (" + id + ", " + state + ")";
    }

    /** Returns {@code text} without what could pass for another line, or change the direction of writing. */
    static String oneLine(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+", " ");
    }

    LiveThread ownedBy(Ownership ownership, @Nullable String owner) {
        return new LiveThread(
                thread, id, name, virtual, state, group, type, container, ownership, owner, stack, waitsFor);
    }

    LiveThread of(@Nullable Thread thread) {
        return new LiveThread(
                thread, id, name, virtual, state, group, type, container, ownership, owner, stack, waitsFor);
    }
}
