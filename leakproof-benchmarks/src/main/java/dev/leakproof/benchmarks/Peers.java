package dev.leakproof.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** Finds those contestants that are only there if they could be built: by the profile {@code peers}, on this JDK. */
public final class Peers {

    private Peers() {}

    /** Returns one of each of the named classes of this package that can be loaded. */
    public static <T> List<T> find(Class<T> kind, String... names) throws ReflectiveOperationException {
        List<T> found = new ArrayList<>();
        for (String name : names) {
            Class<?> type;
            try {
                type = Class.forName(Peers.class.getPackageName() + "." + name);
            } catch (ClassNotFoundException | UnsupportedClassVersionError | NoClassDefFoundError e) {
                System.out.println("Without " + name + ": " + e);
                continue;
            }
            found.add(kind.cast(type.getDeclaredConstructor().newInstance()));
        }
        return found;
    }

    /** Whether that class of this package can be loaded. */
    static boolean isThere(String name) {
        try {
            Class.forName(Peers.class.getPackageName() + "." + name);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
