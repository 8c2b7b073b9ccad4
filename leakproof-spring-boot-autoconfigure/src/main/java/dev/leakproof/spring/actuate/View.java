package dev.leakproof.spring.actuate;

import dev.leakproof.LiveThreads;
import dev.leakproof.Owner;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one answer may show, and how deep it goes.
 *
 * @param values whether messages of exceptions and stacks are shown
 * @param threads the live threads of each path; empty unless their stacks were asked for
 */
record View(boolean values, Map<String, List<Thread>> threads) {

    /** How many levels one answer has at most: JSON must not be nested much deeper, and nobody could read the drawing. */
    static final int MOST_LEVELS = 200;

    static View of(boolean values, boolean stacks, Owner root) {
        return new View(values, values && stacks ? threadsBelow(root) : Map.of());
    }

    private static Map<String, List<Thread>> threadsBelow(Owner root) {
        return LiveThreads.below(root).entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().getName()))
                .collect(Collectors.groupingBy(
                        Map.Entry::getValue, Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    }

    /** Returns the stacks of what runs at {@code path} now; empty unless they were asked for and may be shown. */
    List<StackDescriptor> stacksAt(String path) {
        return threads.getOrDefault(path, List.of()).stream()
                .map(StackDescriptor::of)
                .toList();
    }
}
