package dev.leakproof;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A group as a node of the tree. Most groups live without: one is made to be shown, or when a stop has to deal with the
 * group, and only then does it have an incarnation.
 */
final class GroupNode extends Node implements Activity {

    /** A report names no more forks that are stuck besides the first, and counts the others. */
    private static final int MOST_NAMED = 9;

    /** A snapshot looks for groups in no more forks. */
    private static final int MOST_LOOKED_AT = 1_000;

    private final Object monitor = new Object();
    private final TaskGroup<?> group;
    private volatile @Nullable Fork<?> suspect;
    private volatile boolean toldBefore;
    private volatile boolean unblocked;

    private GroupNode(TaskGroup<?> group, Policy policy) {
        super(nameOf(group), NodeKind.GROUP, policy, group.createdAt());
        this.group = group;
    }

    /** Returns a node with an incarnation that takes over the group's hold on that of its host. */
    static GroupNode of(TaskGroup<?> group) {
        Incarnation above = group.host().incarnation();
        if (group.host() instanceof Fork) {
            above.extend();
        }
        boolean told = group.isTold();
        Policy policy = new Policy(null, told ? StopMode.INTERRUPT : null, null, null);
        GroupNode node = new GroupNode(group, policy);
        node.toldBefore = told;
        Incarnation incarnation = new Incarnation(node, above, group.tree(), group.openedNanos());
        incarnation.hold();
        incarnation.running(node);
        node.standBelow(above.node(), incarnation, node.openedAt());
        return node;
    }

    /** Returns a node that is there only to be looked at. */
    static GroupNode shownFor(TaskGroup<?> group) {
        GroupNode node = new GroupNode(group, Policy.INHERITED);
        node.standBelow(group.host().incarnation().node(), null, node.openedAt());
        return node;
    }

    /** Whether {@code onUnblock} hooks have been looked for: one that is added now runs at once. */
    boolean isUnblocked() {
        return unblocked;
    }

    boolean isGivenUp() {
        Incarnation incarnation = current();
        return incarnation != null && incarnation.isLeaked();
    }

    /** It was not needed. */
    void discard() {
        if (group.host() instanceof Fork) {
            group.host().incarnation().release();
        }
    }

    /** The group is over. */
    void over() {
        Incarnation incarnation = current();
        if (incarnation != null) {
            incarnation.release();
        }
    }

    void note(String text) {
        Incarnation incarnation = current();
        StopEntry stop = incarnation == null ? null : incarnation.stop();
        if (stop != null) {
            stop.note(text);
        }
    }

    private Instant openedAt() {
        return Instant.now().minusNanos(System.nanoTime() - group.openedNanos());
    }

    /** One in a fork has the names of the groups above it in its own. */
    private static String nameOf(TaskGroup<?> group) {
        String above = group.host().incarnation().node().path();
        return group.path().substring(above.length() + 1);
    }

    // Activity

    @Override
    public boolean hasEnded() {
        return group.isOver();
    }

    @Override
    public @Nullable Thread thread() {
        Fork<?> known = suspect;
        Thread thread = known == null ? null : known.thread();
        if (thread == null) {
            Fork<?>[] found = new Fork<?>[1];
            visit(group, fork -> {
                found[0] = fork;
                return true;
            });
            suspect = found[0];
            thread = found[0] == null ? null : found[0].thread();
        }
        return thread;
    }

    @Override
    public String threadName() {
        Fork<?> known = suspect;
        return known == null ? group.path() : known.path();
    }

    @Override
    public boolean runsOn(Thread thread) {
        return visit(group, fork -> fork.thread() == thread);
    }

    @Override
    public void wake() {
        group.signalled();
    }

    @Override
    public void interrupt(@Nullable Thread caller) {
        boolean again = toldBefore;
        toldBefore = false;
        if (again) {
            group.stopped();
        } else {
            group.stop(caller);
        }
    }

    @Override
    public List<StopHook> take(StopStage stage) {
        List<StopHook> hooks = new ArrayList<>();
        visit(group, fork -> {
            ForkExtras extras = fork.extras();
            if (extras != null) {
                hooks.addAll(extras.take(stage));
            }
            return false;
        });
        return hooks;
    }

    @Override
    public List<String> others() {
        Fork<?> known = suspect;
        List<String> notes = new ArrayList<>();
        int[] more = new int[1];
        visit(group, fork -> {
            Thread thread = fork == known ? null : fork.thread();
            if (thread != null && notes.size() < MOST_NAMED) {
                notes.add(fork + " is " + thread.getState() + " at " + Stacks.where(Stacks.of(thread)));
            } else if (thread != null) {
                more[0]++;
            }
            return false;
        });
        if (more[0] > 0) {
            notes.add("and " + more[0] + " more forks");
        }
        return notes;
    }

    /** Shows {@code visitor} the forks that have a thread, inner ones first, until it has enough; returns whether so. */
    private static boolean visit(TaskGroup<?> group, Predicate<Fork<?>> visitor) {
        for (Iterator<? extends Fork<?>> forks = group.newestFirst(); forks.hasNext(); ) {
            Fork<?> fork = forks.next();
            if (fork.thread() == null) {
                continue;
            }
            ForkExtras extras = fork.extras();
            if (extras != null && extras.groups.list().stream().anyMatch(nested -> visit(nested, visitor))) {
                return true;
            }
            if (visitor.test(fork)) {
                return true;
            }
        }
        return false;
    }

    // Node

    @Override
    Object monitor() {
        return monitor;
    }

    @Override
    boolean hasBody() {
        return true;
    }

    @Override
    void launch(Incarnation incarnation) {}

    @Override
    String id() {
        return group.name();
    }

    @Override
    String schedule() {
        return "";
    }

    @Override
    @Nullable
    RunStats runStats() {
        return null;
    }

    @Override
    @Nullable
    Progress progress() {
        return null;
    }

    @Override
    Map<String, Object> details() {
        return group.details();
    }

    @Override
    List<StopHook> hooks(StopStage stage) {
        if (stage == StopStage.UNBLOCK) {
            unblocked = true;
        }
        // Who told the forks has seen to these.
        return stage == StopStage.SIGNAL && group.isTold() ? List.of() : take(stage);
    }

    @Override
    List<TaskGroup<?>> openGroups() {
        List<TaskGroup<?>> nested = new ArrayList<>();
        Iterator<? extends Fork<?>> forks = group.newestFirst();
        for (int looked = 0; forks.hasNext() && looked < MOST_LOOKED_AT; looked++) {
            Fork<?> fork = forks.next();
            ForkExtras extras = fork.thread() == null ? null : fork.extras();
            if (extras != null) {
                nested.addAll(extras.groups.list(MOST_GROUPS_SHOWN));
            }
        }
        return nested;
    }

    @Override
    @Nullable
    Duration restartAfter(@Nullable Throwable cause) {
        return null;
    }

    @Override
    Runnable escalation(Tree tree, @Nullable Throwable cause) {
        return () -> {};
    }

    @Override
    @Nullable
    Duration awaitReady() {
        return null;
    }
}
