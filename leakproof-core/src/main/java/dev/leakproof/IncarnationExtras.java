package dev.leakproof;

import org.jspecify.annotations.Nullable;

/** What only few incarnations have: groups that were opened in them, the verdict that they leaked. */
final class IncarnationExtras {

    /** Those of an incarnation that has none: nothing is ever added. */
    static final IncarnationExtras NONE = new IncarnationExtras();

    final OpenGroups groups = new OpenGroups();
    private volatile @Nullable OpeningLines openingLines;
    volatile long verdictNanos;

    OpeningLines openingLines() {
        OpeningLines known = openingLines;
        if (known == null) {
            synchronized (groups) {
                known = openingLines;
                if (known == null) {
                    openingLines = known = new OpeningLines();
                }
            }
        }
        return known;
    }
}
