package dev.leakproof.sample.drill;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** What must hold of a run. */
enum Check {
    NO_REQUEST_FAILS("requests failed", run -> run.failures().isEmpty()),
    NOTHING_ACCEPTED_IS_LOST("accepted orders lost", run -> run.lost() == 0),
    NO_EFFECT_COMES_TWICE("effects duplicated", run -> run.duplicatedEffects() == 0),
    THE_GRACE_SUFFICES(
            "more than 80 % of the grace used",
            run -> all(run, deletion -> deletion.graceUsed().compareTo(fourFifths(run.scenario().grace)) <= 0)),
    NOTHING_IS_KILLED("killed at the end of the grace", run -> all(run, deletion -> !deletion.outOfGrace())),
    THE_EXIT_CODE_IS_RIGHT(
            "wrong exit code", run -> all(run, deletion -> deletion.exitCode() == run.scenario().exitCode)),
    THE_FINAL_LINE_IS_THERE(
            "no final line", run -> all(run, deletion -> deletion.finalLine().isPresent()));

    private final String violation;
    private final Predicate<Outcome> held;

    Check(String violation, Predicate<Outcome> held) {
        this.violation = violation;
        this.held = held;
    }

    /** Returns what is wrong with a run, in words; nothing, if all is as its scenario wants it. */
    static List<String> problems(Outcome run) {
        Scenario scenario = run.scenario();
        return List.of(values()).stream()
                .filter(check -> scenario.holding.contains(check) && !check.held.test(run)
                        || scenario.failing.contains(check) && check.held.test(run))
                .map(check -> scenario.failing.contains(check) ? "not seen: " + check.violation : check.violation)
                .toList();
    }

    @Override
    public String toString() {
        return violation;
    }

    private static boolean all(Outcome run, Predicate<Deletion> condition) {
        return !run.deletions().isEmpty() && run.deletions().stream().allMatch(condition);
    }

    private static Duration fourFifths(Duration grace) {
        return grace.multipliedBy(4).dividedBy(5);
    }
}
