package dev.leakproof.spring.actuate;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.ThreadCensus;
import dev.leakproof.census.ThreadCreators;
import dev.leakproof.spring.actuate.ThreadsDescriptor.VirtualDescriptor;
import dev.leakproof.spring.census.CensusSweep;
import dev.leakproof.spring.census.ServiceCensus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * Every live thread by its owner at {@code /actuator/threads}, as JSON or, for {@code Accept: text/plain}, written for
 * people, with one line for all that do the same.
 *
 * <p>A request halts the JVM for the moment that it takes to walk all stacks: some ten milliseconds for a thousand
 * threads. With {@code ?virtual=true} it also has the JVM write a dump of its virtual threads to a temporary file, and
 * reads that: about a tenth of a millisecond for each. With {@code ?stacks=true} stacks are shown, as {@code show-values}
 * allows.
 */
@WebEndpoint(id = "threads", defaultAccess = Access.READ_ONLY)
@ImportRuntimeHints(ThreadsEndpoint.Hints.class)
public final class ThreadsEndpoint {

    private static final String NOT_ASKED =
            "ask for them with ?virtual=true, which has the JVM write a dump: some ten milliseconds at least, and about"
                    + " a tenth of one for each";
    private static final String NOT_SEEN = "this JVM cannot show them; JDK 21 and later can";

    private final ServiceCensus census;
    private final CensusSweep sweep;
    private final @Nullable ThreadCreators creators;
    private final Show showValues;
    private final Set<String> roles;

    /**
     * Creates an endpoint.
     *
     * @param creators who started threads; null where that is not recorded
     * @param showValues who sees stacks
     * @param roles whose holders are {@linkplain Show#WHEN_AUTHORIZED authorized}; empty for everybody logged in
     */
    public ThreadsEndpoint(
            ServiceCensus census,
            CensusSweep sweep,
            @Nullable ThreadCreators creators,
            Show showValues,
            Set<String> roles) {
        this.census = census;
        this.sweep = sweep;
        this.creators = creators;
        this.showValues = showValues;
        this.roles = Set.copyOf(roles);
    }

    /**
     * Returns all live threads.
     *
     * @param stacks whether to show their stacks; by default not
     * @param virtual whether to include virtual threads; by default not
     */
    @ReadOperation(producesFrom = WorkersFormat.class)
    public WebEndpointResponse<Object> threads(
            @Nullable Boolean stacks,
            @Nullable Boolean virtual,
            WorkersFormat format,
            SecurityContext securityContext) {
        boolean values = showValues.isShown(securityContext, roles);
        ThreadsView view = look(Boolean.TRUE.equals(stacks) && values, Boolean.TRUE.equals(virtual), values);
        return format == WorkersFormat.TEXT
                ? new WebEndpointResponse<>(ThreadsDrawing.of(view), format)
                : new WebEndpointResponse<>(view.describe(), format);
    }

    private ThreadsView look(boolean stacks, boolean virtual, boolean values) {
        long begun = System.nanoTime();
        List<LiveThread> threads = census.all(virtual);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        return new ThreadsView(
                Instant.now(),
                threads,
                sweep.latest().suspects(),
                creators(threads),
                virtual(virtual, took),
                stacks,
                values);
    }

    private static VirtualDescriptor virtual(boolean asked, Duration took) {
        if (!ThreadCensus.seesVirtualThreads()) {
            return new VirtualDescriptor(false, null, NOT_SEEN);
        }
        return asked ? new VirtualDescriptor(true, took, null) : new VirtualDescriptor(false, null, NOT_ASKED);
    }

    private Map<Long, String> creators(List<LiveThread> threads) {
        List<LiveThread> unowned = threads.stream()
                .filter(live -> live.ownership() == Ownership.UNOWNED)
                .toList();
        return creators == null || unowned.isEmpty() ? Map.of() : creators.of(unowned);
    }

    static final class Hints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), ThreadsDescriptor.class);
        }
    }
}
