package dev.leakproof.spring.autoconfigure;

import java.time.Duration;

/** How the threads of the whole service are watched. */
final class CensusProperties {

    private static final Duration SHORTEST = Duration.ofMillis(10);

    /** Whether to watch them at all. When false there is no threads endpoint either. */
    private boolean enabled = true;

    /**
     * How long to pause between two rounds of the housekeeping, in which they are counted and the workers looked at.
     */
    private Duration every = Duration.ofSeconds(5);

    /** How long a thread that nobody owns may live before it is warned of. */
    private Duration unownedAfter = Duration.ofMinutes(10);

    /** How long a worker may spin, or wait for one lock, before it is a suspect. */
    private Duration suspectAfter = Duration.ofSeconds(30);

    /**
     * Whether to record who starts platform threads, to tell it of those that nobody owns. Costs up to half a second of
     * the startup, and up to 64 MB of temporary files.
     */
    private boolean creators;

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public Duration getEvery() {
        return every;
    }

    public void setEvery(Duration every) {
        this.every = Checks.atLeast("leakproof.census.every", every, SHORTEST, "5s");
    }

    public Duration getUnownedAfter() {
        return unownedAfter;
    }

    public void setUnownedAfter(Duration unownedAfter) {
        this.unownedAfter = Checks.positive("leakproof.census.unowned-after", unownedAfter, "10m");
    }

    public Duration getSuspectAfter() {
        return suspectAfter;
    }

    public void setSuspectAfter(Duration suspectAfter) {
        this.suspectAfter = Checks.positive("leakproof.census.suspect-after", suspectAfter, "30s");
    }

    public boolean isCreators() {
        return creators;
    }

    public void setCreators(boolean creators) {
        this.creators = creators;
    }
}
