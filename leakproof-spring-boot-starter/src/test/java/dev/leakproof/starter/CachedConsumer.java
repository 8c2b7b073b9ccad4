package dev.leakproof.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An application of {@link Consumers} made ready for the JVM's cache of what a start has loaded and linked: unpacked, as
 * the cache sees no jars in jars, and with the cache of one whole life, from start to SIGTERM. Needs a JDK 25.
 *
 * @param jar runs by {@code java -jar}
 * @param cache to be given to the JVM as {@code -XX:AOTCache}, by the same options and path as here
 */
record CachedConsumer(Path jar, Path cache) {

    static boolean isPossible() {
        return Runtime.version().feature() >= 25;
    }

    static CachedConsumer of(Path jar, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        Path directory = jar.resolveSibling("unpacked");
        Path output = jar.resolveSibling("unpacked.log");
        Process unpacking = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djarmode=tools",
                        "-jar",
                        jar.toString(),
                        "extract",
                        "--destination",
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!unpacking.waitFor(60, TimeUnit.SECONDS) || unpacking.exitValue() != 0) {
            unpacking.destroyForcibly();
            throw new IllegalStateException("Could not be unpacked:\n" + Files.readString(output));
        }
        Path unpacked = directory.resolve(jar.getFileName());
        Path cache = directory.resolve("application.aot");
        List<String> training = ConsumerProcess.with(options, "-XX:AOTCacheOutput=" + cache);
        try (ConsumerProcess consumer = ConsumerProcess.start(unpacked, training, arguments)) {
            consumer.terminate();
            if (!Files.exists(cache)) {
                throw new IllegalStateException("No cache was written:\n" + consumer.log());
            }
        }
        return new CachedConsumer(unpacked, cache);
    }
}
