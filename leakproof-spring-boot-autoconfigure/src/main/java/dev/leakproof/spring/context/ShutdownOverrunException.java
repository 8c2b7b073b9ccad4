package dev.leakproof.spring.context;

/** A shutdown that can take longer than the pod's grace period, where that is to fail startup. */
public final class ShutdownOverrunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    ShutdownOverrunException(ShutdownBudget budget) {
        super("A shutdown can take longer than the pod gets: " + budget.arithmetic() + ".");
        this.action = budget.advice() + " With leakproof.shutdown.on-overrun=warn the application starts nevertheless.";
    }

    /** Returns what to change, in a sentence. */
    public String getAction() {
        return action;
    }
}
