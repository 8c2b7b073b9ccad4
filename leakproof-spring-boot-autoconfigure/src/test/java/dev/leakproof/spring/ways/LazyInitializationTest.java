package dev.leakproof.spring.ways;

import static dev.leakproof.spring.ways.Applications.application;
import static dev.leakproof.spring.ways.Applications.node;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class LazyInitializationTest {

    @Test
    void allWorkersStartThoughBeansAreLazy() {
        try (ConfigurableApplicationContext context = application(
                        WebApplicationType.NONE, AllKinds.class, Unneeded.class)
                .lazyInitialization(true)
                .run()) {
            for (String path :
                    new String[] {"app/ping", "app/quotes", "app/mails", "app/hidden/run", "app/allKinds/loop"}) {
                assertThat(node(context, path).starts()).as(path).isEqualTo(1);
            }
            assertThat(context.getBeanFactory().containsSingleton("unneeded")).isFalse();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Unneeded {
        @Bean
        String unneeded() {
            return "";
        }
    }
}
