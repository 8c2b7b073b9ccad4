package dev.leakproof.sample.drill;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Ports for others to listen on. They are below those that the system gives to clients, so that none is taken meanwhile. */
final class Ports {

    private static final int FIRST = 15_000;
    private static final int COUNT = 15_000;

    private static final AtomicInteger turn =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private Ports() {}

    static int next() {
        while (true) {
            int port = FIRST + Math.floorMod(turn.getAndIncrement(), COUNT);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException e) {
                // Somebody else's: the next one.
            }
        }
    }
}
