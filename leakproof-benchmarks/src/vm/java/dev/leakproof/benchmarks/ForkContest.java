package dev.leakproof.benchmarks;

import dev.leakproof.ContextCapture;
import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Fork and join of trivial children. */
final class ForkContest {

    public static void main(String[] args) throws Exception {
        System.out.println(Peers.find(Forking.class, "ScopeForking", "CoroutineForking"));
    }
}
