package dev.leakproof.spring.context;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints a {@link ShutdownOverrunException} as a description and an action, without a stack trace. */
final class ShutdownOverrunFailureAnalyzer extends AbstractFailureAnalyzer<ShutdownOverrunException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ShutdownOverrunException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.getAction(), cause);
    }
}
