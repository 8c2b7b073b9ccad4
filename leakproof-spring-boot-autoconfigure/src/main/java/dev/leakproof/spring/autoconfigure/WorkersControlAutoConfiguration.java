package dev.leakproof.spring.autoconfigure;

import dev.leakproof.Owner;
import dev.leakproof.spring.actuate.WorkerAction;
import dev.leakproof.spring.actuate.WorkersControl;
import dev.leakproof.spring.actuate.WorkersEndpoint;
import dev.leakproof.spring.context.ManagedTree;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration for the {@link WorkersControl}, which takes two opt-ins: this one's, and unrestricted access to the
 * endpoint.
 */
@AutoConfiguration(after = WorkersEndpointAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBooleanProperty("leakproof.endpoint.allow-control")
@ConditionalOnAvailableEndpoint(WorkersEndpoint.class)
public final class WorkersControlAutoConfiguration {

    WorkersControlAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(WorkersEndpoint.class)
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    WorkersControl workersControl(
            @Qualifier(LeakproofAutoConfiguration.ROOT_BEAN_NAME) Owner root,
            ManagedTree leakproofTree,
            ObjectProvider<ControlCounter> counter) {
        return new WorkersControl(
                root, leakproofTree::isClosing, counter.getIfAvailable(() -> (action, outcome) -> {}));
    }

    /** Counts the uses. */
    interface ControlCounter extends BiConsumer<WorkerAction, WorkersControl.Outcome> {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    static class Metrics {

        @Bean
        ControlCounter leakproofControlCounter(ObjectProvider<MeterRegistry> registry) {
            return (action, outcome) -> registry.ifAvailable(meters -> Counter.builder("leakproof.control")
                    .description("Uses of the control of workers through the endpoint")
                    .baseUnit("uses")
                    .tag("action", action.name().toLowerCase(Locale.ROOT))
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                    .register(meters)
                    .increment());
        }
    }
}
