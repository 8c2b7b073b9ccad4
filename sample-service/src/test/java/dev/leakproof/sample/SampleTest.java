package dev.leakproof.sample;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.test.context.SpringBootTest;

/** The whole service on a database in memory and on ports of its own, with short waits. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.datasource.url=jdbc:h2:mem:${random.uuid};DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000",
            "sample.peer.port=0",
            "sample.peer.ping-interval=50ms",
            "sample.outbox.poll-interval=10ms",
            "sample.outbox.retry-delay=10ms",
            "sample.outbox.retry-delay-max=50ms",
            "sample.outbox.backoff=10ms",
            "sample.outbox.backoff-max=20ms"
        })
public @interface SampleTest {}
