package dev.leakproof.spring.autoconfigure;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the threads of the whole service are watched.
 *
 * @param enabled Whether to watch them at all. When false there is no threads endpoint either.
 * @param every How long to pause between two rounds of the housekeeping, in which they are counted and the workers looked at.
 * @param unownedAfter How long a thread that nobody owns may live before it is warned of.
 * @param suspectAfter How long a worker may spin, or wait for one lock, before it is a suspect.
 * @param creators Whether to record who starts platform threads, to tell it of those that nobody owns. Costs up to half a
 *     second of the startup, and up to 64 MB of temporary files.
 */
record CensusProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("5s") Duration every,
        @DefaultValue("10m") Duration unownedAfter,
        @DefaultValue("30s") Duration suspectAfter,
        @DefaultValue("false") boolean creators) {

    private static final Duration SHORTEST = Duration.ofMillis(10);

    CensusProperties {
        require("every", every, SHORTEST, "5s");
        require("unowned-after", unownedAfter, Duration.ofNanos(1), "10m");
        require("suspect-after", suspectAfter, Duration.ofNanos(1), "30s");
    }

    private static void require(String name, Duration value, Duration least, String example) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException("leakproof.census." + name + " must be "
                    + (least.equals(SHORTEST) ? "at least 10ms" : "longer than zero") + ", but was " + value
                    + ": write for instance " + example);
        }
    }
}
