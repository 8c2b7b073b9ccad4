package dev.leakproof.spring.autoconfigure;

import java.time.Duration;

/** What belongs to a web request. */
final class LeakproofWebProperties {

    /**
     * How long the forks of a TaskGroup argument may take, from when it is opened, unless the argument says so itself.
     */
    private Duration deadline = Duration.ofSeconds(30);

    public Duration getDeadline() {
        return deadline;
    }

    public void setDeadline(Duration deadline) {
        this.deadline = Checks.positive("leakproof.web.deadline", deadline, "30s");
    }
}
