package dev.leakproof.test;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.ThreadCreators;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * What is remembered from the first test of a JVM to the last, reruns of failed ones included: what was there before
 * them, which ran when, and what has been reported.
 */
final class Session implements AutoCloseable {

    static final String KEY = "dev.leakproof.test";

    private final Baseline baseline = Baseline.now();
    private final Trail trail = new Trail();
    private final UncaughtExceptions uncaught = new UncaughtExceptions();
    private final Set<Long> reported = ConcurrentHashMap.newKeySet();
    private final Queue<String> reportedBelow = new ConcurrentLinkedQueue<>();

    private volatile @Nullable Config config;
    private volatile List<Allowance> allowances = List.of();
    private volatile @Nullable KnownLeaks known;
    private volatile @Nullable ThreadCreators creators;

    static Session of(ExtensionContext context) {
        Session session = context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(KEY))
                .computeIfAbsent(Session.class, key -> new Session(), Session.class);
        session.configure(context::getConfigurationParameter);
        return session;
    }

    /** Takes up what is set, once. */
    synchronized Config configure(Function<String, Optional<String>> lookup) {
        Config done = config;
        if (done == null) {
            done = Config.read(lookup);
            if (done.enabled()) {
                begin(done);
            }
            config = done;
        }
        return done;
    }

    private void begin(Config settings) {
        if (settings.known() != null) {
            known = KnownLeaks.in(settings.known(), !settings.update());
        }
        List<Allowance> services = new ArrayList<>();
        ServiceLoader.load(Allowances.class).forEach(service -> services.addAll(service.allowances()));
        allowances = List.copyOf(services);
        uncaught.install();
        if (settings.creators()) {
            creators = new ThreadCreators();
        }
    }

    Config config() {
        Config done = config;
        if (done == null) {
            throw new IllegalStateException("Expected this session to be configured, but it is not yet");
        }
        return done;
    }

    Baseline baseline() {
        return baseline;
    }

    Trail trail() {
        return trail;
    }

    UncaughtExceptions uncaught() {
        return uncaught;
    }

    @Nullable
    KnownLeaks known() {
        return known;
    }

    /**
     * Returns what has leaked and was not reported before.
     *
     * @param concerns whether a thread that nothing else excuses is of the judge's concern
     */
    List<ThreadLeak> judge(Settings settings, Predicate<LiveThread> concerns) {
        Settings all = settings;
        for (Allowance allowance : allowances) {
            all = all.allowing(allowance);
        }
        List<LiveThread> found = new Detector(all, live -> isNews(live) && concerns.test(live)).verdict();
        if (found.isEmpty()) {
            return List.of();
        }
        found.forEach(live -> reported.add(live.id()));
        List<ThreadLeak> leaks = describe(found);
        KnownLeaks file = known;
        if (file != null && config().update()) {
            file.add(leaks);
            return List.of();
        }
        return settings.interrupt() ? Interrupts.test(leaks) : leaks;
    }

    private boolean isNews(LiveThread live) {
        KnownLeaks file = known;
        return !reported.contains(live.id()) && !trail.isExcused(live.id()) && (file == null || !file.isKnown(live));
    }

    private List<ThreadLeak> describe(List<LiveThread> found) {
        ThreadCreators recorded = creators;
        Map<Long, String> by = recorded == null ? Map.of() : recorded.of(found);
        return found.stream()
                .map(live -> new ThreadLeak(
                        live,
                        by.get(live.id()),
                        trail.during(live.id()),
                        Remedy.of(live).orElse(null),
                        null))
                .toList();
    }

    /** Remembers that a test or class has failed for leaks, until the suite gate asks. */
    void reportedBelow(String where) {
        reportedBelow.add(where);
    }

    /** Returns which tests and classes have failed for leaks since the last call. */
    List<String> takeReportedBelow() {
        List<String> taken = new ArrayList<>();
        for (String where = reportedBelow.poll(); where != null; where = reportedBelow.poll()) {
            taken.add(where);
        }
        return taken;
    }

    @Override
    public void close() {
        uncaught.close();
        ThreadCreators recorded = creators;
        if (recorded != null) {
            recorded.close();
        }
    }
}
