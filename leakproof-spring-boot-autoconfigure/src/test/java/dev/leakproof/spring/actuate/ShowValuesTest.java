package dev.leakproof.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import java.security.Principal;
import java.time.Duration;
import java.util.Set;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;

/** Who sees messages and stacks. */
class ShowValuesTest {

    private static final Owner APP = Owner.root("app");

    @BeforeAll
    static void fail() {
        ManagedWorker failing = APP.start(
                ManagedWorker.named("failing").restart(RestartPolicy.never()).run(ctx -> {
                    throw new IllegalStateException("secret");
                }));
        soon().until(() -> failing.state() == NodeState.FAILED);
    }

    @AfterAll
    static void close() {
        APP.close();
    }

    @Test
    void neverAndAlwaysAskNobody() {
        assertThat(shows(Show.NEVER, Set.of(), user("admin"))).isFalse();
        assertThat(shows(Show.ALWAYS, Set.of(), SecurityContext.NONE)).isTrue();
    }

    @Test
    void whenAuthorizedAsksForAUserAndARole() {
        assertThat(shows(Show.WHEN_AUTHORIZED, Set.of(), SecurityContext.NONE)).isFalse();
        assertThat(shows(Show.WHEN_AUTHORIZED, Set.of(), user("guest"))).isTrue();
        assertThat(shows(Show.WHEN_AUTHORIZED, Set.of("admin"), user("guest"))).isFalse();
        assertThat(shows(Show.WHEN_AUTHORIZED, Set.of("admin"), user("admin"))).isTrue();
    }

    private static boolean shows(Show show, Set<String> roles, SecurityContext asking) {
        return String.valueOf(new WorkersEndpoint(APP, () -> null, show, roles, null)
                        .workers(WorkersFormat.TEXT, asking, null)
                        .getBody())
                .contains("secret");
    }

    private static SecurityContext user(String role) {
        return new SecurityContext() {
            @Override
            public Principal getPrincipal() {
                return () -> "ann";
            }

            @Override
            public boolean isUserInRole(String asked) {
                return role.equals(asked);
            }
        };
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }
}
