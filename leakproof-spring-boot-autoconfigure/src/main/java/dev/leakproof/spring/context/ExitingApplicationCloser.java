package dev.leakproof.spring.context;

import dev.leakproof.NodeSnapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Closes the context, and ends the JVM with an exit code that is not zero: 1, or what an {@link ExitCodeGenerator} bean of
 * the application says.
 *
 * <p>It is called on a thread that no stop waits for, since the JVM's exit waits for the context's close. A context that
 * no {@link SpringApplication} has made, or one of a test, is only closed: the JVM is not its own.
 */
public final class ExitingApplicationCloser implements ApplicationCloser, ExitCodeGenerator {

    private static final Logger log = LoggerFactory.getLogger(ExitingApplicationCloser.class);

    /** Set by SpringApplication in the contexts it makes. */
    private static final String ARGUMENTS_BEAN = "springApplicationArguments";

    /** Set by Spring Boot's test framework in the contexts it makes. */
    private static final String TEST_PROPERTY =
            "org.springframework.boot.test.context.SpringBootTestContextBootstrapper";

    private final ConfigurableApplicationContext context;
    private volatile int exitCode;

    /** Creates one for {@code context}. */
    public ExitingApplicationCloser(ConfigurableApplicationContext context) {
        this.context = context;
    }

    @Override
    public void close(NodeSnapshot culprit) {
        exitCode = 1;
        boolean exits = ownsJvm(context.getEnvironment());
        log.error(
                "Closing the application{}, for {} '{}' has failed for good: {}",
                exits ? " and ending the JVM" : "",
                culprit.kind().label(),
                culprit.path(),
                String.valueOf(culprit.failure()));
        int code = SpringApplication.exit(context); // asks this for the code, and others
        if (exits) {
            System.exit(code);
        }
    }

    /** Zero, unless it was this that closed the application. */
    @Override
    public int getExitCode() {
        return exitCode;
    }

    private boolean ownsJvm(Environment environment) {
        return context.getBeanFactory().containsSingleton(ARGUMENTS_BEAN)
                && !environment.containsProperty(TEST_PROPERTY);
    }
}
