package dev.leakproof.spring.context;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Holds the page on configuration against the metadata that the build generates, and the other way round. */
class ConfigurationDocsTest {

    private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z]+\\.[^`]+)` \\| (?:`([^`]*)` )?\\| .+ \\|");
    private static final Pattern ATTRIBUTE = Pattern.compile("\\| `([a-zA-Z]+)` \\| (?:`([a-z-]*)` )?\\| .+ \\|");
    private static final Pattern OBJECTS = Pattern.compile("java\\.util\\.Map<java\\.lang\\.String,(dev\\..*)>");

    @Test
    void thePageHasEveryPropertyWithItsDefaultAndNoOther() throws Exception {
        assertThat(rows(ROW)).containsExactlyInAnyOrderEntriesOf(properties());
    }

    /** The annotation processor sees literals only. */
    @Test
    void thePhasesAreThoseOfTheCode() throws Exception {
        assertThat(properties())
                .containsEntry("leakproof.startup.phase", "" + TreeLifecycle.DEFAULT_START_PHASE)
                .containsEntry("leakproof.shutdown.phase", "" + TreeLifecycle.DEFAULT_DRAIN_PHASE);
    }

    @Test
    void everyPropertyIsDescribed() throws IOException {
        assertThat(metadata())
                .allSatisfy(property -> assertThat((String) property.get("description"))
                        .as("%s", property.get("name"))
                        .endsWith("."));
    }

    @Test
    void thePageHasEveryAttributeAndHowPropertiesCallIt() throws IOException {
        Map<String, String> expected = new TreeMap<>(Map.of("name", ""));
        WorkerAttributes.OVERRIDABLE.forEach(
                attribute -> expected.put(attribute, DataObjectPropertyName.toDashedForm(attribute)));
        assertThat(rows(ATTRIBUTE)).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private static Map<String, String> rows(Pattern row) throws IOException {
        Map<String, String> rows = new LinkedHashMap<>();
        try (Stream<String> lines = Files.lines(PAGE)) {
            lines.map(row::matcher)
                    .filter(Matcher::matches)
                    .forEach(match -> assertThat(rows.put(match.group(1), match.group(2) == null ? "" : match.group(2)))
                            .as("second row of %s", match.group(1))
                            .isNull());
        }
        return rows;
    }

    /** Returns the defaults by the names of all properties, those of what a map holds among them. */
    private static Map<String, String> properties() throws Exception {
        Map<String, String> properties = new TreeMap<>();
        for (Map<String, Object> property : metadata()) {
            String name = (String) property.get("name");
            var held = OBJECTS.matcher((String) property.get("type"));
            if (name.equals(WorkerOverrides.PREFIX)) {
                properties.put(name + ".<id>.<attribute>", "");
            } else if (held.matches()) {
                Constructor<?> made = Class.forName(held.group(1)).getDeclaredConstructors()[0];
                for (Parameter part : made.getParameters()) {
                    DefaultValue value = part.getAnnotation(DefaultValue.class);
                    properties.put(
                            name + ".<name>." + DataObjectPropertyName.toDashedForm(part.getName()),
                            value == null ? "" : String.join(",", value.value()));
                }
            } else {
                Object value = property.get("defaultValue");
                properties.put(name, value == null ? "" : String.valueOf(value));
            }
        }
        return properties;
    }

    private static List<Map<String, Object>> metadata() throws IOException {
        return JsonPath.parse(METADATA.toFile()).read("$.properties");
    }
}
