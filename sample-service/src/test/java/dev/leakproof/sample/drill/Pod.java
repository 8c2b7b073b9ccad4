package dev.leakproof.sample.drill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one container of a pod: a process, or process 1 of a namespace of its own, with its log and its probes. */
final class Pod implements AutoCloseable {

    /** The line of the log that a drain of workers begins with. */
    private static final Pattern DRAINS = Pattern.compile("(?m)^(\\S+) .*: stopping within ");

    private static final Pattern FINAL_LINE =
            Pattern.compile("\\d+ stopped(?: \\(\\d+ failed\\))?, (\\d+) leaked in \\S+ of \\S+");

    /** What some versions of unshare say, and end with 1, when their child is killed. */
    private static final String KILLED_IN_NAMESPACE = "unshare: sigprocmask unblock failed";

    private static final Duration POLL = Duration.ofMillis(20);

    private final String name;
    private final int port;
    private final Path log;
    private final Process process;
    private final Probe readiness;

    private Pod(String name, int port, Path log, Process process, Probe readiness) {
        this.name = name;
        this.port = port;
        this.log = log;
        this.process = process;
        this.readiness = readiness;
    }

    /** Starts a pod that is configured by its environment, as a manifest would do it. */
    static Pod start(String name, Scenario scenario, Path directory, Map<String, String> environment)
            throws IOException {
        int port = Ports.next();
        int managementPort = scenario.singlePort ? port : Ports.next();
        Path log = directory.resolve(name + ".log");
        Path jar = Path.of(System.getProperty("sample.jar", "target/sample-service.jar"))
                .toAbsolutePath();
        String java = Jdk.find(scenario.jdk).orElseThrow();
        ProcessBuilder builder = new ProcessBuilder(PidNamespace.around(scenario.entrypoint.command(java, jar)))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("SERVER_PORT", String.valueOf(port));
        builder.environment().put("MANAGEMENT_SERVER_PORT", String.valueOf(managementPort));
        // Two cores start many of them: what is compiled is compiled quickly.
        builder.environment()
                .put("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -XX:-UsePerfData");
        Process process = Processes.start(builder);
        return new Pod(name, port, log, process, new Probe(managementPort, "/actuator/health/readiness"));
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    Probe readiness() {
        return readiness;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the exit code of process 1, where 137 stands for a KILL. */
    int exitCode() {
        return log().contains(KILLED_IN_NAMESPACE) ? 128 + 9 : process.exitValue();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Instant> drained() {
        Matcher line = DRAINS.matcher(log());
        return line.find() ? Optional.of(OffsetDateTime.parse(line.group(1)).toInstant()) : Optional.empty();
    }

    Optional<String> finalLine() {
        return FINAL_LINE.matcher(log()).results().map(match -> match.group()).reduce((first, second) -> second);
    }

    /** Returns how many workers leaked, as the final line says. */
    int leaked() {
        return FINAL_LINE
                .matcher(log())
                .results()
                .map(match -> Integer.parseInt(match.group(1)))
                .reduce(0, (first, second) -> second);
    }

    /** Waits until its log says that, or it has ended. */
    void awaitLogged(String text) throws InterruptedException {
        while (isAlive() && !log().contains(text)) {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    /** Waits until it is ready; it is an error if it never is. */
    void awaitReady(Duration bound) throws InterruptedException {
        Instant end = Instant.now().plus(bound);
        while (!readiness.isPositive()) {
            if (!isAlive() || Instant.now().isAfter(end)) {
                throw new IllegalStateException(name + " is not ready within " + bound + ": " + log);
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    void terminate() {
        process1().ifPresent(ProcessHandle::destroy);
    }

    /** Returns whether there was something left to kill. */
    boolean kill() {
        return process1().map(ProcessHandle::destroyForcibly).orElse(false);
    }

    /** Returns whether it has ended by then. */
    boolean awaitEnd(Instant time) throws InterruptedException {
        return process.waitFor(Duration.between(Instant.now(), time).toMillis(), TimeUnit.MILLISECONDS);
    }

    private Optional<ProcessHandle> process1() {
        return PidNamespace.isAllowed()
                ? process.children().findFirst()
                : Optional.of(process.toHandle()).filter(ProcessHandle::isAlive);
    }

    @Override
    public void close() {
        readiness.close();
        process.destroyForcibly();
    }
}
