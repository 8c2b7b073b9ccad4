package dev.leakproof.sample.drill;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes a command process 1 of a namespace of its own, where the kernel allows that. Process 1 is what signals spare. */
final class PidNamespace {

    private static final List<String> UNSHARE = List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child");
    private static final List<String> UNSHARE_AS_USER =
            List.of("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child");

    /** What goes before the command; nothing, if there are only plain processes here. */
    private static final List<String> PREFIX =
            works(UNSHARE) ? UNSHARE : works(UNSHARE_AS_USER) ? UNSHARE_AS_USER : List.of();

    private PidNamespace() {}

    static boolean isAllowed() {
        return !PREFIX.isEmpty();
    }

    static List<String> around(List<String> command) {
        List<String> all = new ArrayList<>(PREFIX);
        all.addAll(command);
        return all;
    }

    private static boolean works(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
