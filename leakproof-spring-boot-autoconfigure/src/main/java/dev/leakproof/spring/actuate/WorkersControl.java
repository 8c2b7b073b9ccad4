package dev.leakproof.spring.actuate;

import dev.leakproof.Owner;
import dev.leakproof.StopReport;
import dev.leakproof.TreeNode;
import java.security.Principal;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Stops, starts, pauses and resumes what is at {@code /actuator/workers/{path}}, by a POST of <code>{"action": "pause"}</code>.
 *
 * <p>Each use is logged and counted. The answer to a stop or a pause comes when all has ended or its stop timeout is over,
 * so it takes a thread of the server as long.
 */
@EndpointWebExtension(endpoint = WorkersEndpoint.class)
public final class WorkersControl {

    private static final Logger log = LoggerFactory.getLogger(WorkersControl.class);

    private static final int CONFLICT = 409;

    private final Owner root;
    private final BooleanSupplier draining;
    private final BiConsumer<WorkerAction, Outcome> counter;

    /** How a use ended. */
    public enum Outcome {
        /** It was done. */
        DONE,
        /** It was not, for the tree or the node is not in a state for it. */
        REFUSED
    }

    /**
     * Creates a control of the tree below {@code root}.
     *
     * @param draining whether the tree is not to be touched any more
     * @param counter told of each use
     */
    public WorkersControl(Owner root, BooleanSupplier draining, BiConsumer<WorkerAction, Outcome> counter) {
        this.root = root;
        this.draining = draining;
        this.counter = counter;
    }

    /**
     * Does {@code action} to what is at {@code path}; 404 if there is nothing, 409 if it cannot be done now.
     *
     * @param path from the root's name down
     * @param action what to do
     * @param securityContext who asks
     */
    @WriteOperation
    public WebEndpointResponse<ControlDescriptor> control(
            @Selector(match = Match.ALL_REMAINING) String[] path,
            WorkerAction action,
            SecurityContext securityContext) {
        TreeNode node = root.node(String.join("/", path)).orElse(null);
        if (node == null) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        log.info("'{}' was asked to {} by {}", node.path(), NodeDescriptor.lower(action), name(securityContext));
        if (draining.getAsBoolean()) {
            return refused(node, action, "the application is shutting down");
        }
        StopReport report;
        try {
            report = action.applyTo(node);
        } catch (IllegalStateException ex) {
            log.info("'{}' could not {}", node.path(), NodeDescriptor.lower(action), ex);
            return refused(node, action, "its owner is not running, or it was not ready in time: see the log");
        }
        counter.accept(action, Outcome.DONE);
        return new WebEndpointResponse<>(ControlDescriptor.of(node, action, report));
    }

    private WebEndpointResponse<ControlDescriptor> refused(TreeNode node, WorkerAction action, String why) {
        counter.accept(action, Outcome.REFUSED);
        return new WebEndpointResponse<>(ControlDescriptor.refused(node, action, why), CONFLICT);
    }

    private static String name(SecurityContext context) {
        Principal principal = context.getPrincipal();
        return principal == null ? "somebody" : "'" + principal.getName().replaceAll("[^\\p{Graph} ]", "?") + "'";
    }

    /**
     * What became of it.
     *
     * @param path where
     * @param action what was asked
     * @param state the node's state afterwards
     * @param refused why it was not done; null if it was
     * @param report how the stop went, in a line; null if it was none
     * @param leaked the paths of what did not end in time
     */
    public record ControlDescriptor(
            String path,
            String action,
            String state,
            @Nullable String refused,
            @Nullable String report,
            List<String> leaked)
            implements OperationResponseBody {

        static ControlDescriptor of(TreeNode node, WorkerAction action, @Nullable StopReport report) {
            return new ControlDescriptor(
                    node.path(),
                    NodeDescriptor.lower(action),
                    NodeDescriptor.lower(node.state()),
                    null,
                    report == null ? null : report.summary(),
                    report == null
                            ? List.of()
                            : report.leaked().stream()
                                    .map(StopReport.Entry::path)
                                    .toList());
        }

        static ControlDescriptor refused(TreeNode node, WorkerAction action, String why) {
            return new ControlDescriptor(
                    node.path(),
                    NodeDescriptor.lower(action),
                    NodeDescriptor.lower(node.state()),
                    why,
                    null,
                    List.of());
        }
    }
}
