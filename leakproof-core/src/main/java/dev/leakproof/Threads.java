package dev.leakproof;

/** Where every thread of a tree comes from. */
final class Threads {

    private Threads() {}

    /**
     * Makes a thread, which is a daemon, does not yet run, and has none of its maker's inheritable thread-locals, but its
     * context class loader: the JVM's own choice would not see an application that is one executable jar.
     *
     * @param kind VIRTUAL falls back to a platform daemon where the JVM has none
     */
    static Thread make(ThreadKind kind, String name, Runnable task) {
        Thread made = kind == ThreadKind.VIRTUAL ? VirtualThreads.unstarted(task) : null;
        if (made == null) {
            made = new Thread(null, task, name, 0, false);
            made.setDaemon(true);
        } else {
            made.setName(name);
        }
        made.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        return made;
    }

    /** Makes a platform daemon that serves a tree itself. */
    static Thread service(String name, Runnable task) {
        return make(ThreadKind.PLATFORM, name, task);
    }
}
