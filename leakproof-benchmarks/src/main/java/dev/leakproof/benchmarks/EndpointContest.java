package dev.leakproof.benchmarks;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.leakproof.Heartbeat;
import dev.leakproof.Owner;
import dev.leakproof.spring.actuate.WorkersEndpoint;
import dev.leakproof.spring.actuate.WorkersFormat;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import tools.jackson.databind.json.JsonMapper;

/** What {@code /actuator/workers} takes, from the tree to the bytes, beside Jackson that writes the same data. */
final class EndpointContest {

    private static final int BELOW_ONE_OWNER = 100;

    /** As the actuator has it. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .changeDefaultPropertyInclusion(value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private EndpointContest() {}

    public static void main(String[] args) throws Exception {
        for (int nodes : new int[] {1_000, 10_000, 100_000}) {
            if (nodes <= 10_000 || !Settings.isShort()) {
                contest(nodes);
            }
        }
        System.exit(0);
    }

    private static void contest(int nodes) throws Exception {
        try (Owner root = Owner.root("app")) {
            Owner owner = root;
            for (int i = 1; i < nodes; i++) {
                if (i % BELOW_ONE_OWNER == 1) {
                    owner = root.child("owner-" + i);
                } else {
                    owner.start(Heartbeat.named("beat-" + i)
                            .every(Duration.ofHours(1))
                            .initialDelay(Duration.ofHours(1))
                            .beat(ctx -> {}));
                }
            }
            WorkersEndpoint endpoint = new WorkersEndpoint(root, () -> null, Show.ALWAYS, Set.of(), null);
            Object data = answer(endpoint);
            int size = JSON.writeValueAsBytes(data).length;
            Contest.in("endpoint", String.format(Locale.ROOT, "%,d nodes, %,d kB", nodes, size / 1_000))
                    .size(nodes)
                    .unit("ns")
                    .warmUp(Settings.rounds(6, 4)) // Jackson takes long to be compiled
                    .limit("Jackson alone", Measured.nanosPer(nodes, () -> JSON.writeValueAsBytes(data)))
                    .with("/actuator/workers", Measured.nanosPer(nodes, () -> JSON.writeValueAsBytes(answer(endpoint))))
                    .run(Settings.rounds(nodes > 10_000 ? 10 : 30, 8));
        }
    }

    private static Object answer(WorkersEndpoint endpoint) {
        return endpoint.workers(WorkersFormat.JSON, SecurityContext.NONE, null).getBody();
    }
}
