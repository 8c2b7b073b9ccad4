package dev.leakproof.spring.ways;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.Heartbeat;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.WorkerContext;
import dev.leakproof.WorkerPool;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.failure.JavaProcess;
import dev.leakproof.spring.annotation.ManagedWorker;
import dev.leakproof.spring.autoconfigure.CensusAutoConfiguration;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import dev.leakproof.spring.autoconfigure.OwnBeansAutoConfiguration;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A context comes and goes, again and again, in one JVM. */
@Tag("slow") // starts JVMs, which are busy for a while
class RefreshCyclesTest {

    private static final int CYCLES = 1_000;

    // Half a minute of work, on a machine that may have other work.
    private static final Duration BOUND = Duration.ofMinutes(5);

    /** The JVM itself may still get a thread for its compilers; a cycle that leaked one would make a thousand. */
    private static final int MORE_THREADS = 10;

    /** What Spring's and the JDK's caches hold softly; a context with its tree has more than that. */
    private static final int MORE_KILOBYTES_A_CYCLE = 5;

    private static final Pattern STATE =
            Pattern.compile("cycle (\\d+): (\\d+) threads, (\\d+) kB of heap, (\\d+) classes");

    @Test
    void aThousandCyclesLeaveNeitherThreadsNorHeapNorClasses() throws Exception {
        try (JavaProcess process =
                JavaProcess.of(Cycles.class).options("-Xmx256m").start()) {
            assertThat(process.awaitExit(BOUND)).as(process.output()).isZero();
            List<MatchResult> states = STATE.matcher(process.output()).results().toList();
            System.out.println(
                    "RefreshCycles: " + states.stream().map(MatchResult::group).toList());
            assertThat(states).hasSize(2);
            assertThat(growth(states, 2)).as("threads").isLessThanOrEqualTo(MORE_THREADS);
            assertThat(growth(states, 3)).as("kB of heap").isLessThan(MORE_KILOBYTES_A_CYCLE * CYCLES);
            assertThat(growth(states, 4)).as("classes").isLessThan(CYCLES);
        }
    }

    private static long growth(List<MatchResult> states, int group) {
        return Long.parseLong(states.get(1).group(group))
                - Long.parseLong(states.get(0).group(group));
    }

    static final class Cycles {

        private static final int WARM_UP = 50;

        public static void main(String[] args) {
            for (int i = 1; i <= WARM_UP + CYCLES; i++) {
                cycle();
                if (i == WARM_UP || i == WARM_UP + CYCLES) {
                    print(i);
                }
            }
        }

        static void cycle() {
            try (var context = new AnnotationConfigApplicationContext(Application.class)) {
                if (context.getBean("leakproofRoot", Owner.class).state() != NodeState.RUNNING) {
                    throw new IllegalStateException("not running");
                }
            }
        }

        private static void print(int cycle) {
            // What a thread on its last lines refers to goes with a later one.
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            System.out.printf(
                    "cycle %d: %d threads, %d kB of heap, %d classes%n",
                    cycle,
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 10,
                    ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
        }
    }

    /** One of each kind, and nothing of Spring Boot but what leakproof needs: it is the cycles that count. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        LeakproofAutoConfiguration.class,
        OwnBeansAutoConfiguration.class,
        CensusAutoConfiguration.class
    })
    static class Application {

        @Bean
        Heartbeat ping() {
            return Heartbeat.named("ping").every(Duration.ofMillis(5)).beat(ctx -> {});
        }

        @Bean
        EvictingCache<String, String> quotes() {
            return EvictingCache.<String, String>named("quotes")
                    .expireAfterWrite(Duration.ofMinutes(1))
                    .build();
        }

        @Bean
        WorkerPool<String> mails() {
            return WorkerPool.<String>named("mails").workers(2).capacity(10).process((ctx, item) -> {});
        }

        @ManagedWorker
        void loop(WorkerContext ctx) throws InterruptedException {
            ctx.sleep(Duration.ofHours(1));
        }
    }

    /**
     * As an application server does: the application, Spring and leakproof go with their class loader. All but the last,
     * perhaps: an application with nothing but Spring Boot's binding of properties keeps that one too.
     */
    @Test
    void aClassLoaderGoesWithItsContext() throws Exception {
        try (JavaProcess process = JavaProcess.of(Loaders.class)
                .options("-Xmx256m", "-XX:SoftRefLRUPolicyMSPerMB=0")
                .start()) {
            assertThat(process.awaitExit(BOUND)).as(process.output()).isZero();
            assertThat(process.output()).containsPattern("class loaders: [01] of " + Loaders.LOADERS + " left");
        }
    }

    static final class Loaders {

        static final int LOADERS = 5;

        public static void main(String[] args) throws Exception {
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            for (int i = 0; i < LOADERS; i++) {
                loaders.add(new WeakReference<>(runInOneOfItsOwn()));
            }
            try {
                await().pollInSameThread().atMost(Duration.ofSeconds(60)).until(() -> left(loaders) <= 1);
            } finally {
                System.out.printf("class loaders: %d of %d left%n", left(loaders), LOADERS);
            }
        }

        private static long left(List<WeakReference<ClassLoader>> loaders) {
            System.gc();
            return loaders.stream().filter(loader -> loader.get() != null).count();
        }

        private static ClassLoader runInOneOfItsOwn() throws Exception {
            Thread thread = Thread.currentThread();
            ClassLoader before = thread.getContextClassLoader();
            // Not closed: what ends on another thread just then may still have to load a class.
            URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
            try {
                thread.setContextClassLoader(loader);
                var cycle = loader.loadClass(Cycles.class.getName()).getDeclaredMethod("cycle");
                cycle.setAccessible(true);
                cycle.invoke(null);
                return loader;
            } finally {
                thread.setContextClassLoader(before);
            }
        }

        private static URL[] classPath() {
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .map(Loaders::url)
                    .toArray(URL[]::new);
        }

        private static URL url(String path) {
            try {
                return Path.of(path).toUri().toURL();
            } catch (MalformedURLException ex) {
                throw new IllegalArgumentException(ex);
            }
        }
    }
}
