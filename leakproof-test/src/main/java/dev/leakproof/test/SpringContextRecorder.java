package dev.leakproof.test;

import java.util.List;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.cache.DefaultCacheAwareContextLoaderDelegate;

/** Tells {@link CachedContexts} of each context that Spring's test framework makes, and of no other. */
final class SpringContextRecorder implements ContextCustomizerFactory {

    @Override
    public ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> configAttributes) {
        return new Recorder();
    }

    /** All equal, for it is part of the key by which contexts are cached. */
    private record Recorder() implements ContextCustomizer {

        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration key) {
            CachedContexts.opened(context::isActive, () -> {
                // Out of the cache too: a later run in this JVM must not be given a closed one.
                new DefaultCacheAwareContextLoaderDelegate().closeContext(key, HierarchyMode.EXHAUSTIVE);
                context.close();
            });
        }
    }
}
