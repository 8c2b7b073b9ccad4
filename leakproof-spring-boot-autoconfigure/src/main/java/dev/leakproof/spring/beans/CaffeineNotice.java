package dev.leakproof.spring.beans;

import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/** Says once that Spring Boot has chosen Caffeine for its cache manager, which is here because leakproof brings it. */
public final class CaffeineNotice implements SmartInitializingSingleton {

    private static final Logger log = LoggerFactory.getLogger(CaffeineNotice.class);

    private static final String BEAN = "cacheManager";
    private static final String CAFFEINE = "org.springframework.cache.caffeine.CaffeineCacheManager";

    private final ConfigurableListableBeanFactory beanFactory;
    private final Environment environment;

    /** Creates one that looks for the cache manager in {@code beanFactory}. */
    public CaffeineNotice(ConfigurableListableBeanFactory beanFactory, Environment environment) {
        this.beanFactory = beanFactory;
        this.environment = environment;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Class<?> type = beanFactory.containsBeanDefinition(BEAN) ? beanFactory.getType(BEAN, false) : null;
        if (type != null && type.getName().equals(CAFFEINE) && isChosenByBoot()) {
            log.info("Spring Boot's cache manager is Caffeine's, which leakproof has brought onto the class path; set"
                    + " spring.cache.type to have another, or to caffeine to say that it is meant");
        }
    }

    private boolean isChosenByBoot() {
        if (environment.containsProperty("spring.cache.type")) {
            return false;
        }
        BeanDefinition definition = beanFactory.getBeanDefinition(BEAN);
        return Objects.requireNonNullElse(definition.getFactoryBeanName(), "").startsWith("org.springframework.boot.");
    }
}
