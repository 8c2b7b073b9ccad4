package dev.leakproof.spring.actuate;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes harmless what is not leakproof's own: messages of exceptions, names of threads, notes. */
final class Texts {

    /** Controls, line ends, what changes the direction of writing, and halves of characters. */
    private static final Pattern HARMFUL = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");

    private static final Pattern HALVES = Pattern.compile("\\p{Cs}");

    private Texts() {}

    /** Returns {@code text} for a terminal. */
    static String oneLine(String text) {
        return HARMFUL.matcher(text).replaceAll(" ");
    }

    /** Returns a frame of a stack without class loader and module, which only make the line longer. */
    static String frame(StackTraceElement frame) {
        return new StackTraceElement(
                        frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber())
                .toString();
    }

    /** Returns {@code text} for JSON, which escapes all but halves of characters: those cannot be written in UTF-8. */
    static @Nullable String wellFormed(@Nullable String text) {
        return text == null ? null : HALVES.matcher(text).replaceAll("\ufffd");
    }
}
