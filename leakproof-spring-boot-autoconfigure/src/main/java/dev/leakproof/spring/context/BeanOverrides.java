package dev.leakproof.spring.context;

import dev.leakproof.Managed;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeKind;
import dev.leakproof.RestartPolicy;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/** Changes what the application has built as properties want it, before it has an owner. */
final class BeanOverrides {

    private static final Logger log = LoggerFactory.getLogger(BeanOverrides.class);

    private static final List<String> OF_A_POOL =
            List.of("enabled", "owner", "concurrency", "stopMode", "stopTimeout", "threads", "stallAfter");
    private static final List<String> OF_A_CACHE = List.of("enabled", "owner", "stopTimeout", "threads");
    private static final List<String> NOT_OF_A_HEARTBEAT =
            List.of("concurrency", "restart", "backoff", "maxBackoff", "maxRestarts", "restartWindow", "escalation");

    private final WorkerOverrides overrides;
    private final UnaryOperator<String> placeholders;
    private final Supplier<RestartPolicy> restart;

    BeanOverrides(WorkerOverrides overrides, UnaryOperator<String> placeholders, Supplier<RestartPolicy> restart) {
        this.overrides = overrides;
        this.placeholders = placeholders;
        this.restart = restart;
    }

    /**
     * Overrides what properties say.
     *
     * @param origin what a message calls the bean
     * @return whether it is enabled
     * @throws InvalidWorkerException if that is not possible
     */
    boolean apply(Managed managed, String origin) {
        ManagedWorker worker = managed.worker();
        overrides.know(worker.id(), origin);
        Map<String, WorkerOverrides.Value> values = overrides.of(worker.id());
        if (values.isEmpty()) {
            return true;
        }
        NodeKind kind = worker.snapshot().kind();
        refuseWhatDoesNotApply(kind, values, origin);
        WorkerAttributes attributes = new WorkerAttributes(origin, Map.of(), values, placeholders);
        if (!attributes.isEnabled()) {
            log.info("{}, the {} '{}', is not enabled and does not start", origin, kind.label(), worker.id());
            return false;
        }
        WorkerRules.checkSchedule(origin, attributes);
        RestartPolicy own = worker.restartPolicy();
        try {
            worker.amend(
                    changes -> WorkerSettings.apply(origin, attributes, changes, own == null ? restart.get() : own));
        } catch (IllegalArgumentException | IllegalStateException ex) {
            throw new InvalidWorkerException(
                    "%s, the %s '%s', cannot be overridden by %s: %s"
                            .formatted(origin, kind.label(), worker.id(), sources(values), ex.getMessage()),
                    "Change the property that the message speaks of, or leave it out.",
                    ex);
        }
        return true;
    }

    private static void refuseWhatDoesNotApply(
            NodeKind kind, Map<String, WorkerOverrides.Value> values, String origin) {
        List<String> possible = switch (kind) {
            case POOL -> OF_A_POOL;
            case CACHE -> OF_A_CACHE;
            case HEARTBEAT ->
                WorkerAttributes.OVERRIDABLE.stream()
                        .filter(attribute -> !NOT_OF_A_HEARTBEAT.contains(attribute))
                        .toList();
            default -> WorkerAttributes.OVERRIDABLE;
        };
        values.forEach((attribute, value) -> {
            if (!possible.contains(attribute)) {
                throw new InvalidWorkerException(
                        "%s is a %s, of which %s cannot be overridden (%s)."
                                .formatted(origin, kind.label(), attribute, value.source()),
                        "Leave it out, or set it where the %s is built. What can be overridden is %s."
                                .formatted(
                                        kind.label(),
                                        possible.stream()
                                                .map(DataObjectPropertyName::toDashedForm)
                                                .collect(Collectors.joining(", "))));
            }
        });
    }

    private static String sources(Map<String, WorkerOverrides.Value> values) {
        return values.values().stream().map(WorkerOverrides.Value::source).collect(Collectors.joining(" and "));
    }
}
