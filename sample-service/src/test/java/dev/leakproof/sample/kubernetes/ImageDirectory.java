package dev.leakproof.sample.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.sample.SampleProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Goes through the steps of the Dockerfile in directories, without a container engine: each stage is one. */
final class ImageDirectory {

    private final Path stages;
    private final Map<String, Path> named = new HashMap<>();
    private Path root = Path.of("");
    private Path workDirectory = Path.of("");

    private ImageDirectory(Path stages) {
        this.stages = stages;
    }

    /** Returns the working directory of the image, in which its entrypoint is to be run. */
    static Path build(Dockerfile dockerfile, Path stages) throws IOException, InterruptedException {
        ImageDirectory image = new ImageDirectory(stages);
        for (Dockerfile.Instruction instruction : dockerfile.instructions()) {
            image.follow(instruction);
        }
        return image.workDirectory;
    }

    private void follow(Dockerfile.Instruction instruction) throws IOException, InterruptedException {
        List<String> words = instruction.words();
        switch (instruction.keyword()) {
            case "FROM" -> {
                root = Files.createTempDirectory(stages, "stage-");
                workDirectory = root;
                if (words.size() == 3) {
                    named.put(words.get(2), root);
                }
            }
            case "WORKDIR" -> workDirectory = Files.createDirectories(inside(root, words.get(0)));
            case "RUN" -> run(instruction.exec());
            case "COPY" -> {
                if (words.size() == 3) {
                    Path from = named.get(words.get(0).replace("--from=", ""));
                    copy(inside(from, words.get(1)), workDirectory.resolve(words.get(2)));
                } else {
                    copy(Path.of(words.get(0)), workDirectory.resolve(words.get(1)));
                }
            }
            case "USER", "EXPOSE", "ENTRYPOINT" -> {}
            default -> throw new AssertionError("Not known here: " + instruction);
        }
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        List<String> here = new ArrayList<>(command);
        here.set(0, here.get(0).equals("java") ? SampleProcess.JAVA : here.get(0));
        Process process = new ProcessBuilder(here)
                .directory(workDirectory.toFile())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).as("the exit code of %s", command).isZero();
    }

    private static Path inside(Path root, String absolute) {
        return root.resolve(Path.of("/").relativize(Path.of(absolute)));
    }

    /** Copies a file, or all that is in a directory. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                Path target = to.resolve(from.relativize(file).toString()).normalize();
                try {
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
