package dev.leakproof.sample.kubernetes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The instructions of the Dockerfile, in order.
 *
 * @param instructions one for each line that is none of comment
 */
record Dockerfile(List<Instruction> instructions) {

    /**
     * One line.
     *
     * @param keyword such as {@code COPY}
     * @param arguments the rest
     */
    record Instruction(String keyword, String arguments) {

        /** Returns the words of the exec form. */
        List<String> exec() {
            try {
                return List.of(new JsonMapper().readValue(arguments, String[].class));
            } catch (JacksonException e) {
                throw new AssertionError(
                        "The shell form, where the exec form is meant: " + keyword + " " + arguments, e);
            }
        }

        /** Returns the words of any other form. */
        List<String> words() {
            return Arrays.asList(arguments.split(" +"));
        }
    }

    static Dockerfile read() throws IOException {
        return parse(Files.readString(Path.of("Dockerfile")));
    }

    static Dockerfile parse(String text) {
        return new Dockerfile(text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split(" +", 2))
                .map(parts -> new Instruction(parts[0], parts[1]))
                .toList());
    }

    /** Returns the arguments of the last instruction of that keyword, which is the one that counts. */
    String last(String keyword) {
        return lastOf(keyword).arguments();
    }

    Instruction lastOf(String keyword) {
        return instructions.stream()
                .filter(instruction -> instruction.keyword().equals(keyword))
                .reduce((first, second) -> second)
                .orElseThrow(() -> new AssertionError("The Dockerfile has no " + keyword));
    }
}
