package dev.leakproof.spring.actuate;

import java.util.Arrays;
import java.util.List;

/**
 * Where a live thread is now.
 *
 * @param thread its name
 * @param threadState its state, such as {@code waiting}
 * @param stack its stack, innermost frame first; empty if it has just ended
 */
public record StackDescriptor(String thread, String threadState, List<String> stack) {

    static StackDescriptor of(Thread thread) {
        return new StackDescriptor(
                String.valueOf(Texts.wellFormed(thread.getName())),
                NodeDescriptor.lower(thread.getState()),
                Arrays.stream(thread.getStackTrace()).map(Texts::frame).toList());
    }
}
