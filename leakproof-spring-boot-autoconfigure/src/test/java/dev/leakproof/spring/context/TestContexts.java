package dev.leakproof.spring.context;

import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

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
}
