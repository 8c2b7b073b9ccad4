package dev.leakproof;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Log lines about a node. Their key-value pairs are for structured logs, which can so be searched by {@code path}, by
 * {@code owner} and by {@code state}.
 */
final class NodeLog {

    private NodeLog() {}

    static LoggingEventBuilder error(Logger log, Node node) {
        return about(node, log.atError());
    }

    /** For a line that comes just before the state is published. */
    static LoggingEventBuilder error(Logger log, Node node, NodeState coming) {
        return about(node, log.atError(), coming);
    }

    static LoggingEventBuilder warn(Logger log, Node node) {
        return about(node, log.atWarn());
    }

    static LoggingEventBuilder info(Logger log, Node node) {
        return about(node, log.atInfo());
    }

    static LoggingEventBuilder debug(Logger log, Node node) {
        return about(node, log.atDebug());
    }

    /** For whoever has something left to do: there may be no memory for a line either. */
    static void errorIfPossible(Logger log, String line, Object whose, Throwable cause) {
        try {
            log.error(line, whose, cause);
        } catch (Throwable e) {
            // Nothing can be said.
        }
    }

    private static LoggingEventBuilder about(Node node, LoggingEventBuilder line) {
        return about(node, line, node.state());
    }

    private static LoggingEventBuilder about(Node node, LoggingEventBuilder line, NodeState state) {
        return line.addKeyValue("path", node.path())
                .addKeyValue("owner", ExitStory.owner(node))
                .addKeyValue("state", state.name().toLowerCase(Locale.ROOT));
    }

    /**
     * Returns {@code text}, which is not ours, such that it cannot pass for another line: without control characters, line
     * ends and what changes the direction of writing.
     */
    static String oneLine(Object text) {
        return String.valueOf(text).replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+", " ");
    }
}
