package dev.leakproof.spring.context;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * What properties say of the workers: <code>leakproof.workers.&lt;id&gt;.&lt;attribute&gt;</code>, in any of Boot's
 * relaxed forms. Each is looked up by its name, for a map would take the first part of an id that has dots for the whole.
 *
 * <p>Two ids are the same to a property if they differ in case, hyphens and underscores only; so they must not be.
 *
 * <p>Safe for use by many threads.
 */
public final class WorkerOverrides {

    static final String PREFIX = "leakproof.workers";

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of(PREFIX);

    private final Environment environment;

    /** Ids by their canonical forms, of all workers that are or, if enabled or asked for, would be. */
    private final Map<String, Known> known = new ConcurrentHashMap<>();

    private record Known(String id, String origin) {}

    /**
     * What a property says.
     *
     * @param text its value, placeholders not resolved
     * @param source its name and where it comes from, for messages
     */
    record Value(String text, String source) {}

    /**
     * An override that is none.
     *
     * @param source its name and where it comes from
     * @param problem what is wrong with it, to follow the source in a sentence
     * @param remedy what to write instead
     */
    record Stray(String source, String problem, String remedy) {}

    /** Creates the overrides that {@code environment} has. */
    public WorkerOverrides(Environment environment) {
        this.environment = environment;
    }

    /**
     * Notes that there is a worker of that id.
     *
     * @param origin what a message calls it
     * @throws InvalidWorkerException if properties could not tell it from another
     */
    void know(String id, String origin) {
        Known other = known.putIfAbsent(canonical(id), new Known(id, origin));
        if (other != null && !other.id().equals(id)) {
            throw new InvalidWorkerException(
                    "The ids '%s' of %s and '%s' of %s are the same to properties and environment variables."
                            .formatted(other.id(), other.origin(), id, origin),
                    "Give one of them a name that differs in more than case, hyphens and underscores.");
        }
    }

    /** Returns what properties say of the worker of that id, by attribute; what they leave empty is left out. */
    Map<String, Value> of(String id) {
        List<ConfigurationPropertySource> sources = sources();
        Map<String, Value> values = new LinkedHashMap<>();
        if (!sources.isEmpty()) {
            for (String attribute : WorkerAttributes.OVERRIDABLE) {
                ConfigurationPropertyName name = ConfigurationPropertyName.adapt(
                        PREFIX + "." + kebab(id) + "." + DataObjectPropertyName.toDashedForm(attribute), '.');
                value(sources, name).ifPresent(value -> values.put(attribute, value));
            }
        }
        return values;
    }

    private static Optional<Value> value(List<ConfigurationPropertySource> sources, ConfigurationPropertyName name) {
        for (ConfigurationPropertySource source : sources) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null && property.getValue() != null) {
                String text = String.valueOf(property.getValue());
                return text.isBlank() ? Optional.empty() : Optional.of(new Value(text, describe(name, property)));
            }
        }
        return Optional.empty();
    }

    /** Returns the properties that override nothing, of those whose names can be had. */
    List<Stray> strays() {
        List<Stray> strays = new ArrayList<>();
        for (ConfigurationPropertySource source : sources()) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                boolean variables = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
                iterable.stream()
                        .filter(ROOT::isAncestorOf)
                        .filter(name -> !overrides(tail(name), variables))
                        .forEach(name -> strays.add(stray(name, source.getConfigurationProperty(name))));
            }
        }
        return strays;
    }

    /** An environment variable may have all hyphens of the name as underscores, which read as dots. */
    private boolean overrides(String tail, boolean variable) {
        return known.values().stream()
                .map(Known::id)
                .anyMatch(id -> WorkerAttributes.OVERRIDABLE.stream().anyMatch(attribute -> {
                    String dashed = DataObjectPropertyName.toDashedForm(attribute);
                    return tail.equals(canonical(id) + "." + canonical(dashed))
                            || (variable && tail.equals((kebab(id) + "." + dashed).replace('-', '.')));
                }));
    }

    private Stray stray(ConfigurationPropertyName name, @Nullable ConfigurationProperty property) {
        String tail = tail(name);
        Optional<Known> worker = known.entrySet().stream()
                .filter(entry -> tail.startsWith(entry.getKey() + "."))
                .max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
                .map(Map.Entry::getValue);
        List<String> attributes = WorkerAttributes.OVERRIDABLE.stream()
                .map(DataObjectPropertyName::toDashedForm)
                .toList();
        if (worker.isPresent()) {
            String id = worker.get().id();
            String attribute = tail.substring(canonical(id).length() + 1);
            return new Stray(
                    describe(name, property),
                    "sets no attribute of the worker '" + id + "'",
                    guess(attribute, attributes) + "Attributes are " + String.join(", ", attributes) + ".");
        }
        List<String> ids = known.values().stream().map(Known::id).sorted().toList();
        String id = tail.contains(".") ? tail.substring(0, tail.lastIndexOf('.')) : tail;
        return new Stray(
                describe(name, property),
                "is for a worker that does not exist",
                guess(id, ids)
                        + (ids.isEmpty()
                                ? "There are no workers."
                                : "The workers are " + String.join(", ", ids) + "."));
    }

    private static String guess(String written, Collection<String> known) {
        return Similar.closest(written, known)
                .map(closest -> "Did you mean " + closest + "? ")
                .orElse("");
    }

    /** Only those that have anything to say, which as a rule is none. */
    private List<ConfigurationPropertySource> sources() {
        List<ConfigurationPropertySource> sources = new ArrayList<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.containsDescendantOf(ROOT) != ConfigurationPropertyState.ABSENT) {
                sources.add(source);
            }
        }
        return sources;
    }

    private static String describe(ConfigurationPropertyName name, @Nullable ConfigurationProperty property) {
        return property == null || property.getOrigin() == null ? name.toString() : name + ", " + property.getOrigin();
    }

    private static String tail(ConfigurationPropertyName name) {
        StringBuilder tail = new StringBuilder();
        for (int i = ROOT.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
            tail.append(tail.isEmpty() ? "" : ".").append(name.getElement(i, Form.UNIFORM));
        }
        return tail.toString();
    }

    /** Returns the id as a property would be written, in lower case with hyphens. */
    private static String kebab(String id) {
        return id.toLowerCase(Locale.ROOT)
                .replace('_', '-')
                .replaceAll("-*\\.[-.]*", ".")
                .replaceAll("^[-.]+|[-.]+$", "");
    }

    private static String canonical(String id) {
        return kebab(id).replace("-", "");
    }
}
