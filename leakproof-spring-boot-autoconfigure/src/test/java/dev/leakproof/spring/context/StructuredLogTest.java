package dev.leakproof.spring.context;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.leakproof.ManagedWorker;
import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.RestartPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A line about a node in the formats of structured logs that Spring Boot knows. */
class StructuredLogTest {

    private final JsonMapper json = JsonMapper.builder().build();

    @ParameterizedTest
    @CsvSource({"ecs, message, ''", "logstash, message, ''", "gelf, short_message, _"})
    void aLineHasPathOwnerAndStateBesidesItsText(String format, String message, String prefix) {
        List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
        Logger logger = (Logger) LoggerFactory.getLogger("dev.leakproof");
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                events.add(event);
            }
        };
        appender.start();
        logger.addAppender(appender);
        try (Owner app = Owner.root("app")) {
            ManagedWorker failing = app.child("mail")
                    .start(ManagedWorker.named("failing")
                            .restart(RestartPolicy.never())
                            .run(ctx -> {
                                throw new IllegalStateException("on\r\npurpose");
                            }));
            soon().until(() -> failing.state() == NodeState.FAILED);
            soon().until(() -> events.stream().anyMatch(StructuredLogTest::isLast));
        } finally {
            logger.detachAppender(appender);
        }
        ILoggingEvent event =
                events.stream().filter(StructuredLogTest::isLast).findFirst().orElseThrow();
        String line = encode(format, event);
        assertThat(line.strip()).doesNotContain("\n", "\r");
        JsonNode fields = json.readTree(line);
        assertThat(fields.get(message).asString())
                .isEqualTo("worker 'app/mail/failing' has failed and is not started again");
        assertThat(fields.get(prefix + "path").asString()).isEqualTo("app/mail/failing");
        assertThat(fields.get(prefix + "owner").asString()).isEqualTo("app/mail");
        assertThat(fields.get(prefix + "state").asString()).isEqualTo("failed");
    }

    private static boolean isLast(ILoggingEvent event) {
        return event.getFormattedMessage().contains("is not started again");
    }

    private static String encode(String format, ILoggingEvent event) {
        LoggerContext context = new LoggerContext();
        context.putObject(Environment.class.getName(), new MockEnvironment());
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setFormat(format);
        encoder.setContext(context);
        encoder.start();
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }
}
