package dev.leakproof.benchmarks;

/** Kotlin's coroutines. */
public final class CoroutineForking implements Forking {

    @Override
    public String name() {
        return "Kotlin coroutines";
    }

    @Override
    public void forkAndJoin(int n) {
        CoroutineWork.forkAndJoin(n);
    }
}
