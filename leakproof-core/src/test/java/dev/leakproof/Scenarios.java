package dev.leakproof;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jspecify.annotations.Nullable;

/**
 * Scenarios that are written down rather than drawn by lot: what each of a few threads does, of which Lincheck's model checker
 * then tries the interleavings.
 *
 * @param sequential what a model has to look like from outside
 * @param interleavings how many are tried for each scenario
 * @param last what is called when all threads are done, if anything is
 */
record Scenarios(
        Class<?> sequential, int interleavings, @Nullable Actor last) {

    /** Returns the method of {@code model} that has this name, of which there has to be one, with its arguments. */
    static Actor operation(Class<?> model, String name, Object... arguments) {
        Method method = Arrays.stream(model.getMethods())
                .filter(candidate -> candidate.getName().equals(name))
                .findFirst()
                .orElseThrow();
        return new Actor(method, List.of(arguments));
    }

    static Actor[] thread(Actor... operations) {
        return operations;
    }

    void check(Class<?> model, Actor[]... threads) {
        List<Actor> after = last == null ? List.of() : List.of(last);
        new ModelCheckingOptions()
                .iterations(0)
                .invocationsPerIteration(interleavings)
                .sequentialSpecification(sequential)
                .addCustomScenario(new ExecutionScenario(
                        List.of(), Arrays.stream(threads).map(List::of).toList(), after, null))
                .check(model);
    }
}
