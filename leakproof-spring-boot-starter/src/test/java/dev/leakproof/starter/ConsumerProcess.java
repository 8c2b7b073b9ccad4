package dev.leakproof.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An application of {@link Consumers} in a JVM of its own, whose output goes to a file. Closing it kills it, if it has not
 * ended. Uses nothing but the JDK.
 */
final class ConsumerProcess implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("Started \\S+Application in (\\S+) seconds");

    // Seconds in life; it only has to outlast a busy machine.
    private static final Duration START_BOUND = Duration.ofSeconds(120);

    private final Process process;
    private final Path log;

    private ConsumerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts the JVM and waits until the application has started.
     *
     * @param options for the JVM
     * @param arguments for the application
     */
    static ConsumerProcess start(Path jar, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile(jar.getParent(), "run-", ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-jar", jar.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(jar.getParent().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        ConsumerProcess consumer = new ConsumerProcess(process, log);
        try {
            consumer.awaitLogged(STARTED);
        } catch (Throwable ex) {
            consumer.close();
            throw ex;
        }
        return consumer;
    }

    static List<String> with(List<String> options, String more) {
        List<String> all = new ArrayList<>(options);
        all.add(more);
        return all;
    }

    /** Returns what Spring Boot says that its start took. */
    Duration startup() throws IOException, InterruptedException {
        return Duration.ofMillis(
                Math.round(1000 * Double.parseDouble(awaitLogged(STARTED).group(1))));
    }

    long pid() {
        return process.pid();
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /** Returns the first match in the log, for which it waits as long as the process lives. */
    Matcher awaitLogged(Pattern pattern) throws IOException, InterruptedException {
        long end = System.nanoTime() + START_BOUND.toNanos();
        while (true) {
            boolean alive = process.isAlive();
            String text = log();
            Matcher matcher = pattern.matcher(text);
            if (matcher.find()) {
                return matcher;
            }
            if (!alive || System.nanoTime() - end > 0) {
                throw new IllegalStateException("Nothing of " + pattern
                        + (alive ? " within " + START_BOUND : ", and it has ended") + ":\n" + text);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Sends SIGTERM, waits for the end and returns how long that took. */
    Duration terminate() throws IOException, InterruptedException {
        long start = System.nanoTime();
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("It has not ended:\n" + log());
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    int exitCode() {
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
