package dev.leakproof;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides for one worker whether an end that nobody asked for is followed by a restart, and what follows when it is not.
 * Time is the tree's.
 */
final class Supervisor {

    private static final Logger log = LoggerFactory.getLogger(ManagedWorker.class);

    /** When it was restarted within the window; null before the first time. Guarded by the tree's lock. */
    private @Nullable Deque<Long> restarts;

    private int inARow;
    private boolean tooMany;

    /** Whether nothing is to run again after such a failure. */
    static boolean isFinal(Throwable failure) {
        return failure instanceof DoNotRestartException
                || (failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError));
    }

    /** Returns the backoff, or null if it is not started again. With the tree's lock held. */
    @Nullable
    Duration restartAfter(RestartPolicy policy, Incarnation ended, @Nullable Throwable cause) {
        tooMany = false;
        boolean wanted = policy.mode() == RestartPolicy.Mode.ALWAYS
                || (policy.mode() == RestartPolicy.Mode.ON_FAILURE && cause != null);
        if (!wanted || (cause != null && isFinal(cause))) {
            return null;
        }
        long now = ended.tree().ticker().nanoTime();
        long window = policy.window().toNanos();
        if (ended.beganAt() - now <= -window) {
            inARow = 0;
        }
        Deque<Long> recent = restarts == null ? new ArrayDeque<>(2) : restarts;
        restarts = recent;
        while (!recent.isEmpty() && now - recent.peekFirst() >= window) {
            recent.removeFirst();
        }
        if (recent.size() >= policy.maxRestarts()) {
            tooMany = true;
            return null;
        }
        recent.addLast(now);
        return policy.backoffAfter(inARow++);
    }

    /** Returns what the policy or the body has asked for, to be done once the worker has ended. No lock is held. */
    Runnable escalation(RestartPolicy policy, Tree tree, Node worker, @Nullable Node owner, @Nullable Throwable cause) {
        Escalation escalation = cause instanceof StopOwnerException
                ? Escalation.STOP_OWNER
                : tooMany ? policy.escalation() : Escalation.NONE;
        if (cause != null) {
            NodeLog.error(log, worker, NodeState.FAILED)
                    .setCause(cause)
                    .log(
                            "{} has failed{} and is not started again{}",
                            worker,
                            tooMany
                                    ? " more than " + policy.maxRestarts() + " times in "
                                            + Durations.format(policy.window())
                                    : "",
                            escalation == Escalation.NONE ? "" : "; what follows is " + escalation);
        }
        if (escalation == Escalation.NONE || owner == null) {
            return () -> {};
        }
        Runnable consequence = escalation == Escalation.STOP_OWNER
                ? () -> tree.stopProtocol().cancel(owner)
                : tree.applicationClose(worker);
        return () -> {
            tree.events().escalated(worker, escalation);
            consequence.run();
        };
    }
}
