package dev.leakproof.spring.context;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The time between the order to end a pod and its end by force, as the configuration repeats it from the manifest: a pod
 * cannot read its own.
 *
 * @param configured the whole, or null if it was not told
 * @param preStop what the preStop hook takes of it, or null if it was not told, which counts as nothing
 * @param margin what is to be left at the end
 * @param onKubernetes whether there is one in any case
 * @param onOverrun what follows if a shutdown can take longer
 */
public record GracePeriod(
        @Nullable Duration configured,
        @Nullable Duration preStop,
        Duration margin,
        boolean onKubernetes,
        OnOverrun onOverrun) {

    /** What a pod gets whose manifest says nothing: Kubernetes' terminationGracePeriodSeconds. */
    static final Duration KUBERNETES_DEFAULT = Duration.ofSeconds(30);

    /** Whether there is any reason to compare a shutdown with it. */
    public boolean applies() {
        return onKubernetes || configured != null || preStop != null;
    }

    /**
     * Returns when the last worker has to have ended, counted from when the context began to close; null if the grace
     * period is not known. An assumed one cuts nothing short: the real one may be longer.
     */
    @Nullable
    Duration untilDeadline() {
        if (configured == null) {
            return null;
        }
        return configured.minus(preStop == null ? Duration.ZERO : preStop).minus(margin);
    }
}
