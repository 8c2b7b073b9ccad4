package dev.leakproof;

import org.jspecify.annotations.Nullable;

/** What a node may be called. */
final class Names {

    private static final int LONGEST = 64;

    private Names() {}

    /** Returns {@code name} if it is legal. */
    static String check(String what, @Nullable String name) {
        if (name == null || name.isBlank()) {
            throw new IllegalArgumentException(
                    what + " must have a name, but it is " + (name == null ? "null" : "blank") + ". " + RULE);
        }
        if (!isLegal(name)) {
            throw new IllegalArgumentException(what + " cannot be named '" + printable(name) + "'. " + RULE);
        }
        return name;
    }

    /** Not by a pattern, which takes longer than all else that opening a group does. */
    private static boolean isLegal(String name) {
        boolean onlyDots = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-') {
                return false;
            }
            onlyDots &= c == '.';
        }
        return !onlyDots && name.length() <= LONGEST;
    }

    /** Returns {@code path}, names joined by slashes, if each of them is legal. */
    static String checkPath(String what, @Nullable String path) {
        for (String name : path == null ? new String[] {""} : path.split("/", -1)) {
            check(what, name);
        }
        return java.util.Objects.requireNonNull(path);
    }

    /** Shortens it, and makes harmless in a log line what nobody should see there. */
    private static String printable(String name) {
        String shown = name.length() > 64 ? name.substring(0, 64) + "… (" + name.length() + " characters)" : name;
        return shown.replaceAll("[^\\x20-\\x7E…]", "?");
    }

    private static final String RULE =
            "Use 1 to 64 letters, digits, dots, underscores or hyphens, and not only dots, such as 'order-relay'.";
}
