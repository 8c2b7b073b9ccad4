package dev.leakproof.spring.context;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.util.StringUtils;

/**
 * The attributes of one worker, as the code declares them and properties override them: placeholders resolved, converted
 * on demand, named by attribute when wrong.
 *
 * <p>An override that is empty counts as none. One that says when the worker runs takes the place of all that the code
 * says about that.
 */
final class WorkerAttributes {

    /** All that properties can override, as the annotation names it. */
    static final List<String> OVERRIDABLE = List.of(
            "enabled",
            "owner",
            "every",
            "fixedDelay",
            "cron",
            "zone",
            "initialDelay",
            "jitter",
            "timeout",
            "concurrency",
            "stopMode",
            "stopTimeout",
            "threads",
            "restart",
            "backoff",
            "maxBackoff",
            "maxRestarts",
            "restartWindow",
            "escalation",
            "awaitReady",
            "stallAfter");

    static final List<String> PACES = List.of("every", "fixedDelay", "cron");

    private final String subject;
    private final Map<String, ?> declared;
    private final Map<String, WorkerOverrides.Value> overrides;
    private final UnaryOperator<String> placeholders;
    private final Set<String> replaced;

    /**
     * Combines what there is.
     *
     * @param subject what a message calls the worker
     * @param declared what the code says, by attribute
     * @param overrides what properties say instead, by attribute
     */
    WorkerAttributes(
            String subject,
            Map<String, ?> declared,
            Map<String, WorkerOverrides.Value> overrides,
            UnaryOperator<String> placeholders) {
        this.subject = subject;
        this.declared = declared;
        this.overrides = overrides;
        this.placeholders = placeholders;
        this.replaced = replacedBy(
                PACES.stream().filter(pace -> !overridden(pace).isEmpty()).collect(Collectors.toSet()));
    }

    private static Set<String> replacedBy(Set<String> paces) {
        if (paces.isEmpty()) {
            return Set.of();
        }
        Set<String> replaced = new LinkedHashSet<>(PACES);
        replaced.add(paces.contains("cron") ? "initialDelay" : "zone");
        return replaced;
    }

    /** Whether there is to be such a worker at all. */
    boolean isEnabled() {
        return flag("enabled") && !text("cron").equals(Scheduled.CRON_DISABLED);
    }

    /** Whether {@code attribute} says anything. */
    boolean has(String attribute) {
        return !text(attribute).isEmpty();
    }

    /** Returns the value of {@code attribute}; empty if it is not set. */
    String text(String attribute) {
        String override = overridden(attribute);
        return override.isEmpty() ? resolve(attribute, declared(attribute)) : override;
    }

    private String overridden(String attribute) {
        WorkerOverrides.Value value = overrides.get(attribute);
        return value == null ? "" : resolve(attribute, value.text());
    }

    /** The twin that is a string wins. */
    private String declared(String attribute) {
        if (replaced.contains(attribute)) {
            return "";
        }
        String twin = raw(attribute + "String");
        return twin.isEmpty() ? raw(attribute) : twin;
    }

    private String resolve(String attribute, String raw) {
        try {
            return placeholders.apply(raw).trim();
        } catch (IllegalArgumentException ex) {
            throw new InvalidWorkerException(
                    "%s has %s, which cannot be resolved: %s"
                            .formatted(subject, describe(attribute, raw), ex.getMessage()),
                    "Set the property, or give the placeholder a default, such as ${property:default}.",
                    ex);
        }
    }

    private String raw(String attribute) {
        Object value = declared.get(attribute);
        if (value instanceof Object[] several) {
            if (several.length > 1) {
                throw new InvalidWorkerException(
                        "%s has more than one %s: %s".formatted(subject, attribute, Arrays.toString(several)),
                        "Keep one of them, or none to take over what the owner has.");
            }
            return several.length == 0 ? "" : several[0].toString();
        }
        return value == null ? "" : value.toString();
    }

    Optional<Duration> duration(String attribute) {
        return convert(attribute, DurationStyle::detectAndParse, "a duration", "Write it as 500ms, 2s, 5m or PT2S.");
    }

    Optional<Integer> number(String attribute) {
        return convert(attribute, Integer::valueOf, "a whole number", "Write a number such as 4.");
    }

    boolean flag(String attribute) {
        return convert(attribute, WorkerAttributes::parseFlag, "true or false", "Write true or false.")
                .orElse(true);
    }

    /** Takes {@code stop_owner}, {@code stop-owner} and {@code STOP_OWNER} for the same. */
    <E extends Enum<E>> Optional<E> constant(String attribute, Class<E> type) {
        String known = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(", "));
        return convert(
                attribute,
                text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_')),
                "one of " + known,
                "Write one of " + known + ".");
    }

    Optional<CronTrigger> cron() {
        ZoneId zone = convert("zone", ZoneId::of, "a time zone", "Write it as Europe/Vienna, UTC or +02:00.")
                .orElseGet(ZoneId::systemDefault);
        return convert(
                "cron",
                text -> new CronTrigger(CronExpression.parse(text), zone),
                "a cron expression",
                "Write six fields, from second to day of week, such as \"0 */5 * * * *\".");
    }

    private <T> Optional<T> convert(String attribute, Function<String, T> conversion, String what, String action) {
        String text = text(attribute);
        if (!StringUtils.hasText(text)) {
            return Optional.empty();
        }
        try {
            return Optional.of(conversion.apply(text));
        } catch (RuntimeException ex) {
            throw new InvalidWorkerException(
                    "%s has %s, which is not %s.".formatted(subject, describe(attribute, text), what), action, ex);
        }
    }

    /** Names the attribute and its value, and the property if it comes from one. */
    private String describe(String attribute, String text) {
        WorkerOverrides.Value value = overrides.get(attribute);
        return "%s = \"%s\"%s".formatted(attribute, text, value == null ? "" : " (" + value.source() + ")");
    }

    private static boolean parseFlag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }
}
