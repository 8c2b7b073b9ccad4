package dev.leakproof.spring.context;

import dev.leakproof.ManagedWorker;
import dev.leakproof.RestartPolicy;
import dev.leakproof.StopMode;
import dev.leakproof.ThreadKind;

/** Hands the attributes of a worker to its builder; those that are not set are left as they are there. */
final class WorkerSettings {

    private WorkerSettings() {}

    /**
     * Applies what is set.
     *
     * @param subject what a message calls the worker
     * @param restart the policy of which only a part may be set
     * @throws InvalidWorkerException if an attribute cannot be read, or has no effect
     * @throws IllegalArgumentException if the builder refuses one
     */
    static void apply(
            String subject, WorkerAttributes attributes, ManagedWorker.Builder worker, RestartPolicy restart) {
        if (attributes.has("owner")) {
            worker.ownedBy(attributes.text("owner"));
        }
        attributes.duration("every").ifPresent(worker::every);
        attributes.duration("fixedDelay").ifPresent(worker::fixedDelay);
        attributes.cron().ifPresent(worker::trigger);
        attributes.duration("initialDelay").ifPresent(worker::initialDelay);
        attributes.duration("jitter").ifPresent(worker::jitter);
        attributes.duration("timeout").ifPresent(worker::timeout);
        attributes.number("concurrency").ifPresent(worker::concurrency);
        attributes.duration("stopTimeout").ifPresent(worker::stopTimeout);
        attributes.constant("stopMode", StopMode.class).ifPresent(worker::stopMode);
        attributes.constant("threads", ThreadKind.class).ifPresent(worker::threads);
        attributes.duration("awaitReady").ifPresent(worker::awaitReady);
        attributes.duration("stallAfter").ifPresent(worker::stallAfter);
        RestartSettings settings = RestartSettings.of(attributes);
        if (!settings.isEmpty()) {
            RestartPolicy policy = settings.over(restart);
            WorkerRules.checkRestart(subject, attributes, policy);
            worker.restart(policy);
        }
    }
}
