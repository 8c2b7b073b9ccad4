package dev.leakproof.sample.kubernetes;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads the manifests in {@code k8s/} by the models of a Kubernetes client, and takes nothing that those do not know. */
public final class Manifests {

    private static final Path DIRECTORY = Path.of("k8s");

    private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.of(
            "apps/v1 Deployment", Deployment.class,
            "v1 Service", Service.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class);

    static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // The models keep what they do not know in a map of their own; without it, it is an error.
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated a) {
                    return false;
                }
            })
            .build();

    private Manifests() {}

    /** Returns all files with manifests. */
    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            return files.sorted().toList();
        }
    }

    /** Reads the one manifest in a file of {@code k8s/}. */
    public static <T extends HasMetadata> T read(String file, Class<T> kind) throws IOException {
        return kind.cast(parse(Files.readString(DIRECTORY.resolve(file))));
    }

    /** Reads one manifest of any kind. */
    static HasMetadata parse(String manifest) throws IOException {
        List<JsonNode> documents;
        try (MappingIterator<JsonNode> all = YAML.readerFor(JsonNode.class).readValues(manifest)) {
            documents = all.readAll();
        }
        if (documents.size() != 1) {
            throw new IllegalArgumentException("One manifest in a file, not " + documents.size());
        }
        JsonNode tree = documents.get(0);
        String kind = tree.path("apiVersion").asText() + " " + tree.path("kind").asText();
        Class<? extends HasMetadata> model = KINDS.get(kind);
        if (model == null) {
            throw new IllegalArgumentException("No model of " + kind + ": there are " + KINDS.keySet());
        }
        return YAML.readValue(manifest, model);
    }
}
