package dev.leakproof.sample.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The manifests are what Kubernetes understands, and fit together. */
class ManifestTests {

    /** What is in these is for the user to name. */
    private static final Set<String> FREE = Set.of("labels", "matchLabels", "requests", "limits");

    private static Deployment deployment;
    private static PodSpec pod;
    private static Container container;

    @BeforeAll
    static void readDeployment() throws IOException {
        deployment = Manifests.read("deployment.yaml", Deployment.class);
        pod = deployment.getSpec().getTemplate().getSpec();
        container = pod.getContainers().get(0);
    }

    @TestFactory
    Stream<DynamicTest> everyManifestIsUnderstood() throws IOException {
        assertThat(Manifests.files()).hasSize(4);
        return Manifests.files().stream()
                .map(file -> dynamicTest(file.getFileName().toString(), () -> {
                    HasMetadata manifest = Manifests.parse(Files.readString(file));
                    assertThat(manifest.getMetadata().getName()).isEqualTo("sample-service");
                }));
    }

    /** Misspells each field of each manifest, one at a time. */
    @TestFactory
    Stream<DynamicTest> aMisspeltFieldIsNot() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : Manifests.files()) {
            JsonNode manifest = Manifests.YAML.readTree(file.toFile());
            misspell(file.getFileName().toString(), manifest, manifest, tests);
        }
        assertThat(tests).hasSizeGreaterThan(80);
        return tests.stream();
    }

    @Test
    void neitherIsAFieldGivenTwice() {
        assertThatThrownBy(() -> Manifests.parse("apiVersion: v1\nkind: Service\nkind: Service"))
                .isInstanceOf(JsonProcessingException.class)
                .hasMessageContaining("Duplicate field 'kind'");
    }

    @Test
    void anUpdateTakesNoPodAwayBeforeItsSuccessorIsReady() throws IOException {
        var update = deployment.getSpec().getStrategy();
        assertThat(update.getType()).isEqualTo("RollingUpdate");
        assertThat(update.getRollingUpdate().getMaxUnavailable().getIntVal()).isZero();
        assertThat(update.getRollingUpdate().getMaxSurge().getIntVal()).isPositive();
        var budget = Manifests.read("pod-disruption-budget.yaml", PodDisruptionBudget.class)
                .getSpec();
        assertThat(budget.getMaxUnavailable().getIntVal())
                .as("may a node be drained, and is there a pod left meanwhile?")
                .isBetween(1, deployment.getSpec().getReplicas() - 1);
    }

    @Test
    void everythingSelectsThePods() throws IOException {
        Map<String, String> labels =
                deployment.getSpec().getTemplate().getMetadata().getLabels();
        Service service = Manifests.read("service.yaml", Service.class);

        assertThat(labels)
                .isNotEmpty()
                .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels())
                .containsAllEntriesOf(service.getSpec().getSelector())
                .containsAllEntriesOf(Manifests.read("pod-disruption-budget.yaml", PodDisruptionBudget.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels())
                .containsAllEntriesOf(pod.getTopologySpreadConstraints()
                        .get(0)
                        .getLabelSelector()
                        .getMatchLabels());
        assertThat(service.getMetadata().getLabels())
                .containsAllEntriesOf(Manifests.read("service-monitor.yaml", ServiceMonitor.class)
                        .getSpec()
                        .getSelector()
                        .getMatchLabels());
    }

    @Test
    void everyPortThatIsNamedIsThere() throws IOException {
        Set<String> ofContainer =
                container.getPorts().stream().map(ContainerPort::getName).collect(Collectors.toSet());
        List<ServicePort> ofService =
                Manifests.read("service.yaml", Service.class).getSpec().getPorts();

        assertThat(ofService)
                .extracting(port -> port.getTargetPort().getStrVal())
                .containsExactlyInAnyOrderElementsOf(ofContainer);
        assertThat(probes()).extracting(probe -> probe.getPort().getStrVal()).containsOnly("management");
        assertThat(Manifests.read("service-monitor.yaml", ServiceMonitor.class)
                        .getSpec()
                        .getEndpoints())
                .singleElement()
                .satisfies(endpoint -> {
                    assertThat(ofService).extracting(ServicePort::getName).contains(endpoint.getPort());
                    assertThat(endpoint.getPath()).isEqualTo("/actuator/prometheus");
                });
    }

    @Test
    void thePortsAreThoseOfTheConfiguration() {
        var configuration = PodConfiguration.of(container);
        Map<String, Integer> ports = container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));

        assertThat(ports)
                .containsOnly(
                        Map.entry("http", configuration.getRequiredProperty("server.port", Integer.class)),
                        Map.entry(
                                "management",
                                configuration.getRequiredProperty("management.server.port", Integer.class)));
    }

    @Test
    void noProbeAsksForWhatARestartDoesNotMend() {
        assertThat(probes())
                .extracting(HTTPGetAction::getPath)
                .containsExactly(
                        "/actuator/health/liveness", "/actuator/health/liveness", "/actuator/health/readiness");
    }

    @Test
    void thePasswordOfTheDatabaseIsASecret() {
        assertThat(container.getEnvFrom())
                .singleElement()
                .extracting(source -> source.getSecretRef().getName())
                .isEqualTo("sample-service-database");
        assertThat(container.getEnv()).extracting(EnvVar::getName).containsExactly("SPRING_PROFILES_ACTIVE");
    }

    @Test
    void theContainerMayDoNothingThatItNeedNot() throws IOException {
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(Dockerfile.read().last("USER"))
                .isEqualTo(pod.getSecurityContext().getRunAsUser() + ":"
                        + pod.getSecurityContext().getRunAsGroup());
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    }

    @Test
    void theMemoryItAsksForIsTheMemoryItMayUse() {
        Map<String, Quantity> requests = container.getResources().getRequests();
        Map<String, Quantity> limits = container.getResources().getLimits();

        assertThat(limits).containsOnlyKeys("memory");
        assertThat(limits.get("memory").getNumericalAmount())
                .isEqualByComparingTo(requests.get("memory").getNumericalAmount())
                .isEqualByComparingTo("536870912");
        assertThat(requests.get("cpu").getNumericalAmount()).isEqualByComparingTo("0.25");
    }

    private static List<HTTPGetAction> probes() {
        return Stream.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe())
                .map(probe -> probe.getHttpGet())
                .toList();
    }

    private static void misspell(String where, JsonNode node, JsonNode manifest, List<DynamicTest> tests)
            throws IOException {
        for (int i = 0; i < node.size() && node.isArray(); i++) {
            misspell(where + "[" + i + "]", node.get(i), manifest, tests);
        }
        if (node instanceof ObjectNode object) {
            for (String field : List.copyOf(
                    object.properties().stream().map(Map.Entry::getKey).toList())) {
                String wrong = field + "s";
                JsonNode value = object.remove(field);
                object.set(wrong, value);
                String manifestWithIt = Manifests.YAML.writeValueAsString(manifest);
                object.remove(wrong);
                object.set(field, value);
                if (!(manifest == node && Set.of("apiVersion", "kind").contains(field))) {
                    tests.add(dynamicTest(
                            where + "/" + wrong,
                            () -> assertThatThrownBy(() -> Manifests.parse(manifestWithIt))
                                    .isInstanceOf(UnrecognizedPropertyException.class)
                                    .hasMessageContaining("\"" + wrong + "\"")));
                }
                if (!FREE.contains(field)
                        && !(field.equals("selector")
                                && value.path("matchLabels").isMissingNode())) {
                    misspell(where + "/" + field, value, manifest, tests);
                }
            }
        }
    }
}
