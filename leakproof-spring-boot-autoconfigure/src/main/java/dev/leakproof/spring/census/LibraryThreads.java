package dev.leakproof.spring.census;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.ThreadOwners;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Knows threads of servers and libraries that are no beans, by the class of the thread or by whose code it is there to
 * run. Their names do not count.
 */
final class LibraryThreads implements ThreadOwners {

    /**
     * A library.
     *
     * @param name what it is called
     * @param prefixes how the names of its classes begin
     */
    private record Library(String name, List<String> prefixes) {

        Library(String name, String... prefixes) {
            this(name, List.of(prefixes));
        }

        boolean has(String className) {
            return prefixes.stream().anyMatch(className::startsWith);
        }
    }

    private static final List<Library> KNOWN = List.of(
            new Library("leakproof", "dev.leakproof.spring.context.KeepAlive"),
            new Library("Tomcat", "org.apache.tomcat.", "org.apache.catalina.", "org.springframework.boot.tomcat."),
            new Library("Jetty", "org.eclipse.jetty.", "org.springframework.boot.jetty."),
            new Library("Reactor Netty", "reactor.netty.", "org.springframework.boot.reactor.netty."),
            new Library("Reactor", "reactor.core."),
            new Library("Netty", "io.netty."),
            new Library("HikariCP", "com.zaxxer.hikari."),
            new Library("H2", "org.h2."),
            new Library("PostgreSQL JDBC", "org.postgresql."),
            new Library("MySQL JDBC", "com.mysql.cj."),
            new Library("MariaDB JDBC", "org.mariadb.jdbc."),
            new Library("Kafka", "org.apache.kafka."),
            new Library("RabbitMQ", "com.rabbitmq."),
            new Library("Spring Kafka", "org.springframework.kafka."),
            new Library("Micrometer", "io.micrometer."),
            new Library("Logback", "ch.qos.logback."),
            new Library("Log4j", "org.apache.logging.log4j."),
            new Library("OpenTelemetry", "io.opentelemetry."),
            new Library("Spring Boot DevTools", "org.springframework.boot.devtools."),
            new Library("JDK HTTP client", "jdk.internal.net.http."),
            new Library("JDK HTTP server", "sun.net.httpserver."));

    @Override
    public @Nullable String ownerOf(LiveThread live) {
        String runs =
                Frames.entry(live.stack()).map(StackTraceElement::getClassName).orElse(live.type());
        return KNOWN.stream()
                .filter(library -> library.has(live.type()) || library.has(runs))
                .map(Library::name)
                .findFirst()
                .orElse(null);
    }
}
