package dev.leakproof.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.leakproof.LiveThreads;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.WorkerBody;
import dev.leakproof.example.LeakShapes;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import dev.leakproof.spring.autoconfigure.WorkersEndpointAutoConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the endpoint shows of the five shapes in which threads leak, as the documentation has it. */
class LeakPatternsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final LeakShapes.Sender sender = new LeakShapes.Sender();
    private final LeakShapes.Receiver receiver = new LeakShapes.Receiver(message -> {});
    private final LeakShapes.Poller poller = new LeakShapes.Poller();
    private final LeakShapes.Catalogue catalogue = new LeakShapes.Catalogue();
    private final LeakShapes.Ticker ticker = new LeakShapes.Ticker(() -> {});

    @Test
    void endpointNamesEachLeakAndItsLine() throws Exception {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(LeakproofAutoConfiguration.class, WorkersEndpointAutoConfiguration.class))
                .withPropertyValues(
                        "leakproof.keep-alive=false",
                        "management.endpoints.web.exposure.include=workers",
                        "management.endpoint.workers.show-values=always")
                .run(context -> {
                    Owner shapes = Owner.named("shapes")
                            .stopTimeout(Duration.ofSeconds(1))
                            .build();
                    Owner root = context.getBean("leakproofRoot", Owner.class);
                    root.start(shapes);
                    start(shapes, "sender", "send", ctx -> sender.send("late"));
                    start(shapes, "receiver", "receive", ctx -> receiver.receive());
                    start(shapes, "spinner", "spin", ctx -> poller.spin());
                    start(shapes, "refresher", "fetch", ctx -> catalogue.refresh());
                    start(shapes, "reader", "read", ctx -> catalogue.read());
                    start(shapes, "ticker", "run", ctx -> ticker.run());
                    shapes.stop();
                    String drawn = String.valueOf(context.getBean(WorkersEndpoint.class)
                            .worker(new String[] {"app", "shapes"}, WorkersFormat.TEXT, SecurityContext.NONE, false)
                            .getBody());
                    System.out.println(drawn);
                    endAll(root);
                    assertShown(drawn, "sender", "LeakShapes$Sender.send(LeakShapes.java:");
                    assertShown(drawn, "receiver", "LeakShapes$Receiver.receive(LeakShapes.java:");
                    assertShown(drawn, "spinner", "LeakShapes$Poller.spin(LeakShapes.java:");
                    assertShown(drawn, "refresher", "LeakShapes$Catalogue.fetch(LeakShapes.java:");
                    assertShown(drawn, "reader", "LeakShapes$Catalogue.read(LeakShapes.java:");
                    assertShown(drawn, "ticker", "LeakShapes$Ticker.run(LeakShapes.java:");
                });
    }

    private static void start(Owner owner, String name, String method, WorkerBody body) {
        owner.start(ManagedWorker.named(name).run(body));
        await().atMost(LONG)
                .until(() -> LiveThreads.owners().entrySet().stream()
                        .filter(entry -> entry.getValue().equals("app/shapes/" + name))
                        .flatMap(entry -> List.of(entry.getKey().getStackTrace()).stream())
                        .anyMatch(frame -> frame.getMethodName().equals(method)
                                && frame.getClassName().startsWith(LeakShapes.class.getName())));
    }

    /** In the tree, and so in the documentation. */
    private static void assertShown(String drawn, String name, String where) throws IOException {
        String doc = Files.readString(Path.of("../docs/leak-patterns.md"));
        for (String text : List.of(drawn, doc)) {
            assertThat(text.lines()
                            .filter(line -> line.matches("\\W*" + name + "\\s.*"))
                            .toList())
                    .singleElement()
                    .asString()
                    .contains("leaked", where);
        }
    }

    private void endAll(Owner root) {
        await().atMost(LONG).untilAsserted(() -> {
            sender.drain();
            receiver.shutdown();
            poller.done();
            catalogue.answer();
            ticker.shutdown();
            assertThat(root.snapshot().all()).noneMatch(node -> node.state() == NodeState.LEAKED);
        });
    }
}
