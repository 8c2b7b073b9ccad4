package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.cache.EvictingCache;
import dev.leakproof.failure.JavaProcess;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which classes are loaded when, in a JVM that has loaded none before. */
class LoadedClassesTest {

    private static final Duration LONG = Duration.ofHours(1);

    private static final String BEGIN = "== begin";
    private static final String END = "== end";

    private static final Pattern LOADED = Pattern.compile("\\[class,load *] (\\S+) source:");

    /** Of the many of Caffeine the one that each of its caches with a limit is. */
    private static final String CAFFEINE = "com.github.benmanes.caffeine.cache.BoundedLocalCache";

    @Test
    void aStopThatWasRehearsedLoadsNoClassOfOurs() throws Exception {
        assertThat(loadedBy(Stop.class, "rehearsed")).as("after a rehearsal").noneMatch(LoadedClassesTest::isOurs);
        assertThat(loadedBy(Stop.class)).as("without it").anyMatch(LoadedClassesTest::isOurs);
    }

    /** In JVMs of their own, as a stop is rehearsed once in each. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "leakproof-rehearsal",
                "leakproof-stop-watch-rehearsal",
                "leakproof-stop-hand-rehearsal",
                "rehearsal/below/worker"
            })
    void aRehearsalThatLacksAThreadHarmsNothing(String missing) throws Exception {
        try (JavaProcess process =
                JavaProcess.of(ShortOfThreads.class).arguments(missing).start()) {
            int exit = process.awaitExit();
            assertThat(exit).as(process.output()).isZero();
            assertThat(process.output())
                    .contains("missed " + missing, "app: 1 stopped, 0 leaked")
                    .doesNotContain("Exception in");
        }
    }

    @Test
    void aCacheThatNobodyUsesLoadsNothingOfCaffeine() throws Exception {
        assertThat(loadedBy(Caching.class)).as("by an unused cache").doesNotContain(CAFFEINE);
        assertThat(loadedBy(Caching.class, "used")).as("by one that is used").contains(CAFFEINE);
    }

    private static boolean isOurs(String loaded) {
        return loaded.startsWith("dev.leakproof.") && !loaded.startsWith(LoadedClassesTest.class.getName());
    }

    /** Returns the names of the classes that were loaded between the two marks. */
    private static List<String> loadedBy(Class<?> main, String... arguments) throws Exception {
        try (JavaProcess process = JavaProcess.of(main)
                .options("-Xlog:class+load:stdout")
                .arguments(arguments)
                .start()) {
            int exit = process.awaitExit();
            String output = process.output();
            assertThat(exit).as(output).isZero();
            assertThat(output).contains(BEGIN, END);
            return LOADED.matcher(output.substring(output.indexOf(BEGIN), output.indexOf(END)))
                    .results()
                    .map(each -> each.group(1))
                    .toList();
        }
    }

    /** Stops a tree as most applications have it; when that has been rehearsed, if it has an argument. */
    static final class Stop {
        public static void main(String[] args) {
            // A hand that is replaced on a busy machine takes further classes.
            Owner app = Owner.named("app").patience(JavaProcess.BOUND).build();
            app.addListener(new TreeListener() {});
            app.start();
            app.child("mail")
                    .start(ManagedWorker.named("outbox")
                            .awaitReady(JavaProcess.BOUND)
                            .onStop(() -> {})
                            .run(ctx -> {
                                ctx.ready();
                                ctx.sleep(LONG);
                            }));
            app.start(Heartbeat.named("pulse").every(LONG).beat(ctx -> {}));
            if (args.length > 0) {
                app.rehearseStop();
                app.rehearseStop(); // does nothing
                awaitRehearsal();
            }
            System.out.println(BEGIN);
            app.stop();
            System.out.println(END);
        }
    }

    /** Cannot have the thread of that name. */
    static final class ShortOfThreads {
        public static void main(String[] args) {
            Owner app = Owner.named("app")
                    .threads(ThreadKind.PLATFORM)
                    .threadsFrom((kind, name, task) -> {
                        if (name.equals(args[0])) {
                            System.out.println("missed " + name);
                            throw new OutOfMemoryError("on purpose");
                        }
                        return Threads.make(kind, name, task);
                    })
                    .build();
            app.start();
            app.rehearseStop();
            awaitRehearsal();
            app.stop();
        }
    }

    private static void awaitRehearsal() {
        await().atMost(JavaProcess.BOUND)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().contains("rehearsal")));
    }

    /** Has a cache from its start to its stop; uses it once, if it has an argument. */
    static final class Caching {
        public static void main(String[] args) {
            System.out.println(BEGIN);
            try (Owner app = Owner.root("app")) {
                EvictingCache<String, String> cache = app.start(EvictingCache.<String, String>named("quotes")
                        .expireAfterWrite(Duration.ofMinutes(1))
                        .build());
                assertThat(cache.size()).isZero();
                assertThat(app.snapshot().children()).hasSize(1);
                cache.invalidateAll();
                if (args.length > 0) {
                    cache.put("key", "value");
                }
            }
            System.out.println(END);
        }
    }
}
