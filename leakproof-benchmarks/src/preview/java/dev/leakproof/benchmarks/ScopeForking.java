package dev.leakproof.benchmarks;

import java.util.concurrent.StructuredTaskScope;

/** The JDK's own structured concurrency, which is a preview. */
public final class ScopeForking implements Forking {

    @Override
    public String name() {
        return "StructuredTaskScope";
    }

    @Override
    public void forkAndJoin(int n) throws Exception {
        try (var scope = StructuredTaskScope.open()) {
            for (int i = 0; i < n; i++) {
                scope.fork(() -> null);
            }
            scope.join();
        }
    }
}
