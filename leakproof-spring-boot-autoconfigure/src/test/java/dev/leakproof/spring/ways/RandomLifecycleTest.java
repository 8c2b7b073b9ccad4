package dev.leakproof.spring.ways;

import static dev.leakproof.spring.ways.Applications.application;
import static dev.leakproof.spring.ways.Applications.assertAllStopped;
import static dev.leakproof.spring.ways.Applications.assertNoThreadBut;
import static dev.leakproof.spring.ways.Applications.root;
import static dev.leakproof.spring.ways.Applications.threads;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import java.util.Collection;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** A context is paused, restarted, stopped and started, in any order. */
class RandomLifecycleTest {

    @ParameterizedTest
    @CsvSource({"NONE, 1", "NONE, 2", "NONE, 3", "SERVLET, 4", "REACTIVE, 5"})
    void eachStartHasItsStop(WebApplicationType type, long seed) {
        Collection<Thread> before = new HashSet<>(threads());
        Owner root;
        AllKinds application;
        try (ConfigurableApplicationContext context =
                application(type, AllKinds.class).run()) {
            root = root(context);
            application = context.getBean(AllKinds.class);
            Random random = new Random(seed);
            for (int i = 0; i < 30; i++) {
                switch (random.nextInt(4)) {
                    case 0 -> context.stop();
                    case 1 -> context.start();
                    case 2 -> context.pause();
                    default -> context.restart();
                }
                boolean running = context.isRunning();
                assertThat(root.state()).isEqualTo(running ? NodeState.RUNNING : NodeState.STOPPED);
                if (!running) {
                    assertAllStopped(root);
                    assertThat(application.atOnce).hasValue(0);
                }
            }
        }
        assertAllStopped(root);
        assertThat(root.snapshot().starts()).isGreaterThan(3);
        assertThat(application.mostAtOnce).hasValue(1);
        if (type != WebApplicationType.REACTIVE) { // Netty's and Reactor's threads belong to the JVM
            assertNoThreadBut(before);
        }
    }
}
