package dev.leakproof.spring.propagation;

import dev.leakproof.ContextCapture;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** What of the thread that hands work over reaches forks, items of pools, and workers that a body starts. */
public enum ContextPropagation {
    /** The MDC and, with Micrometer's context-propagation on the class path, all that has a ThreadLocalAccessor. */
    AUTO,
    /** The MDC. */
    MDC,
    /** Nothing, at no cost. */
    NONE;

    private static final String MICROMETER = "io.micrometer.context.ContextSnapshotFactory";

    /** Returns what carries it, with the classes that {@code classes} has. */
    public ContextCapture capture(@Nullable ClassLoader classes) {
        return switch (this) {
            case AUTO -> ClassUtils.isPresent(MICROMETER, classes) ? new MicrometerCapture() : ContextCapture.mdc();
            case MDC -> ContextCapture.mdc();
            case NONE -> ContextCapture.NONE;
        };
    }
}
