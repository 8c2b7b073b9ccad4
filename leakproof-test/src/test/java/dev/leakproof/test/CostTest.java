package dev.leakproof.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** What a clean test pays while a hundred threads are alive. Prints what it measures. */
class CostTest {

    private static final int TESTS = 2_000;
    private static final int THREADS = 100;

    static class Plain {
        @RepeatedTest(TESTS)
        void test() {}
    }

    @LeakCheck
    static class Checked {
        @RepeatedTest(TESTS)
        void test() {}
    }

    @LeakCheck
    static class CheckedWithThread {
        @RepeatedTest(TESTS)
        void test() throws InterruptedException {
            Thread thread = new Thread(() -> {});
            thread.start();
            thread.join();
        }
    }

    static class PlainWithThread {
        @RepeatedTest(TESTS)
        void test() throws InterruptedException {
            Thread thread = new Thread(() -> {});
            thread.start();
            thread.join();
        }
    }

    static class PlainWithVirtualThread {
        @RepeatedTest(TESTS / 10)
        void test() throws Exception {
            Thread thread = Leaky.virtualThreads().newThread(() -> {});
            thread.start();
            thread.join();
        }
    }

    @LeakCheck
    static class CheckedWithVirtualThread {
        @RepeatedTest(TESTS / 10)
        void test() throws Exception {
            Thread thread = Leaky.virtualThreads().newThread(() -> {});
            thread.start();
            thread.join();
        }
    }

    @BeforeEach
    void haveThreads() {
        for (int i = 0; i < THREADS; i++) {
            Leaky.thread("alive-" + i);
        }
    }

    @AfterEach
    void letAllEnd() throws InterruptedException {
        Leaky.releaseAll();
    }

    @Test
    @Tag("drill") // wants the machine for itself
    void cleanTestPaysLessThanAMillisecond() {
        double off = microsPerTest(false, TESTS, Plain.class);
        double gate = microsPerTest(true, TESTS, Plain.class);
        double checked = microsPerTest(true, TESTS, Checked.class);
        double plainThread = microsPerTest(false, TESTS, PlainWithThread.class);
        double checkedThread = microsPerTest(true, TESTS, CheckedWithThread.class);
        print("suite gate alone", gate - off);
        print("@LeakCheck", checked - off);
        print("@LeakCheck, the test having made a thread", checkedThread - plainThread);
        assertThat(checked - off).isLessThan(1_000);
        assertThat(gate - off).isLessThan(1_000);
        assertThat(checkedThread - plainThread).isLessThan(1_000);
    }

    @Test
    @Tag("slow")
    @EnabledForJreRange(min = JRE.JAVA_21)
    void testWithVirtualThreadsPaysForADump() {
        double off = microsPerTest(false, TESTS / 10, PlainWithVirtualThread.class);
        double checked = microsPerTest(true, TESTS / 10, CheckedWithVirtualThread.class);
        print("@LeakCheck, the test having made a virtual thread", checked - off);
    }

    /** The fastest of some runs, the first of which warm up: the others tell of what else the machine does. */
    private static double microsPerTest(boolean enabled, int tests, Class<?> type) {
        double[] micros = new double[5];
        for (int i = -2; i < micros.length; i++) {
            long begun = System.nanoTime();
            Suite suite = Suite.run(Map.of("leakproof.leakcheck.enabled", String.valueOf(enabled)), type);
            double took = (System.nanoTime() - begun) / 1_000.0 / tests;
            assertThat(suite.failed()).isEmpty();
            if (i >= 0) {
                micros[i] = took;
            }
        }
        java.util.Arrays.sort(micros);
        return micros[0];
    }

    private static void print(String what, double micros) {
        System.out.printf(Locale.ROOT, "cost per clean test at %d live threads, %s: %.0f us%n", THREADS, what, micros);
    }
}
