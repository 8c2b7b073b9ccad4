package dev.leakproof.sample.drill;

import dev.leakproof.sample.kubernetes.Manifests;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/** The times that the manifest of the sample gives its pods. */
final class ManifestTiming {

    private static final PodSpec POD = read();

    private ManifestTiming() {}

    static Duration grace() {
        return Duration.ofSeconds(POD.getTerminationGracePeriodSeconds());
    }

    static Duration preStop() {
        return Duration.ofSeconds(POD.getContainers()
                .get(0)
                .getLifecycle()
                .getPreStop()
                .getSleep()
                .getSeconds());
    }

    private static PodSpec read() {
        try {
            return Manifests.read("deployment.yaml", Deployment.class)
                    .getSpec()
                    .getTemplate()
                    .getSpec();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
