package dev.leakproof.sample.leaky;

import dev.leakproof.WorkerContext;
import dev.leakproof.spring.annotation.ManagedWorker;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Three workers that do not stop, each by a mistake that is found in real services. Start the service with {@code
 * --spring.profiles.active=leaky}, look at {@code /actuator/workers}, send SIGTERM and read the log.
 */
@Component
@Profile("leaky")
class LeakyWorkers {

    private final BlockingQueue<String> audits = new LinkedBlockingQueue<>();
    private final Object catalogue = new Object();
    private final ServerSocket silentServer;

    LeakyWorkers() throws IOException, InterruptedException {
        // Connections to it are made by the operating system; nobody ever accepts one, let alone answers.
        silentServer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        CountDownLatch held = new CountDownLatch(1);
        // A thread that nobody owns: nothing but the end of the JVM stops it, and so nothing frees the lock.
        Thread reindex = new Thread(() -> holdForEver(held), "catalogue-reindex");
        reindex.setDaemon(true);
        reindex.start();
        held.await();
    }

    /** Takes the interrupt for a hiccup and goes on. Right: let it end the loop, or ask {@code ctx.isStopping()}. */
    @ManagedWorker
    void swallowInterrupts(WorkerContext ctx) {
        while (true) {
            try {
                audits.take();
            } catch (InterruptedException e) {
                // "can't happen"
            }
        }
    }

    /** Waits for a lock that is held across a wait without end. Right: hold no lock while waiting, or use tryLock. */
    @ManagedWorker
    void waitForLock(WorkerContext ctx) {
        synchronized (catalogue) {
            ctx.throwIfCancelled();
        }
    }

    /** Reads from a socket, which no interrupt ends. Right: a read time-out, and {@code ctx.onUnblock(socket::close)}. */
    @ManagedWorker
    void readFromSocket(WorkerContext ctx) throws IOException {
        try (Socket socket = new Socket(silentServer.getInetAddress(), silentServer.getLocalPort())) {
            socket.getInputStream().read();
        }
    }

    @PreDestroy
    void close() throws IOException {
        silentServer.close();
    }

    private void holdForEver(CountDownLatch held) {
        synchronized (catalogue) {
            held.countDown();
            new Semaphore(0).acquireUninterruptibly();
        }
    }
}
