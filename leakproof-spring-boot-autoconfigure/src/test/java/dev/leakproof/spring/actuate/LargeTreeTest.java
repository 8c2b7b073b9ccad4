package dev.leakproof.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.leakproof.ExitStory;
import dev.leakproof.NodeKind;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.StopMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Trees that are wide, and trees that are deep. The bounds are for a machine that does much else. */
class LargeTreeTest {

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final JsonMapper json = JsonMapper.builder().build();

    @Test
    void tenThousandNodesAreAnswered() {
        List<NodeSnapshot> owners = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            List<NodeSnapshot> workers = new ArrayList<>();
            for (int j = 0; j < 99; j++) {
                workers.add(node("app/o" + i + "/w" + j, List.of()));
            }
            owners.add(node("app/o" + i, workers));
        }
        NodeSnapshot root = node("app", owners);
        assertTimeoutPreemptively(BOUND, () -> {
            JsonNode answer = json.readTree(json.writeValueAsBytes(NodeDescriptor.of(root, shown())));
            assertThat(answer.findValuesAsString("path")).hasSize(10_001).doesNotHaveDuplicates();
            assertThat(answer.findValues("omitted")).allMatch(JsonNode::isNull);
            assertThat(TreeDrawing.of(root, shown()).lines()).hasSize(10_001);
        });
    }

    @Test
    void aLiveTreeOfTenThousandNodesIsAnswered() {
        Owner root = Owner.named("app").build();
        try (root) {
            root.start();
            for (int i = 0; i < 100; i++) {
                Owner owner = root.child("o" + i);
                for (int j = 0; j < 99; j++) {
                    owner.child("c" + j);
                }
            }
            WorkersEndpoint endpoint = new WorkersEndpoint(root, () -> null, Show.ALWAYS, Set.of(), null);
            assertTimeoutPreemptively(BOUND, () -> {
                Object body = endpoint.workers(WorkersFormat.JSON, SecurityContext.NONE, true)
                        .getBody();
                assertThat(json.readTree(json.writeValueAsBytes(body)).findValuesAsString("path"))
                        .hasSize(10_001);
                String drawn = (String) endpoint.workers(WorkersFormat.TEXT, SecurityContext.NONE, true)
                        .getBody();
                assertThat(drawn.lines()).hasSize(10_001);
            });
        }
    }

    @Test
    void aTreeOfAThousandLevelsIsCutAndGoesOnBelow() {
        Owner root = Owner.named("n").build();
        try (root) {
            root.start();
            Owner deepest = root;
            for (int i = 1; i < 1_000; i++) {
                deepest = deepest.child("n");
            }
            WorkersEndpoint endpoint = new WorkersEndpoint(root, () -> null, Show.ALWAYS, Set.of(), null);
            assertTimeoutPreemptively(BOUND, () -> {
                int seen = 0;
                String at = "n";
                while (at != null) {
                    Object body = endpoint.worker(at.split("/"), WorkersFormat.JSON, SecurityContext.NONE, true)
                            .getBody();
                    JsonNode node = json.readTree(json.writeValueAsBytes(body));
                    int levels = 1;
                    while (!node.get("children").isEmpty()) {
                        node = node.get("children").get(0);
                        levels++;
                    }
                    seen += levels;
                    JsonNode omitted = node.get("omitted");
                    at = omitted.isNull() ? null : node.get("path").stringValue() + "/n";
                    assertThat(omitted.isNull() ? 0 : omitted.intValue()).isEqualTo(1_000 - seen);
                }
                assertThat(seen).isEqualTo(1_000);
                String drawn =
                        (String) endpoint.worker(new String[] {"n"}, WorkersFormat.TEXT, SecurityContext.NONE, null)
                                .getBody();
                assertThat(drawn.lines()).hasSize(View.MOST_LEVELS);
                assertThat(drawn).endsWith("stops within 12s, 800 below not shown: ask for this path\n");
                assertThat(new WorkersHealthIndicator(root, Duration.ZERO)
                                .health()
                                .getDetails())
                        .hasToString("{workers={}}");
            });
        }
    }

    private static View shown() {
        return new View(true, Map.of());
    }

    private static NodeSnapshot node(String path, List<NodeSnapshot> children) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return new NodeSnapshot(
                path,
                name,
                name,
                NodeKind.OWNER,
                NodeState.RUNNING,
                Instant.EPOCH,
                1,
                0,
                0,
                "here",
                new ExitStory("app", "its stop", "ends", "ended"),
                StopMode.INTERRUPT,
                Duration.ofSeconds(12),
                "",
                null,
                null,
                null,
                null,
                null,
                Collections.emptyMap(),
                children);
    }
}
