package dev.leakproof;

/** Takes back what was registered. Closing twice does nothing; it never blocks and may be called on any thread. */
@FunctionalInterface
public interface Registration extends AutoCloseable {

    @Override
    void close();
}
