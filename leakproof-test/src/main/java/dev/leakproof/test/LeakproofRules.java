package dev.leakproof.test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Predicate;

/**
 * Rules for ArchUnit, which must be on the class path: the code of an application starts no thread that has no owner, and
 * keeps nothing that ends before its owner does.
 *
 * <pre>{@code
 * @ArchTest
 * static final ArchRule threadsHaveOwners = LeakproofRules.ALL;
 * }</pre>
 *
 * <p>References to methods count as calls. A rule passes where there is nothing to check.
 */
public final class LeakproofRules {

    private static final Set<String> MAKERS_OF_THREADS =
            Set.of("<init>", "ofVirtual", "ofPlatform", "startVirtualThread");

    /** No {@code new Thread}, also of a subclass, and none by builder. */
    public static final ArchRule NO_THREADS = noAccess(
            "make a thread",
            "nobody owns it: use ManagedWorker.named(..).run(..), or fork in a TaskGroup",
            access -> isOf(access, Thread.class) && MAKERS_OF_THREADS.contains(access.getName()));

    /** No {@code new Timer}. */
    public static final ArchRule NO_TIMERS = noAccess(
            "make a java.util.Timer",
            "nobody owns its thread, and a task that throws ends it: use Heartbeat.named(..).every(..).beat(..)",
            access -> isOf(access, Timer.class) && access.getName().equals("<init>"));

    /** No {@code Executors.new…}, and no executor or fork-join pool by its constructor. */
    public static final ArchRule NO_EXECUTORS = noAccess(
            "make an executor",
            "nobody sees to it that it ends: use a WorkerPool, or a TaskGroup with a limit",
            access -> (isOf(access, Executors.class) && access.getName().startsWith("new"))
                    || ((isOf(access, ThreadPoolExecutor.class) || isOf(access, ForkJoinPool.class))
                            && access.getName().equals("<init>")));

    /** No {@code supplyAsync(task)} and the like that leave out the executor, and so use the common pool. */
    public static final ArchRule NO_ASYNC_WITHOUT_EXECUTOR = noAccess(
            "call an ..Async method without an executor",
            "nobody owns what the common pool runs: fork in a TaskGroup, or name an executor that has an owner",
            access -> isOf(access, CompletionStage.class)
                    && access.getName().endsWith("Async")
                    && !takes(access, Executor.class));

    /** No {@code WorkerContext} in a field, nor in a collection there. */
    public static final ArchRule NO_STORED_CONTEXT = noField(
            "dev.leakproof.WorkerContext",
            "it is over with the run that it was given to: pass it on as the first parameter");

    /** No {@code TaskGroup} in a field, nor in a collection there. */
    public static final ArchRule NO_STORED_GROUP = noField(
            "dev.leakproof.TaskGroup",
            "it ends with the block that opened it: use try (TaskGroup<..> group = TaskGroup.in(..))");

    /** All of these. */
    public static final ArchRule ALL = CompositeArchRule.of(List.of(
            NO_THREADS, NO_TIMERS, NO_EXECUTORS, NO_ASYNC_WITHOUT_EXECUTOR, NO_STORED_CONTEXT, NO_STORED_GROUP));

    private LeakproofRules() {}

    private static ArchRule noAccess(String what, String why, Predicate<JavaAccess<?>> which) {
        return noClasses()
                .should()
                .accessTargetWhere(DescribedPredicate.describe("they " + what, which))
                .as("no class should " + what)
                .because(why)
                .allowEmptyShould(true);
    }

    /** What an inner class captures is kept in a field too, but for as long as the class lives, not longer. */
    private static ArchRule noField(String type, String why) {
        DescribedPredicate<JavaField> holds = DescribedPredicate.describe(
                "hold a " + type,
                field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && field.getType().getAllInvolvedRawTypes().stream()
                                .anyMatch(raw -> raw.getName().equals(type)));
        return noFields()
                .should(ArchCondition.from(holds))
                .as("no field should hold a " + type)
                .because(why)
                .allowEmptyShould(true);
    }

    private static boolean isOf(JavaAccess<?> access, Class<?> type) {
        return access.getTargetOwner().isAssignableTo(type);
    }

    private static boolean takes(JavaAccess<?> access, Class<?> parameter) {
        return access.getTarget() instanceof CodeUnitAccessTarget target
                && target.getRawParameterTypes().stream().anyMatch(type -> type.isAssignableTo(parameter));
    }
}
