package dev.leakproof.spring.ways;

import static org.awaitility.Awaitility.await;

import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.Assertions;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;

/** What the tests of this package share: real applications, and a look at the JVM's threads. */
final class Applications {

    /** On a busy machine too. */
    static final Duration SOON = Duration.ofSeconds(60);

    private Applications() {}

    static SpringApplicationBuilder application(WebApplicationType type, Class<?>... sources) {
        return new SpringApplicationBuilder(sources)
                .web(type)
                .properties(Map.of(
                        "server.port", "0",
                        "spring.main.banner-mode", "off",
                        "spring.main.register-shutdown-hook", "false"));
    }

    static Owner root(ApplicationContext context) {
        return context.getBean("leakproofRoot", Owner.class);
    }

    static List<String> paths(ApplicationContext context) {
        return root(context).snapshot().all().map(NodeSnapshot::path).toList();
    }

    static NodeSnapshot node(ApplicationContext context, String path) {
        return root(context).find(path).orElseThrow(() -> new AssertionError("No " + path + " in " + paths(context)));
    }

    static String get(String address) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    static void eventually(BooleanSupplier condition) {
        await().pollInSameThread().atMost(SOON).until(condition::getAsBoolean);
    }

    /** The live threads but those that the JDK keeps for itself and for all. */
    static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getThreadGroup() != null
                        && !List.of("system", "InnocuousThreadGroup")
                                .contains(thread.getThreadGroup().getName()))
                .filter(thread -> !(thread instanceof ForkJoinWorkerThread))
                .filter(thread -> !thread.getName().startsWith("HttpClient-"))
                .toList();
    }

    /** In a while, for the last of them may still be on their last lines. */
    static void assertNoThreadBut(Collection<Thread> before) {
        await().pollInSameThread()
                .atMost(SOON)
                .untilAsserted(() -> Assertions.assertThat(threads())
                        .filteredOn(thread -> !before.contains(thread))
                        .isEmpty());
    }

    /** Each start has had its stop, in every node. */
    static void assertAllStopped(Owner root) {
        Assertions.assertThat(root.snapshot().all()).allSatisfy(node -> {
            Assertions.assertThat(node.state().isLive()).as(node.path()).isFalse();
            Assertions.assertThat(node.starts()).as(node.path()).isEqualTo(node.stops());
        });
    }
}
