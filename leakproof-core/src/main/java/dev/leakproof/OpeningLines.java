package dev.leakproof;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Knows the lines on which the groups of one place are opened.
 *
 * <p>To look for the line costs more than all else that opening does, and groups of one name are opened on one line as a
 * rule. So it is looked for the first few times and then now and then; where it was ever another one, each time.
 */
final class OpeningLines {

    private static final int FIRST_FEW = 8;
    private static final int NOW_AND_THEN = 1_024;

    /** Names made up at run time are not worth remembering. */
    private static final int MOST_NAMES = 128;

    private final ConcurrentMap<String, Line> lines = new ConcurrentHashMap<>(4);

    private static final class Line {

        final CallSite site;
        boolean varies;
        int times;

        Line(CallSite site) {
            this.site = site;
        }

        /** A race may lose a count, or look once more. */
        boolean isToBeLookedFor() {
            int before = times++;
            return varies || before < FIRST_FEW || before % NOW_AND_THEN == 0;
        }
    }

    /** Returns where the calling thread opens a group of that name. */
    CallSite of(String name) {
        Line known = lines.get(name);
        if (known != null && !known.isToBeLookedFor()) {
            return known.site;
        }
        CallSite site = CallSite.ofGroup();
        if (known != null) {
            if (!known.site.isSameAs(site)) {
                known.varies = true;
            }
        } else if (lines.size() < MOST_NAMES) {
            lines.putIfAbsent(name, new Line(site));
        }
        return site;
    }
}
