package dev.leakproof.spring.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import java.util.List;
import java.util.Objects;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** What the tests of this package share. */
final class TestContexts {

    private TestContexts() {}

    static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LeakproofAutoConfiguration.class, PropertyPlaceholderAutoConfiguration.class))
                .withPropertyValues("leakproof.keep-alive=false");
    }

    static Owner root(ApplicationContext context) {
        return context.getBean("leakproofRoot", Owner.class);
    }

    static NodeSnapshot node(ApplicationContext context, String path) {
        return root(context)
                .find(path)
                .orElseThrow(() -> new AssertionError("No " + path + " among " + paths(context)));
    }

    static List<String> paths(ApplicationContext context) {
        return root(context).snapshot().all().map(NodeSnapshot::path).toList();
    }

    /** As Spring Boot would: what the first analyzer, of those registered, has to say that is ours. */
    static FailureAnalysis failureOf(AssertableApplicationContext context) {
        assertThat(context).hasFailed();
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((message, ex) -> {}))
                .stream()
                .filter(InvalidWorkerFailureAnalyzer.class::isInstance)
                .map(analyzer -> analyzer.analyze(context.getStartupFailure()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError(context.getStartupFailure()));
    }
}
