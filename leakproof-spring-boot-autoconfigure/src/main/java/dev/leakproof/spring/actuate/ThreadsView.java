package dev.leakproof.spring.actuate;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.Suspect;
import dev.leakproof.spring.actuate.ThreadsDescriptor.OwnerDescriptor;
import dev.leakproof.spring.actuate.ThreadsDescriptor.SuspectDescriptor;
import dev.leakproof.spring.actuate.ThreadsDescriptor.ThreadDescriptor;
import dev.leakproof.spring.actuate.ThreadsDescriptor.VirtualDescriptor;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of a census, in either form.
 *
 * @param at when it was taken
 * @param threads all threads found
 * @param suspects workers that got nowhere in the last sweep
 * @param creators who started a thread, by its id
 * @param virtual what was done about virtual threads
 * @param stacks whether stacks were asked for and may be shown
 * @param showValues whether stacks may be shown
 */
record ThreadsView(
        Instant at,
        List<LiveThread> threads,
        List<Suspect> suspects,
        Map<Long, String> creators,
        VirtualDescriptor virtual,
        boolean stacks,
        boolean showValues) {

    /** An owner, or the lack of one. */
    record Owned(Ownership ownership, @Nullable String owner, List<LiveThread> threads) {}

    Map<Ownership, Integer> counts() {
        Map<Ownership, Integer> counts = new EnumMap<>(Ownership.class);
        for (Ownership ownership : Ownership.values()) {
            counts.put(ownership, 0);
        }
        threads.forEach(live -> counts.merge(live.ownership(), 1, Integer::sum));
        return counts;
    }

    List<Owned> owners() {
        Map<Ownership, Map<String, List<LiveThread>>> byOwner = threads.stream()
                .sorted(Comparator.comparingLong(LiveThread::id))
                .collect(Collectors.groupingBy(
                        LiveThread::ownership,
                        TreeMap::new,
                        Collectors.groupingBy(
                                live -> live.owner() == null ? "" : live.owner(), TreeMap::new, Collectors.toList())));
        return byOwner.entrySet().stream()
                .flatMap(ownership -> ownership.getValue().entrySet().stream()
                        .map(owner -> new Owned(
                                ownership.getKey(),
                                owner.getKey().isEmpty() ? null : owner.getKey(),
                                owner.getValue())))
                .toList();
    }

    ThreadsDescriptor describe() {
        Map<String, Integer> counted = new TreeMap<>();
        counts().forEach((ownership, count) -> counted.put(NodeDescriptor.lower(ownership), count));
        return new ThreadsDescriptor(
                at,
                counted,
                virtual,
                suspects.stream()
                        .map(suspect -> SuspectDescriptor.of(suspect, showValues))
                        .toList(),
                owners().stream()
                        .map(owned -> new OwnerDescriptor(
                                NodeDescriptor.lower(owned.ownership()),
                                owned.owner(),
                                owned.threads().stream()
                                        .map(live -> ThreadDescriptor.of(live, creators.get(live.id()), stacks))
                                        .toList()))
                        .toList());
    }
}
