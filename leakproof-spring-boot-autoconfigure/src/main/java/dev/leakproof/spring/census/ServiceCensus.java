package dev.leakproof.spring.census;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.ThreadCensus;
import dev.leakproof.census.ThreadOwners;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who owns each live thread of a service: beyond the trees and the JVM, beans and libraries.
 *
 * <p>Whose a thread is does not change, so what is known of one is kept for as long as the thread lives. Safe for use by
 * many threads.
 */
public final class ServiceCensus {

    private final Map<Thread, String> known = Collections.synchronizedMap(new WeakHashMap<>());
    private final List<ThreadOwners> owners;
    private final ThreadCensus census = ThreadCensus.knowing(this::ownerOf);

    /**
     * Creates a census.
     *
     * @param beans knows the threads of beans
     * @param more asked before all others
     */
    public ServiceCensus(BeanThreads beans, List<ThreadOwners> more) {
        owners = new ArrayList<>(more);
        owners.add(beans);
        owners.add(new LibraryThreads());
    }

    private @Nullable String ownerOf(LiveThread live) {
        Thread thread = live.thread();
        String owner = thread == null ? null : known.get(thread);
        if (owner != null) {
            return owner;
        }
        for (ThreadOwners each : owners) {
            owner = each.ownerOf(live);
            if (owner != null) {
                if (thread != null) {
                    known.put(thread, owner);
                }
                return owner;
            }
        }
        return null;
    }

    /** Returns what tells whose a thread is. */
    public ThreadCensus threads() {
        return census;
    }

    /**
     * Returns every live platform thread with its stack, as of one moment: some ten milliseconds for a thousand. With
     * virtual threads it takes a dump of the JVM first, which can take seconds for a hundred thousand of them.
     */
    public List<LiveThread> all(boolean virtual) {
        return virtual && ThreadCensus.seesVirtualThreads() ? census.all() : census.platform(ThreadCensus.alive());
    }

    /** Returns every live platform thread; most without a stack, so that some may be unowned only for that. */
    List<LiveThread> glance() {
        return census.platform();
    }

    /** Returns those of {@code glanced} that are unowned with their stacks, if they still live, whoever owns them now. */
    List<LiveThread> look(Collection<LiveThread> glanced) {
        return census.platform(glanced.stream()
                .filter(live -> live.ownership() == Ownership.UNOWNED)
                .map(LiveThread::thread)
                .filter(Objects::nonNull)
                .toList());
    }
}
