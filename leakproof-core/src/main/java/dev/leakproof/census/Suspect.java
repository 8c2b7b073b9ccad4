package dev.leakproof.census;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A worker's thread that gets nowhere, as a {@link SuspectWatch} found it.
 *
 * @param thread the thread, with its owner and stack
 * @param trouble what is wrong with it
 * @param lasting for how long that has been seen; shorter than the truth by up to one look
 * @param holder who holds what it waits for, with its owner and stack; null where it does not wait, or that is not known
 */
public record Suspect(
        LiveThread thread,
        Trouble trouble,
        Duration lasting,
        @Nullable LiveThread holder) {

    /** What is wrong. */
    public enum Trouble {
        /** It has used a processor nearly all the time. */
        SPINNING,
        /** It has waited for one lock all the time. */
        BLOCKED,
        /** It waits for a lock that can never be free: its holder waits for one that this thread holds. */
        DEADLOCKED
    }

    /** Returns owner, thread and trouble on one line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(thread.owner() == null ? "" : "'" + thread.owner() + "', ")
                .append(thread)
                .append(", ")
                .append(
                        switch (trouble) {
                            case SPINNING -> "has been spinning";
                            case BLOCKED -> "has been blocked";
                            case DEADLOCKED -> "is deadlocked, and has been seen so";
                        })
                .append(" for ")
                .append(lasting.toSeconds())
                .append(" s");
        if (thread.waitsFor() != null) {
            text.append(" by ").append(LiveThread.oneLine(thread.waitsFor()));
        }
        if (holder != null && holder.owner() != null) {
            text.append(" of '").append(holder.owner()).append('\'');
        }
        return text.toString();
    }
}
