package dev.leakproof.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.Isolated;

/** Somebody else's extension is a service too; who wants it found says so, and gets it with the leak check or without. */
@Isolated
public class AutoDetectionTest {

    private static final String ENABLED = "junit.jupiter.extensions.autodetection.enabled";
    private static final String INCLUDE = "junit.jupiter.extensions.autodetection.include";
    private static final AtomicInteger foreignCalls = new AtomicInteger();

    private final String enabledOutside = System.getProperty(ENABLED);
    private final String includeOutside = System.getProperty(INCLUDE);

    public static class ForeignExtension implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            foreignCalls.incrementAndGet();
        }
    }

    static class Leaks {
        @Test
        void leaks() {
            Leaky.thread("left");
        }
    }

    /** This test runs in a session that has set them. */
    @BeforeEach
    void begin() {
        System.clearProperty(ENABLED);
        System.clearProperty(INCLUDE);
        foreignCalls.set(0);
    }

    @AfterEach
    void end() throws InterruptedException {
        set(ENABLED, enabledOutside);
        set(INCLUDE, includeOutside);
        Leaky.releaseAll();
    }

    @Test
    void findsOnlyOurs() {
        assertThat(run(Map.of()).failed()).containsKey(Suite.GATE);
        assertThat(foreignCalls).hasValue(0);
        assertThat(System.getProperty(ENABLED)).isNull();
        assertThat(System.getProperty(INCLUDE)).isNull();
    }

    @Test
    void leavesThoseOnThatAre() {
        assertThat(run(Map.of(ENABLED, "true")).failed()).containsKey(Suite.GATE);
        assertThat(foreignCalls).hasValue(1);
    }

    @Test
    void addsOursToThoseThatAreIncluded() {
        System.setProperty(ENABLED, "true");
        System.setProperty(INCLUDE, ForeignExtension.class.getName());
        assertThat(run(Map.of()).failed()).containsKey(Suite.GATE);
        assertThat(foreignCalls).hasValue(1);
        assertThat(System.getProperty(INCLUDE)).isEqualTo(ForeignExtension.class.getName());
    }

    @Test
    void leavesThoseOffThatAre() {
        System.setProperty(ENABLED, "false");
        assertThat(run(Map.of()).failed()).containsKey(Suite.GATE);
        assertThat(foreignCalls).hasValue(0);
        assertThat(System.getProperty(ENABLED)).isEqualTo("false");
    }

    @Test
    void findsNothingWhenOff() {
        assertThat(run(Map.of("leakproof.leakcheck.enabled", "false")).failed()).isEmpty();
        assertThat(foreignCalls).hasValue(0);
    }

    private static Suite run(Map<String, String> parameters) {
        var hasty = new java.util.HashMap<>(parameters);
        hasty.put("leakproof.leakcheck.grace", "100ms");
        return Suite.run(hasty, Leaks.class);
    }

    private static void set(String property, String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }
}
