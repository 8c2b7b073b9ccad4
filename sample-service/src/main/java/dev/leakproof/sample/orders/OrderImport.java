package dev.leakproof.sample.orders;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** One import, and how far it has got. Written by one worker at a time, read by any thread. */
final class OrderImport {

    private final String id = UUID.randomUUID().toString();
    private final List<String> lines;
    private final List<BadLine> badLines = new CopyOnWriteArrayList<>();
    private volatile State state = State.WAITING;
    private volatile int done;

    /** Takes the lines that follow the header. */
    OrderImport(List<String> lines) {
        this.lines = List.copyOf(lines);
    }

    enum State {
        WAITING,
        RUNNING,
        DONE,
        /** Given up on before its end. To send it again is harmless, for orders that have an id. */
        CUT_SHORT
    }

    /**
     * A line that is no order, or none that could be accepted.
     *
     * @param line its number in the file, from 1; the header is the first
     * @param reason what is wrong with it
     */
    record BadLine(int line, String reason) {}

    /**
     * What {@code GET /imports/{id}} shows.
     *
     * @param lines how many there are below the header
     * @param done how many of them have been dealt with
     * @param accepted how many of those are orders now
     */
    record Progress(String id, State state, int lines, int done, int accepted, List<BadLine> badLines) {}

    String id() {
        return id;
    }

    List<String> lines() {
        return lines;
    }

    void is(State now) {
        state = now;
    }

    void bad(int index, String reason) {
        badLines.add(new BadLine(index + 2, reason));
    }

    void done(int count) {
        done = count;
    }

    Progress progress() {
        State now = state;
        int soFar = done;
        List<BadLine> bad = List.copyOf(badLines);
        return new Progress(id, now, lines.size(), soFar, Math.max(0, soFar - bad.size()), bad);
    }
}
