package dev.leakproof.spring.actuate;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Suspect;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The live threads as the endpoint shows them. Nulls are left out of the JSON.
 *
 * @param at when they were looked at
 * @param counts how many there are of each ownership
 * @param virtual what was done about virtual threads
 * @param suspects workers that got nowhere in the last sweep
 * @param owners whose they are: of each ownership in turn, sorted by name
 */
public record ThreadsDescriptor(
        Instant at,
        Map<String, Integer> counts,
        VirtualDescriptor virtual,
        List<SuspectDescriptor> suspects,
        List<OwnerDescriptor> owners)
        implements OperationResponseBody {

    /**
     * What was done about virtual threads.
     *
     * @param shown whether they are shown
     * @param took how long the dump of the JVM took; null if none was taken
     * @param note why they are not shown
     */
    public record VirtualDescriptor(
            boolean shown,
            @Nullable Duration took,
            @Nullable String note) {}

    /**
     * An owner and its threads.
     *
     * @param ownership what it is: {@code own}, {@code infrastructure}, {@code foreign} or {@code unowned}
     * @param owner the path of a worker, the name of a bean, library or part of the JVM; null if unowned
     * @param threads its threads, by their ids
     */
    public record OwnerDescriptor(
            String ownership, @Nullable String owner, List<ThreadDescriptor> threads) {}

    /**
     * One thread.
     *
     * @param id its id
     * @param name its name
     * @param state its state
     * @param virtual whether it is a virtual thread
     * @param group the name of its group; null for a virtual thread
     * @param type its class
     * @param container what holds it by the books of the JVM, where those were looked at
     * @param waitsFor the lock or condition it waits for, and who holds that
     * @param creator who started it and on which line; null where that is not recorded
     * @param stack its frames, innermost first, if asked for and values are shown
     */
    public record ThreadDescriptor(
            long id,
            String name,
            String state,
            boolean virtual,
            @Nullable String group,
            String type,
            @Nullable String container,
            @Nullable String waitsFor,
            @Nullable String creator,
            @Nullable List<String> stack) {

        static ThreadDescriptor of(LiveThread live, @Nullable String creator, boolean stacks) {
            return new ThreadDescriptor(
                    live.id(),
                    String.valueOf(Texts.wellFormed(live.name())),
                    NodeDescriptor.lower(live.state()),
                    live.virtual(),
                    live.virtual() ? null : Texts.wellFormed(live.group()),
                    live.type(),
                    live.container(),
                    Texts.wellFormed(live.waitsFor()),
                    creator,
                    stacks ? live.stack().stream().map(Texts::frame).toList() : null);
        }
    }

    /**
     * A worker that gets nowhere.
     *
     * @param owner its path
     * @param trouble what is wrong: {@code spinning}, {@code blocked} or {@code deadlocked}
     * @param lasting for how long that has been seen
     * @param thread its thread; with its stack wherever values are shown
     * @param holderOwnership whose the thread is that holds what this one waits for
     * @param holderOwner the owner of that thread
     * @param holder that thread; with its stack wherever values are shown
     */
    public record SuspectDescriptor(
            @Nullable String owner,
            String trouble,
            Duration lasting,
            ThreadDescriptor thread,
            @Nullable String holderOwnership,
            @Nullable String holderOwner,
            @Nullable ThreadDescriptor holder) {

        static SuspectDescriptor of(Suspect suspect, boolean showValues) {
            LiveThread holder = suspect.holder();
            return new SuspectDescriptor(
                    suspect.thread().owner(),
                    NodeDescriptor.lower(suspect.trouble()),
                    suspect.lasting(),
                    ThreadDescriptor.of(suspect.thread(), null, showValues),
                    holder == null ? null : NodeDescriptor.lower(holder.ownership()),
                    holder == null ? null : holder.owner(),
                    holder == null ? null : ThreadDescriptor.of(holder, null, showValues));
        }
    }
}
