package dev.leakproof.spring.context;

import java.time.Duration;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;

/** How long the web server of a context may wait for its requests when it stops. */
final class WebDrain {

    /** The phase in which Spring Boot's web servers do so. */
    private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

    private static final Duration BOOT_DEFAULT = Duration.ofSeconds(30);

    private WebDrain() {}

    /** Returns Spring's bound of that phase; zero where there is no such server, or it does not wait. */
    static Duration of(ListableBeanFactory beanFactory, Environment environment) {
        boolean drains = !"immediate".equalsIgnoreCase(environment.getProperty("server.shutdown"));
        return drains && hasServer(beanFactory)
                ? Binder.get(environment)
                        .bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
                        .orElse(BOOT_DEFAULT)
                : Duration.ZERO;
    }

    private static boolean hasServer(ListableBeanFactory beanFactory) {
        for (SmartLifecycle lifecycle :
                beanFactory.getBeansOfType(SmartLifecycle.class, false, false).values()) {
            if (lifecycle.getPhase() == PHASE) {
                return true;
            }
        }
        return false;
    }
}
