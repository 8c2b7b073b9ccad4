package dev.leakproof.spring.actuate;

import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.spring.beans.EndedNode;
import dev.leakproof.spring.beans.NodeHistory;
import dev.leakproof.spring.context.ShutdownBudget;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * The tree at {@code /actuator/workers}, and one subtree at {@code /actuator/workers/{path}}, as JSON or, for
 * {@code Accept: text/plain}, drawn.
 *
 * <p>It only reads, and never waits for a worker. Messages of exceptions and stacks are shown as {@code show-values}
 * allows.
 */
@WebEndpoint(id = "workers", defaultAccess = Access.READ_ONLY)
@ImportRuntimeHints(WorkersEndpoint.Hints.class)
public final class WorkersEndpoint {

    private final Owner root;
    private final Supplier<@Nullable ShutdownBudget> budget;
    private final Show showValues;
    private final Set<String> roles;
    private final @Nullable NodeHistory history;

    /**
     * Creates an endpoint for the tree below {@code root}.
     *
     * @param budget what a shutdown may take, once that is known
     * @param showValues who sees messages of exceptions, and stacks
     * @param roles whose holders are {@linkplain Show#WHEN_AUTHORIZED authorized}; empty for everybody logged in
     * @param history of what has ended, or null to show none
     */
    public WorkersEndpoint(
            Owner root,
            Supplier<@Nullable ShutdownBudget> budget,
            Show showValues,
            Set<String> roles,
            @Nullable NodeHistory history) {
        this.root = root;
        this.budget = budget;
        this.showValues = showValues;
        this.roles = Set.copyOf(roles);
        this.history = history;
    }

    /**
     * Returns the whole tree.
     *
     * @param stacks whether to show where live threads are now, to those who are shown values; null for not
     */
    @ReadOperation(producesFrom = WorkersFormat.class)
    public WebEndpointResponse<Object> workers(
            WorkersFormat format, SecurityContext securityContext, @Nullable Boolean stacks) {
        View view = view(securityContext, stacks);
        NodeSnapshot snapshot = root.snapshot();
        return format == WorkersFormat.TEXT
                ? new WebEndpointResponse<>(TreeDrawing.of(snapshot, view), format)
                : new WebEndpointResponse<>(
                        new WorkersDescriptor(
                                NodeDescriptor.of(snapshot, view),
                                ShutdownDescriptor.of(budget.get()),
                                history(view.values())),
                        format);
    }

    private @Nullable List<EndedDescriptor> history(boolean values) {
        return history == null
                ? null
                : history.ended().stream()
                        .map(node -> EndedDescriptor.of(node, values))
                        .toList();
    }

    /**
     * Returns what is at a path, such as {@code app/orderRelay}; 404 if there is nothing.
     *
     * @param stacks as above
     */
    @ReadOperation(producesFrom = WorkersFormat.class)
    public WebEndpointResponse<Object> worker(
            @Selector(match = Match.ALL_REMAINING) String[] path,
            WorkersFormat format,
            SecurityContext securityContext,
            @Nullable Boolean stacks) {
        NodeSnapshot snapshot = root.find(String.join("/", path)).orElse(null);
        if (snapshot == null) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        View view = view(securityContext, stacks);
        return format == WorkersFormat.TEXT
                ? new WebEndpointResponse<>(TreeDrawing.of(snapshot, view), format)
                : new WebEndpointResponse<>(NodeDescriptor.of(snapshot, view), format);
    }

    private View view(SecurityContext securityContext, @Nullable Boolean stacks) {
        return View.of(showValues.isShown(securityContext, roles), Boolean.TRUE.equals(stacks), root);
    }

    /**
     * The answer for the whole application.
     *
     * @param root the root of the tree
     * @param shutdown what a shutdown may take; null before the first start
     * @param history the nodes that have ended last, the latest first; null where none are remembered
     */
    public record WorkersDescriptor(
            NodeDescriptor root,
            @Nullable ShutdownDescriptor shutdown,
            @Nullable List<EndedDescriptor> history) implements OperationResponseBody {}

    /**
     * A node that has ended.
     *
     * @param at when it ended or was given up on
     * @param path its path
     * @param id what names it in logs, metrics and properties
     * @param kind what it is, such as {@code worker}
     * @param end how it ended, such as {@code failed}
     * @param failure why it failed
     */
    public record EndedDescriptor(
            Instant at,
            String path,
            String id,
            String kind,
            String end,
            NodeDescriptor.@Nullable FailureDescriptor failure) {

        static EndedDescriptor of(EndedNode node, boolean values) {
            String type = node.failureType();
            return new EndedDescriptor(
                    node.at(),
                    node.path(),
                    node.id(),
                    node.kind().label(),
                    NodeDescriptor.lower(node.end()),
                    type == null
                            ? null
                            : new NodeDescriptor.FailureDescriptor(
                                    type, values ? Texts.wellFormed(node.failureMessage()) : null));
        }
    }

    static final class Hints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            new BindingReflectionHintsRegistrar()
                    .registerReflectionHints(hints.reflection(), WorkersDescriptor.class, NodeDescriptor.class);
        }
    }
}
