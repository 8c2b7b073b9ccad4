package dev.leakproof;

/** Makes threads that are not started. Where all threads of a tree come from but those of groups. */
@FunctionalInterface
interface ThreadMaker {

    Thread make(ThreadKind kind, String name, Runnable task);

    /** Makes one that serves the tree itself. */
    default Thread service(String name, Runnable task) {
        return make(ThreadKind.PLATFORM, name, task);
    }
}
