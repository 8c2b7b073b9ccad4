package dev.leakproof.test.builds;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** What Surefire makes of it: builds that must succeed, and builds that must fail. */
@Tag("slow")
class SurefireTest {

    private static final String GATE = "JUnit Jupiter";

    @TempDir
    Path directory;

    @Test
    void cleanBuildSucceeds() throws Exception {
        Build build = build(CleanFixture.class, SpringFixture.class);
        assertThat(build.succeeded()).as(build.output()).isTrue();
        assertThat(build.output()).contains("Tests run: 2, Failures: 0, Errors: 0, Skipped: 0");
    }

    @Test
    void leakFailsTheBuildWithNothingButTheJar() throws Exception {
        Build build = build(CleanFixture.class, LeakyFixture.class);
        assertThat(build.succeeded()).as(build.output()).isFalse();
        assertThat(build.output())
                .contains(GATE, "1 thread has outlived all tests")
                .contains("thread 'left-by-fixture'", "made during dev.leakproof.test.builds.LeakyFixture.leaks()")
                .contains("BUILD FAILURE");
    }

    @Test
    void leakDoesNotFailTheBuildWhenSwitchedOff() throws Exception {
        Build build = Build.of(
                directory,
                Map.of("leakproof.leakcheck.enabled", "false"),
                List.of(),
                LeakyFixture.class,
                CheckedFixture.class);
        assertThat(build.succeeded()).as(build.output()).isTrue();
    }

    @Test
    void leakOfOneTestFailsThatTest() throws Exception {
        Build build = build(CleanFixture.class, CheckedFixture.class);
        assertThat(build.succeeded()).as(build.output()).isFalse();
        assertThat(build.output())
                .contains("outlived dev.leakproof.test.builds.CheckedFixture.leaks()", "'left-by-checked'");
    }

    @Test
    void rerunThatPassesMakesNoFlakeOfALeak() throws Exception {
        Build build = Build.of(directory, Map.of(), List.of("-Dsurefire.rerunFailingTestsCount=2"), OnceFixture.class);
        assertThat(build.succeeded()).as(build.output()).isFalse();
        assertThat(build.output()).contains("'left-once'", "whatever a rerun says", "OnceFixture.leaksOnce()");
    }

    @Test
    void rerunOfAClassMakesNoFlakeOfItsLeak() throws Exception {
        Build build =
                Build.of(directory, Map.of(), List.of("-Dsurefire.rerunFailingTestsCount=2"), OnceInClassFixture.class);
        assertThat(build.succeeded()).as(build.output()).isFalse();
        assertThat(build.output()).contains("'left-by-class'", "whatever a rerun says");
    }

    @Test
    void leakInOneOfSeveralForksFailsTheBuild() throws Exception {
        Build build = Build.of(
                directory,
                Map.of(),
                List.of("-DforkCount=2"),
                CleanFixture.class,
                LeakyFixture.class,
                SpringFixture.class,
                VoidFixture.class);
        assertThat(build.succeeded()).as(build.output()).isFalse();
        assertThat(build.output())
                .contains("1. thread 'left-by-fixture'")
                .containsOnlyOnce("<<< FAILURE! -- in " + GATE)
                .contains("Tests run: 5, Failures: 1, Errors: 0");
    }

    @Test
    void cleanForksSucceed() throws Exception {
        Build build = Build.of(
                directory,
                Map.of(),
                List.of("-DforkCount=2"),
                CleanFixture.class,
                SpringFixture.class,
                VoidFixture.class);
        assertThat(build.succeeded()).as(build.output()).isTrue();
    }

    @Test
    void leakFailsTheBuildInParallelModeAndIsNobodyElses() throws Exception {
        Build build = Build.of(
                directory,
                Map.of(
                        "junit.jupiter.execution.parallel.enabled",
                        "true",
                        "junit.jupiter.execution.parallel.mode.default",
                        "concurrent"),
                List.of(),
                CleanFixture.class,
                CheckedFixture.class);
        assertThat(build.succeeded()).as(build.output()).isFalse();
        assertThat(build.output()).contains("1 thread has outlived all tests", "'left-by-checked'");
    }

    @Test
    void showsTheAssertionFirst() throws Exception {
        Build build = build(FailingFixture.class);
        assertThat(build.succeeded()).isFalse();
        assertThat(build.output())
                .containsSubsequence(
                        "java.lang.AssertionError: the assertion",
                        "Suppressed:",
                        "uncaught in thread 'background'",
                        "ThreadLeakError",
                        "'left-by-failing'");
    }

    @Test
    void filterThatThrowsIsAnError() throws Exception {
        Build build = build(BrokenFilterFixture.class);
        assertThat(build.succeeded()).isFalse();
        assertThat(build.output()).contains("filter out of order", "meant well");
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsFailTheBuildAsOne() throws Exception {
        Build build = build(VirtualFixture.class);
        assertThat(build.succeeded()).isFalse();
        assertThat(build.output()).contains("1000 threads have outlived", "1. 1000 virtual threads with one stack");
    }

    private Build build(Class<?>... fixtures) throws Exception {
        return Build.of(directory, Map.of(), List.of(), fixtures);
    }
}
