package dev.leakproof.test;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;

/** Which test ran when, on the clock of {@link ThreadIds}: so a thread tells by its id during which test it was made. */
final class Trail {

    private final Queue<Step> steps = new ConcurrentLinkedQueue<>();

    /** A test, or a class of tests, from its begin to its end. */
    static final class Step {

        private final String name;
        private final boolean test;
        private final boolean excused;
        private final long from = ThreadIds.now().id();
        private volatile long to = Long.MAX_VALUE;

        private Step(String name, boolean test, boolean excused) {
            this.name = name;
            this.test = test;
            this.excused = excused;
        }

        void end() {
            to = ThreadIds.now().id();
        }

        private boolean saw(long id) {
            return from < id && id < to;
        }
    }

    /**
     * @param test whether it is a test rather than a class
     * @param excused whether threads made in it are nobody's concern
     */
    Step begin(String name, boolean test, boolean excused) {
        Step step = new Step(name, test, excused);
        steps.add(step);
        return step;
    }

    /** Returns what ran when the thread of that id was made: tests, or else classes; several only in parallel mode. */
    List<String> during(long id) {
        return innermost(id).stream().map(step -> step.name).toList();
    }

    boolean isExcused(long id) {
        List<Step> seen = innermost(id);
        return !seen.isEmpty() && seen.stream().allMatch(step -> step.excused);
    }

    private List<Step> innermost(long id) {
        List<Step> tests = find(id, step -> step.test);
        if (!tests.isEmpty()) {
            return tests;
        }
        List<Step> classes = find(id, step -> true);
        return classes.isEmpty() ? classes : classes.subList(classes.size() - 1, classes.size());
    }

    private List<Step> find(long id, Predicate<Step> which) {
        return steps.stream().filter(step -> step.saw(id)).filter(which).toList();
    }
}
