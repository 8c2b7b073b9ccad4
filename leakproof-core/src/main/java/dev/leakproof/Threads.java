package dev.leakproof;

/** Where every thread of a tree comes from. */
final class Threads {

    private Threads() {}

    /**
     * Makes a thread, which is a daemon, does not yet run, and has none of its maker's inheritable thread-locals.
     *
     * @param kind VIRTUAL falls back to a platform daemon where the JVM has none
     */
    static Thread make(ThreadKind kind, String name, Runnable task) {
        Thread virtual = kind == ThreadKind.VIRTUAL ? VirtualThreads.unstarted(task) : null;
        if (virtual != null) {
            virtual.setName(name);
            return virtual;
        }
        Thread platform = new Thread(null, task, name, 0, false);
        platform.setDaemon(true);
        return platform;
    }

    /** Makes a platform daemon that serves a tree itself. */
    static Thread service(String name, Runnable task) {
        return make(ThreadKind.PLATFORM, name, task);
    }
}
