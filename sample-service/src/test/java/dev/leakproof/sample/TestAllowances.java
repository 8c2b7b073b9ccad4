package dev.leakproof.sample;

import dev.leakproof.census.LiveThread;
import dev.leakproof.test.Allowance;
import dev.leakproof.test.Allowances;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What may outlive the tests of the service. */
public final class TestAllowances implements Allowances {

    @Override
    public List<Allowance> allowances() {
        return List.of(
                Allowance.of(
                        TestAllowances::isIdleWriter,
                        "H2 writes its files by asynchronous channels of the JDK, whose one pool for all never ends"),
                Allowance.of(
                        live -> Runtime.version().feature() < 21
                                && live.type().equals("jdk.internal.net.http.HttpClientImpl$SelectorManager"),
                        "before JDK 21 a client ends by being forgotten, and Spring Boot never forgets a web context"));
    }

    private static boolean isIdleWriter(LiveThread live) {
        Set<String> classes =
                live.stack().stream().map(StackTraceElement::getClassName).collect(Collectors.toSet());
        return live.name().matches("Thread-\\d+")
                && classes.contains("java.util.concurrent.SynchronousQueue")
                && classes.contains("java.util.concurrent.ThreadPoolExecutor")
                && classes.stream().allMatch(name -> name.startsWith("java.") || name.startsWith("jdk."));
    }
}
