package dev.leakproof.sample.drill;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What becomes process 1. */
enum Entrypoint {
    EXEC,
    SHELL,
    TINI,
    /** The shell is a child of tini's, and java a child of the shell's. */
    TINI_AND_SHELL;

    List<String> command(String java, Path jar) {
        String line = "true && '" + java + "' -jar '" + jar + "'";
        return switch (this) {
            case EXEC -> List.of(java, "-jar", jar.toString());
            case SHELL -> List.of("sh", "-c", line);
            case TINI -> List.of("tini", "--", java, "-jar", jar.toString());
            case TINI_AND_SHELL -> List.of("tini", "--", "sh", "-c", line);
        };
    }

    boolean isInstalled() {
        return this == EXEC || this == SHELL || isOnPath("tini");
    }

    private static boolean isOnPath(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
