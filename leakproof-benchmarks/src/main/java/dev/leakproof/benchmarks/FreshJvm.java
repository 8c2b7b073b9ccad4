package dev.leakproof.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a contestant in a JVM of its own, where what ran before it in this one would matter. */
public final class FreshJvm {

    private FreshJvm() {}

    /**
     * Runs the main method of a class, and returns what it prints in its last line, a number. The JVM, the class path and
     * the {@code short} setting are those of this one.
     *
     * @param options for the JVM, such as {@code -Xmx1g}
     */
    public static double run(Class<?> main, List<String> options, String... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("-Dshort=" + Settings.isShort());
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(command + " ended with " + process.exitValue() + ":\n" + out);
        }
        String[] lines = out.strip().split("\n");
        return Double.parseDouble(lines[lines.length - 1].strip());
    }
}
