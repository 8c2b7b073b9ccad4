package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Threads that may outlive a test, and why.
 *
 * <p>Prefer what a thread <em>is</em> to what it is called: anybody may give a name. One that throws is an error, never a
 * pass. Immutable; safe for use by many threads.
 */
public final class Allowance {

    private final String what;
    private final String reason;
    private final Predicate<LiveThread> test;

    private Allowance(String what, String reason, Predicate<LiveThread> test) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException(
                    "Expected a reason why " + what + " may outlive a test, but it is blank");
        }
        this.what = what;
        this.reason = reason;
        this.test = Objects.requireNonNull(test, "test");
    }

    /**
     * Allows this one thread.
     *
     * @throws IllegalArgumentException if the reason is blank, here as in all that follow
     */
    public static Allowance ofThread(Thread thread, String reason) {
        Objects.requireNonNull(thread, "thread");
        return new Allowance("the thread '" + thread.getName() + "'", reason, live -> live.thread() == thread);
    }

    /**
     * Allows threads by their names.
     *
     * @param regex what the whole name matches
     */
    public static Allowance ofName(String regex, String reason) {
        Pattern pattern = Pattern.compile(regex);
        return new Allowance(
                "threads named " + regex,
                reason,
                live -> pattern.matcher(live.name()).matches());
    }

    /** Allows platform threads by the name of their group. */
    public static Allowance ofGroup(String name, String reason) {
        return new Allowance(
                "threads of the group " + name,
                reason,
                live -> !live.virtual() && live.group().equals(name));
    }

    /** Allows threads whose class is of that name, such as {@code com.acme.PollThread}. */
    public static Allowance ofType(String className, String reason) {
        return new Allowance(
                "threads of the class " + className, reason, live -> live.type().equals(className));
    }

    /**
     * Allows threads by what they do.
     *
     * @param test gets the frames, innermost first
     */
    public static Allowance ofStack(Predicate<? super List<StackTraceElement>> test, String reason) {
        Objects.requireNonNull(test, "test");
        return new Allowance("threads by their stack", reason, live -> test.test(live.stack()));
    }

    /** Allows threads by any of their properties. */
    public static Allowance of(Predicate<? super LiveThread> test, String reason) {
        Objects.requireNonNull(test, "test");
        return new Allowance("threads by a predicate", reason, test::test);
    }

    /**
     * Whether it allows {@code live}.
     *
     * @throws IllegalStateException if that cannot be told
     */
    boolean allows(LiveThread live) {
        try {
            return test.test(live);
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "The allowance of " + this + " failed for " + live + ": mend or remove it", e);
        }
    }

    /** Returns what it allows, and why. */
    @Override
    public String toString() {
        return what + " (" + reason + ")";
    }
}
