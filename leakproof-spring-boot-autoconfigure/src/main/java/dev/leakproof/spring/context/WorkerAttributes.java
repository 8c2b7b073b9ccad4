package dev.leakproof.spring.context;

import dev.leakproof.spring.annotation.ManagedWorker;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.util.StringUtils;

/** The attributes of one annotated method: placeholders resolved, converted on demand, named by attribute when wrong. */
final class WorkerAttributes {

    private final String subject;
    private final Map<String, Object> values;
    private final UnaryOperator<String> placeholders;

    WorkerAttributes(String subject, ManagedWorker annotation, UnaryOperator<String> placeholders) {
        this.subject = subject;
        this.values = AnnotationUtils.getAnnotationAttributes(annotation);
        this.placeholders = placeholders;
    }

    /** Whether {@code attribute}, or its twin that is a string, says anything. */
    boolean has(String attribute) {
        return !text(attribute).isEmpty();
    }

    /** Returns the value of {@code attribute}, or of its twin that is a string; empty if neither is set. */
    String text(String attribute) {
        String twin = raw(attribute + "String");
        String raw = twin.isEmpty() ? raw(attribute) : twin;
        try {
            return placeholders.apply(raw).trim();
        } catch (IllegalArgumentException ex) {
            throw new InvalidWorkerException(
                    "%s has %s = \"%s\", which cannot be resolved: %s"
                            .formatted(subject, attribute, raw, ex.getMessage()),
                    "Set the property, or give the placeholder a default, such as ${property:default}.",
                    ex);
        }
    }

    private String raw(String attribute) {
        Object value = values.getOrDefault(attribute, "");
        if (value instanceof Object[] several) {
            if (several.length > 1) {
                throw new InvalidWorkerException(
                        "%s has more than one %s: %s".formatted(subject, attribute, Arrays.toString(several)),
                        "Keep one of them, or none to take over what the owner has.");
            }
            return several.length == 0 ? "" : several[0].toString();
        }
        return value.toString();
    }

    Optional<Duration> duration(String attribute) {
        return convert(attribute, DurationStyle::detectAndParse, "a duration", "Write it as 500ms, 2s, 5m or PT2S.");
    }

    int number(String attribute) {
        return convert(attribute, Integer::valueOf, "a whole number", "Write a number such as 4.")
                .orElseThrow();
    }

    boolean flag(String attribute) {
        return convert(attribute, WorkerAttributes::parseFlag, "true or false", "Write true or false.")
                .orElse(true);
    }

    <E extends Enum<E>> Optional<E> constant(String attribute, Class<E> type) {
        String known = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        return convert(
                attribute,
                text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)),
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
                    "%s has %s = \"%s\", which is not %s.".formatted(subject, attribute, text, what), action, ex);
        }
    }

    private static boolean parseFlag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }
}
