package dev.leakproof.sample.drill;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the drill has started: it does not outlive the drill, however that ends. */
final class Processes {

    private static final Set<Process> started = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> started.forEach(Process::destroyForcibly), "end-processes"));
    }

    private Processes() {}

    static Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        started.add(process);
        process.onExit().thenAccept(started::remove);
        return process;
    }
}
