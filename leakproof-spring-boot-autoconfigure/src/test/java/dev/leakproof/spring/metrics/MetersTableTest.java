package dev.leakproof.spring.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.WorkerPool;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.actuate.WorkerAction;
import dev.leakproof.spring.actuate.WorkersControl;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import dev.leakproof.spring.autoconfigure.WorkersControlAutoConfiguration;
import dev.leakproof.spring.autoconfigure.WorkersEndpointAutoConfiguration;
import dev.leakproof.spring.autoconfigure.WorkersMetricsAutoConfiguration;
import dev.leakproof.spring.autoconfigure.WorkersObservationAutoConfiguration;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The table of meters in the docs is the one that an application with one of each kind registers, row by row. */
class MetersTableTest {

    private static final Path DOCS = Path.of("../docs/metrics.md");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withPropertyValues("leakproof.keep-alive=false")
            .withConfiguration(AutoConfigurations.of(
                    LeakproofAutoConfiguration.class,
                    WorkersEndpointAutoConfiguration.class,
                    WorkersControlAutoConfiguration.class,
                    WorkersMetricsAutoConfiguration.class,
                    WorkersObservationAutoConfiguration.class,
                    ObservationAutoConfiguration.class,
                    MetricsAutoConfiguration.class))
            .withPropertyValues(
                    "management.endpoints.web.exposure.include=workers", "leakproof.endpoint.allow-control=true")
            .withBean(MeterRegistry.class, () -> registry)
            .withBean(
                    Heartbeat.class,
                    () -> Heartbeat.named("ping").every(Duration.ofHours(1)).beat(ctx -> {}))
            .withBean(
                    ManagedWorker.class,
                    () -> ManagedWorker.named("loop").concurrency(2).run(ctx -> ctx.sleep(Duration.ofHours(1))))
            .withBean(
                    EvictingCache.class,
                    () -> EvictingCache.named("quotes")
                            .expireAfterWrite(Duration.ofMinutes(1))
                            .maximumSize(10)
                            .build())
            .withBean(WorkerPool.class, () -> WorkerPool.<String>named("mails").process((ctx, mail) -> {}));

    @Test
    void theTableIsWhatIsRegistered() {
        runner.run(context -> {
            context.getBean(WorkersControl.class)
                    .control(new String[] {"app", "ping"}, WorkerAction.PAUSE, SecurityContext.NONE);
            Set<String> documented = rows();
            soon().untilAsserted(() -> assertThat(registered()).isEqualTo(documented));
            assertThat(registry.getMeters()).filteredOn(MetersTableTest::isOurs).allSatisfy(meter -> {
                assertThat(meter.getId().getDescription()).isNotBlank();
                assertThat(meter.getId().getTag("worker")).isIn(null, "ping", "loop", "quotes", "mails");
            });
        });
    }

    private Set<String> registered() {
        return registry.getMeters().stream()
                .filter(MetersTableTest::isOurs)
                .map(MetersTableTest::row)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isOurs(Meter meter) {
        return meter.getId().getName().startsWith("leakproof")
                || "leakproof".equals(meter.getId().getTag("cache.manager"));
    }

    /** What Micrometer says of its own meters is for Micrometer to say. */
    private static String row(Meter meter) {
        Meter.Id id = meter.getId();
        String unit = id.getBaseUnit() == null ? "" : id.getBaseUnit();
        String tags = id.getTags().stream().map(Tag::getKey).sorted().collect(Collectors.joining(", "));
        String description = id.getName().startsWith("leakproof") ? id.getDescription() : "";
        return String.join(" | ", id.getName(), id.getType().name().toLowerCase(), unit, tags, description);
    }

    private static Set<String> rows() throws IOException {
        return Files.readString(DOCS)
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.replace("`", "").split("\\|", -1))
                .map(cells -> String.join(
                        " | ",
                        cells[1].strip(),
                        cells[2].strip(),
                        cells[3].strip(),
                        cells[4].strip(),
                        cells[1].strip().startsWith("leakproof") ? cells[5].strip() : ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }
}
