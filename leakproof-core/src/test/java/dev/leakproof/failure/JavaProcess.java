package dev.leakproof.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A main class in a JVM of its own, on the java and the class path of this one. What it writes goes to a file, so it never
 * has to wait for a reader. Closing it kills it, if it has not ended.
 */
public final class JavaProcess implements AutoCloseable {

    /** Seconds in life; it only has to outlast a busy machine. */
    public static final Duration BOUND = Duration.ofSeconds(120);

    private final Process process;
    private final Path log;
    private final Writer input;

    private JavaProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.input = process.outputWriter();
    }

    /** Begins to describe a JVM that runs {@code main}. */
    public static Builder of(Class<?> main) {
        return new Builder(main);
    }

    /** Returns all that it has written so far. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until {@code text} is in the output, for which it has to be alive. */
    public void awaitOutput(String text) {
        await().atMost(BOUND).until(() -> {
            boolean alive = process.isAlive();
            boolean there = output().contains(text);
            assertThat(alive || there)
                    .as("'%s' from a JVM that ended:%n%s", text, output())
                    .isTrue();
            return there;
        });
    }

    /** Gives it a line to read. Closed only with the process: one that reads on waits for more. */
    public void send(String line) throws IOException {
        input.write(line + System.lineSeparator());
        input.flush();
    }

    /** Sends it a signal: {@code TERM}, {@code INT}. */
    public void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-s", name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).as("kill -s %s", name).isZero();
    }

    /** Waits for its end and returns the exit code. */
    public int awaitExit() throws InterruptedException {
        return awaitExit(BOUND);
    }

    /** Waits that long for its end and returns the exit code. */
    public int awaitExit(Duration bound) throws InterruptedException {
        assertThat(process.waitFor(bound.toSeconds(), TimeUnit.SECONDS))
                .as(() -> "ended within %s:%n%s".formatted(bound, output()))
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.delete(log);
    }

    /** Describes one. */
    public static final class Builder {

        private final Class<?> main;
        private final List<String> wrapper = new ArrayList<>();
        private final List<String> options = new ArrayList<>();
        private final List<String> arguments = new ArrayList<>();
        private String classPath = System.getProperty("java.class.path");

        private Builder(Class<?> main) {
            this.main = main;
        }

        /** Sets the words of the command before those of java, which it has to become by exec. */
        public Builder wrapper(String... words) {
            wrapper.addAll(List.of(words));
            return this;
        }

        /** Adds options of the JVM. */
        public Builder options(String... more) {
            options.addAll(List.of(more));
            return this;
        }

        /** Adds to the end of the class path. */
        public Builder alsoOnClassPath(String path) {
            classPath += File.pathSeparator + path;
            return this;
        }

        /** Adds arguments of the main method. */
        public Builder arguments(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        /** Starts it. */
        public JavaProcess start() throws IOException {
            List<String> command = new ArrayList<>(wrapper);
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-XX:TieredStopAtLevel=1"); // it does not live for long enough to be compiled well
            command.addAll(options);
            command.addAll(List.of("-cp", classPath, main.getName()));
            command.addAll(arguments);
            Path log = Files.createTempFile("leakproof-", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new JavaProcess(process, log);
        }
    }
}
