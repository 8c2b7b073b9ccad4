package dev.leakproof;

import static java.util.stream.Collectors.joining;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Keeps what leakproof logs while it is open. */
final class LogCapture implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.leakproof");
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            event.getFormattedMessage();
            events.add(event);
        }
    };

    LogCapture() {
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
    }

    /** Returns what was logged at that level. */
    List<String> at(Level level) {
        return events.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Returns what was logged with {@code part} in its text. */
    List<ILoggingEvent> lines(String part) {
        return events.stream()
                .filter(event -> event.getFormattedMessage().contains(part))
                .toList();
    }

    /** Returns all that was logged, as a reader sees it. */
    String text() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).collect(joining("\n"));
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
    }
}
