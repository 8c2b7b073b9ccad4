package dev.leakproof.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.leakproof.test.LeakCheck.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each fixture below leaves behind, and who is failed for it. They run in sessions of their own. */
public class LeakCheckTest {

    private static final String GRACE = "leakproof.leakcheck.grace";
    private static final Map<String, String> HASTY = Map.of(GRACE, "100ms");
    private static final Map<String, String> PARALLEL = Map.of(
            GRACE,
            "100ms",
            "junit.jupiter.execution.parallel.enabled",
            "true",
            "junit.jupiter.execution.parallel.mode.default",
            "concurrent");

    @AfterEach
    void letAllEnd() throws InterruptedException {
        Leaky.releaseAll();
    }

    static class Clean {
        @Test
        void leavesNothing() throws InterruptedException {
            Thread thread = new Thread(() -> {});
            thread.start();
            thread.join();
        }
    }

    static class Unannotated {
        @Test
        void leaks() {
            Leaky.thread("left-by-unannotated");
        }

        @Test
        void other() {}
    }

    @Test
    void passesACleanSuite() {
        Suite suite = Suite.run(Clean.class);
        assertThat(suite.failed()).isEmpty();
        assertThat(suite.passed()).contains("leavesNothing()", Suite.GATE);
    }

    @Test
    void failsTheSuiteWithoutAnyAnnotationAndNamesTheTest() {
        Suite suite = Suite.run(HASTY, Clean.class, Unannotated.class);
        assertThat(suite.failed()).containsOnlyKeys(Suite.GATE);
        assertThat(suite.failure(Suite.GATE))
                .isInstanceOf(ThreadLeakError.class)
                .hasMessageContaining("1 thread has outlived all tests")
                .hasMessageContaining("'left-by-unannotated'")
                .hasMessageContaining("made during dev.leakproof.test.LeakCheckTest$Unannotated.leaks()")
                .hasMessageContaining("-Dleakproof.leakcheck.creators=true");
    }

    @Test
    void isOffWhenToldSo() {
        assertThat(Suite.run(Map.of("leakproof.leakcheck.enabled", "false"), Unannotated.class, InMethod.class)
                        .failed())
                .isEmpty();
    }

    @Test
    void saysWhoStartedTheThreadIfAsked() {
        Suite suite = Suite.run(Map.of(GRACE, "100ms", "leakproof.leakcheck.creators", "true"), Unannotated.class);
        assertThat(suite.failure(Suite.GATE))
                .hasMessageContaining("started by 'main' at dev.leakproof.test.Leaky.start(Leaky.java:");
    }

    @LeakCheck
    static class InMethod {
        @Test
        void leaks() {
            Leaky.thread("left-by-method");
        }

        @Test
        void doesNot() {}
    }

    @Test
    void failsTheTestThatLeaksAndNoOther() {
        Suite suite = Suite.run(HASTY, InMethod.class);
        assertThat(suite.failed()).containsOnlyKeys("leaks()", Suite.GATE);
        assertThat(suite.passed()).contains("doesNot()", "LeakCheckTest$InMethod");
        assertThat(suite.failure("leaks()"))
                .hasMessageContaining("has outlived dev.leakproof.test.LeakCheckTest$InMethod.leaks():")
                .hasMessageContaining("'left-by-method'");
        assertThat(suite.failure(Suite.GATE))
                .hasMessageContaining("whatever a rerun says")
                .hasMessageContaining("InMethod.leaks()")
                .hasMessageNotContainingAny("'left-by-method'");
    }

    @LeakCheck
    static class InConstructor {
        InConstructor() {
            Leaky.thread("left-by-constructor");
        }

        @Test
        void test() {}
    }

    @LeakCheck
    static class InBeforeEach {
        @BeforeEach
        void before() {
            Leaky.thread("left-by-before-each");
        }

        @Test
        void test() {}
    }

    @LeakCheck
    static class InAfterEach {
        @AfterEach
        void after() {
            Leaky.thread("left-by-after-each");
        }

        @Test
        void test() {}
    }

    static class LeakyExtension implements AfterEachCallback {
        @Override
        public void afterEach(ExtensionContext context) {
            Leaky.thread("left-by-extension");
            context.getStore(ExtensionContext.Namespace.GLOBAL)
                    .put("late", (AutoCloseable) () -> Leaky.thread("left-by-closing"));
        }
    }

    @LeakCheck
    @ExtendWith(LeakyExtension.class)
    static class InExtension {
        @Test
        void test() {}
    }

    @Test
    void catchesEverythingThatIsATestsOwn() {
        for (Class<?> type : List.of(InConstructor.class, InBeforeEach.class, InAfterEach.class, InExtension.class)) {
            Suite suite = Suite.run(HASTY, type);
            assertThat(suite.failed()).as(type.getName()).containsOnlyKeys("test()", Suite.GATE);
            assertThat(suite.failure("test()")).hasMessageContaining("'left-by-");
            if (type == InExtension.class) {
                assertThat(suite.failure("test()"))
                        .hasMessageContaining("left-by-extension")
                        .hasMessageContaining("left-by-closing");
            }
        }
    }

    @LeakCheck
    static class InBeforeAll {
        @BeforeAll
        static void before() {
            Leaky.thread("left-by-before-all");
        }

        @Test
        void test() {}
    }

    @LeakCheck
    static class InAfterAll {
        @AfterAll
        static void after() {
            Leaky.thread("left-by-after-all");
        }

        @Test
        void test() {}
    }

    @LeakCheck(scope = Scope.CLASS)
    static class InClass {
        @Test
        void test() {
            Leaky.thread("left-in-class");
        }
    }

    @LeakCheck
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class InConstructorOfClass {
        InConstructorOfClass() {
            Leaky.thread("left-by-constructor-of-class");
        }

        @Test
        void test() {}
    }

    @Test
    void failsTheClassForWhatIsNoSingleTests() {
        for (Class<?> type : List.of(InBeforeAll.class, InAfterAll.class, InClass.class, InConstructorOfClass.class)) {
            Suite suite = Suite.run(HASTY, type);
            String name = "LeakCheckTest$" + type.getSimpleName();
            assertThat(suite.failed()).as(name).containsOnlyKeys(name, Suite.GATE);
            assertThat(suite.failure(name))
                    .hasMessageContaining("outlived " + type.getName() + ":")
                    .hasMessageContaining("'left-");
        }
    }

    static class Heir extends InMethod {}

    @LeakCheck
    static class Outer {
        @Nested
        class Inner {
            @Test
            void leaks() {
                Leaky.thread("left-by-inner");
            }
        }
    }

    @Test
    void isInheritedAndHoldsForNestedClasses() {
        assertThat(Suite.run(HASTY, Heir.class).failed()).containsOnlyKeys("leaks()", Suite.GATE);
        assertThat(Suite.run(HASTY, Outer.class).failed()).containsOnlyKeys("leaks()", Suite.GATE);
    }

    static class OnMethod {
        @Test
        @LeakCheck(grace = "50ms", interrupt = true)
        void leaks() {
            Leaky.thread("left-by-annotated");
        }

        @ParameterizedTest
        @LeakCheck
        @ValueSource(ints = {1, 2, 3})
        void each(int value) {
            if (value == 2) {
                Leaky.thread("left-by-second");
            }
        }
    }

    @Test
    void holdsForASingleMethodAndEachOfItsInvocations() {
        Suite suite = Suite.run(HASTY, OnMethod.class);
        assertThat(suite.failed().keySet()).hasSize(3).contains("leaks()", Suite.GATE);
        assertThat(suite.failure("leaks()")).hasMessageContaining("survived an interrupt");
        assertThat(suite.failed().toString()).contains("each() [2]");
    }

    @LeakCheck(scope = Scope.NONE, reason = "it shows how a leak looks")
    static class Excused {
        @Test
        void leaks() {
            Leaky.thread("left-with-an-excuse");
        }
    }

    @LeakCheck
    static class ExcusedMethod {
        @Test
        @LeakCheck(scope = Scope.NONE, reason = "it shows how a leak looks")
        void leaks() {
            Leaky.thread("left-with-an-excuse");
        }
    }

    @Test
    void excusesWhatItIsTold() {
        assertThat(Suite.run(HASTY, Excused.class, ExcusedMethod.class).failed())
                .isEmpty();
    }

    static class Vendor implements Allowances {
        @Override
        public List<Allowance> allowances() {
            return List.of(Allowance.ofName("vendor-.*", "their pool cannot be closed"));
        }
    }

    public static class AllowedByService implements Allowances {
        @Override
        public List<Allowance> allowances() {
            return List.of(Allowance.ofName("vendor-.*-everywhere", "their pool cannot be closed"));
        }
    }

    @LeakCheck(allow = Vendor.class)
    static class Allowed {
        @Test
        void leaks() {
            Leaky.thread("vendor-1-everywhere");
        }
    }

    @Test
    void overlooksWhatIsAllowed() {
        // The class allows it to itself, a service allows it to all, the suite gate included.
        assertThat(Suite.run(HASTY, Allowed.class).failed()).isEmpty();
    }

    @LeakCheck(scope = Scope.NONE)
    static class NoReason {
        @Test
        void test() {}
    }

    @LeakCheck(reason = "none needed")
    static class NeedlessReason {
        @Test
        void test() {}
    }

    @LeakCheck(scope = Scope.SUITE, grace = "1s")
    static class NothingToWaitFor {
        @Test
        void test() {}
    }

    @LeakCheck(grace = "soon")
    static class NoDuration {
        @Test
        void test() {}
    }

    static class ScopeOnMethod {
        @Test
        @LeakCheck(scope = Scope.CLASS)
        void test() {}
    }

    @Test
    void refusesMisuse() {
        assertRefused(NoReason.class, "NONE without a reason");
        assertRefused(NeedlessReason.class, "a reason with the scope TEST");
        assertRefused(NothingToWaitFor.class, "SUITE, which judges nothing");
        assertRefused(NoDuration.class, "'soon'");
        assertRefused(ScopeOnMethod.class, "CLASS on a method");
        assertThat(Suite.run(Map.of(GRACE, "soon"), Clean.class).failed().toString())
                .contains("'" + GRACE + "'", "'soon'");
        assertThat(Suite.run(Map.of("leakproof.leakcheck.enabled", "maybe"), Clean.class)
                        .failed()
                        .toString())
                .contains("'maybe'");
    }

    private static void assertRefused(Class<?> type, String why) {
        Suite suite = Suite.run(HASTY, type);
        assertThat(suite.failed()).as(type.getName()).isNotEmpty();
        assertThat(suite.failed().toString()).contains(why);
    }

    @LeakCheck
    static class FailsAndLeaks {
        @Test
        void both() throws InterruptedException {
            Leaky.thread("left-by-failure");
            Thread thread = new Thread(
                    () -> {
                        throw new IllegalStateException("thrown in the background");
                    },
                    "background");
            thread.setUncaughtExceptionHandler((dying, thrown) ->
                    Thread.getDefaultUncaughtExceptionHandler().uncaughtException(dying, thrown));
            thread.start();
            thread.join();
            fail("the assertion");
        }
    }

    @Test
    void showsTheAssertionFirstThenTheLeakAndWhatBackgroundThreadsThrew() {
        Throwable failure = Suite.run(HASTY, FailsAndLeaks.class).failure("both()");
        assertThat(failure).hasMessage("the assertion");
        assertThat(failure.getSuppressed())
                .anySatisfy(suppressed -> assertThat(suppressed)
                        .hasMessageContaining("uncaught in thread 'background'")
                        .hasRootCauseMessage("thrown in the background"))
                .anySatisfy(suppressed -> assertThat(suppressed)
                        .isInstanceOf(ThreadLeakError.class)
                        .hasMessageContaining("left-by-failure"));
    }

    @LeakCheck
    static class InParallel {
        @Test
        void leaks() {
            Leaky.thread("left-in-parallel");
        }

        @Test
        void other() {}
    }

    @LeakCheck
    @Isolated
    static class Alone {
        @Test
        void leaks() {
            Leaky.thread("left-alone");
        }
    }

    @Test
    void leavesTheVerdictToTheSuiteGateInParallelMode() {
        Suite suite = Suite.run(PARALLEL, InParallel.class, Clean.class);
        assertThat(suite.failed()).containsOnlyKeys(Suite.GATE);
        assertThat(suite.failure(Suite.GATE))
                .hasMessageContaining("1 thread has outlived all tests")
                .hasMessageContaining("'left-in-parallel'")
                .hasMessageContaining("InParallel.leaks()");
        assertThat(suite.reported()).anyMatch(entry -> entry.contains("only the suite gate judges"));
    }

    @Test
    void judgesIsolatedClassesInParallelMode() {
        assertThat(Suite.run(PARALLEL, Alone.class, Clean.class).failed()).containsOnlyKeys("leaks()", Suite.GATE);
    }

    @LeakCheck
    static class LeaksOnce {
        static final AtomicInteger runs = new AtomicInteger();

        @Test
        void flaky() {
            if (runs.getAndIncrement() == 0) {
                Leaky.thread("left-once");
            }
        }
    }

    @Test
    void failsTheSuiteEvenIfARerunOfTheTestPasses() {
        LeaksOnce.runs.set(0);
        Suite suite = Suite.runTimes(2, HASTY, LeaksOnce.class);
        assertThat(suite.passed()).contains("flaky()");
        assertThat(suite.failure(Suite.GATE)).hasMessageContaining("LeaksOnce.flaky()");
    }

    @Test
    void reportsEachLeakOnce() {
        Suite suite = Suite.runTimes(2, HASTY, Unannotated.class);
        // The second run leaks another thread of that name; the first is not told of again.
        assertThat(((ThreadLeakError) suite.failure(Suite.GATE)).leaks()).hasSize(1);
    }

    @Disabled
    static class Skipped {
        @Test
        void test() {}
    }

    @Test
    void leavesSystemPropertiesAndHandlersAsTheyWere() {
        var handler = Thread.getDefaultUncaughtExceptionHandler();
        String include = System.getProperty("junit.jupiter.extensions.autodetection.include");
        assertThat(Suite.run(Clean.class, Skipped.class).failed()).isEmpty();
        assertThat(Thread.getDefaultUncaughtExceptionHandler()).isSameAs(handler);
        assertThat(System.getProperty("junit.jupiter.extensions.autodetection.include"))
                .isEqualTo(include);
    }

    @Test
    void livesWithKnownLeaksAndTellsNewOnes(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("leaks/known.txt");
        Map<String, String> using = Map.of(GRACE, "100ms", "leakproof.leakcheck.baseline", file.toString());
        assertThat(Suite.run(using, Unannotated.class).failed().toString()).contains("known.txt", "baseline.update");

        Map<String, String> updating = Map.of(
                GRACE,
                "100ms",
                "leakproof.leakcheck.baseline",
                file.toString(),
                "leakproof.leakcheck.baseline.update",
                "true");
        assertThat(Suite.run(updating, Unannotated.class).failed()).isEmpty();
        assertThat(Files.readAllLines(file))
                .containsExactly("platform 'left-by-unannotated' dev.leakproof.test.Leaky.hang");

        Files.writeString(file, "\n# a remark\nplatform 'left-by-unannotated' dev.leakproof.test.Leaky.hang # seen\n");
        assertThat(Suite.run(using, Unannotated.class).failed()).isEmpty();
        Suite suite = Suite.run(using, Unannotated.class, InMethod.class);
        assertThat(suite.failed()).containsOnlyKeys("leaks()", Suite.GATE);
        assertThat(suite.failure("leaks()")).hasMessageContaining("left-by-method");
    }

    @LeakCheck
    static class Slow {

        static volatile Duration untilItEnds;

        @Test
        void endsSoon() {
            Leaky.start(new Thread(() -> LockSupport.parkNanos(untilItEnds.toNanos()), "slow"));
        }
    }

    @Test
    void waitsForAsLongAsTheGrace() {
        Slow.untilItEnds = Duration.ofMillis(300);
        assertThat(Suite.run(Map.of(GRACE, "30s"), Slow.class).failed()).isEmpty();
        Slow.untilItEnds = Duration.ofSeconds(3);
        assertThat(Suite.run(Map.of(GRACE, "20ms"), Slow.class).failed()).containsKey("endsSoon()");
    }
}
