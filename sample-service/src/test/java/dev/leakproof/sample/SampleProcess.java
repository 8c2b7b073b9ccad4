package dev.leakproof.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The packaged service in a JVM of its own, started in a directory that keeps its data and its logs, on free ports.
 * Closing it kills it, if it has not ended.
 */
public final class SampleProcess implements AutoCloseable {

    /** The java that runs this. */
    public static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private static final Path JAR = Path.of(System.getProperty("sample.jar", "target/sample-service.jar"))
            .toAbsolutePath();

    // Seconds in life; the bound only has to outlast a busy machine.
    private static final Duration START_BOUND = Duration.ofSeconds(90);

    private final Process process;
    private final Path log;

    private SampleProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * How the process ended.
     *
     * @param code its exit code
     * @param took from the signal to its end
     * @param log what it wrote after the signal
     */
    public record Exit(int code, Duration took, String log) {}

    /** Begins to describe a process that runs in that directory. */
    public static Builder in(Path directory) {
        return new Builder(directory);
    }

    /** Returns an address at the service. */
    public URI uri(String path) {
        return uri(0, path);
    }

    /** Returns an address at its management port, where that is one of its own. */
    public URI managementUri(String path) {
        return uri(1, path);
    }

    private URI uri(int server, String path) {
        List<String> ports = matches("Tomcat started on port (\\d+)")
                .map(match -> match.group(1))
                .toList();
        assertThat(ports).as("what the log says of its ports:%n%s", log()).hasSizeGreaterThan(server);
        return URI.create("http://localhost:" + ports.get(server) + path);
    }

    /** Returns all that it has written so far. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the first group of the first match in the log, which must be there. */
    public String logged(String regex) {
        List<String> found = matches(regex).map(match -> match.group(1)).toList();
        assertThat(found).as("what the log says of /%s/:%n%s", regex, log()).isNotEmpty();
        return found.get(0);
    }

    /** Returns all matches in the log. */
    public Stream<MatchResult> matches(String regex) {
        return Pattern.compile(regex).matcher(log()).results();
    }

    /** Sends SIGTERM and waits for the end. */
    public Exit terminate(Duration bound) throws InterruptedException {
        return end(process::destroy, bound);
    }

    /** Sends SIGKILL and waits for the end. */
    public Exit kill() throws InterruptedException {
        return end(process::destroyForcibly, Duration.ofSeconds(20));
    }

    private Exit end(Runnable signal, Duration bound) throws InterruptedException {
        int logged = log().length();
        long start = System.nanoTime();
        signal.run();
        boolean ended = process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(ended).as("ended within %s:%n%s", bound, log()).isTrue();
        return new Exit(process.exitValue(), took, log().substring(logged));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Describes a process. */
    public static final class Builder {

        private final Path directory;
        // On a busy machine too an answer of the peer's is waited for: who asks again has it delivered twice.
        private final Map<String, Object> properties = new LinkedHashMap<>(Map.of(
                "server.port",
                0,
                "sample.peer.port",
                0,
                "sample.peer.connect-timeout",
                "20s",
                "sample.peer.request-timeout",
                "20s"));

        private List<String> command = List.of(JAVA, "-jar", JAR.toString());

        private Builder(Path directory) {
            this.directory = directory;
        }

        /** Sets what is run in place of the jar that the build has made; a plain {@code java} is that of this JVM. */
        public Builder command(List<String> words) {
            command = new ArrayList<>(words);
            command.replaceAll(word -> word.equals("java") ? JAVA : word);
            return this;
        }

        /** Sets a property of the service. */
        public Builder property(String name, Object value) {
            properties.put(name, value);
            return this;
        }

        /** Starts the process and waits until the service is up. */
        public SampleProcess start() throws IOException {
            assertThat(JAR).as("the packaged service; 'mvn package' makes it").exists();
            Path log = Files.createTempFile(directory, "service-", ".log");
            List<String> all = new ArrayList<>(command);
            properties.forEach((name, value) -> all.add("--" + name + "=" + value));
            Process process = new ProcessBuilder(all)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            SampleProcess sample = new SampleProcess(process, log);
            try {
                await().atMost(START_BOUND).until(() -> sample.isUp() || !process.isAlive());
                assertThat(sample.isUp()).as("is up:%n%s", sample.log()).isTrue();
            } catch (Throwable e) {
                sample.close();
                throw e;
            }
            return sample;
        }
    }

    private boolean isUp() {
        return log().contains("Started SampleServiceApplication in");
    }
}
