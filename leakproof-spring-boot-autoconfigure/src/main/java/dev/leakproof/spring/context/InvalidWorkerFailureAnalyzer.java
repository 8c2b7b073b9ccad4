package dev.leakproof.spring.context;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints an {@link InvalidWorkerException} as a description and an action, without a stack trace. */
final class InvalidWorkerFailureAnalyzer extends AbstractFailureAnalyzer<InvalidWorkerException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidWorkerException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.getAction(), cause);
    }
}
