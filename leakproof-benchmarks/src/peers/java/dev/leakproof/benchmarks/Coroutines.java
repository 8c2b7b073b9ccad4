package dev.leakproof.benchmarks;

/** Kotlin's coroutines, which need no thread while they wait. */
public final class Coroutines implements Peer {

    @Override
    public String name() {
        return "Kotlin coroutines";
    }

    @Override
    public void forkAndJoin(int n) {
        CoroutineWork.forkAndJoin(n);
    }

    @Override
    public long parkFlat(int n, Runnable whenParked) {
        return CoroutineWork.parkFlat(n, whenParked);
    }

    @Override
    public long parkTree(int depth, Runnable whenParked) {
        return CoroutineWork.parkTree(depth, whenParked);
    }
}
