package dev.leakproof.sample.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.Environment;

/** All that happens between the deletion of a pod and its last moment fits into the time that Kubernetes gives it. */
class BudgetTests {

    /** For the web server, the DataSource and the JVM to end, and for clocks that were read at different times. */
    private static final Duration MARGIN = Duration.ofSeconds(3);

    private PodSpec pod;
    private Environment configuration;

    @BeforeEach
    void read() throws IOException {
        pod = Manifests.read("deployment.yaml", Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec();
        configuration = PodConfiguration.of(container());
    }

    @Test
    void theBudgetFitsIntoTheGracePeriod() {
        assertThat(configured("server.shutdown", String.class)).isEqualTo("graceful");
        Duration webDrain = configured("spring.lifecycle.timeout-per-shutdown-phase", Duration.class);
        Duration ours = configured("leakproof.shutdown.timeout", Duration.class);

        assertThat(preStop().plus(webDrain).plus(ours).plus(MARGIN))
                .as("%s preStop + %s web drain + %s workers + %s margin", preStop(), webDrain, ours, MARGIN)
                .isLessThanOrEqualTo(grace());
    }

    @Test
    void theConfigurationMirrorsTheManifest() {
        assertThat(configured("leakproof.shutdown.grace-period", Duration.class))
                .isEqualTo(grace());
        assertThat(configured("leakproof.shutdown.pre-stop", Duration.class)).isEqualTo(preStop());
    }

    @Test
    void whatWaitsForTheDatabaseGivesUpBeforeTheForceStage() {
        Duration drain = configured("leakproof.shutdown.timeout", Duration.class)
                .multipliedBy(5)
                .dividedBy(6);

        assertThat(Duration.ofSeconds(
                        configured("spring.datasource.hikari.data-source-properties.socketTimeout", Long.class)))
                .isLessThan(drain);
        assertThat(Duration.ofMillis(configured("spring.datasource.hikari.connection-timeout", Long.class)))
                .isLessThan(drain);
    }

    private Container container() {
        return pod.getContainers().get(0);
    }

    private Duration grace() {
        return Duration.ofSeconds(pod.getTerminationGracePeriodSeconds());
    }

    private Duration preStop() {
        return Duration.ofSeconds(
                container().getLifecycle().getPreStop().getSleep().getSeconds());
    }

    private <T> T configured(String property, Class<T> type) {
        return configuration.getRequiredProperty(property, type);
    }
}
