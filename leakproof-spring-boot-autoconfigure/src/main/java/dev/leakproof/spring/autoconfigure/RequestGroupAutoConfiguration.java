package dev.leakproof.spring.autoconfigure;

import dev.leakproof.Owner;
import dev.leakproof.spring.web.RequestGroupConfigurer;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Auto-configuration for {@code TaskGroup} arguments of Spring MVC's controllers. */
@AutoConfiguration(after = LeakproofAutoConfiguration.class)
@ConditionalOnClass(WebMvcConfigurer.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(LeakproofProperties.class)
public final class RequestGroupAutoConfiguration {

    private static final String OWNER_NAME = "web";

    RequestGroupAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(name = LeakproofAutoConfiguration.ROOT_BEAN_NAME)
    @ConditionalOnMissingBean
    RequestGroupConfigurer leakproofRequestGroups(
            ApplicationContext context,
            @Qualifier(LeakproofAutoConfiguration.ROOT_BEAN_NAME) Owner root,
            LeakproofProperties properties) {
        return new RequestGroupConfigurer(
                root,
                OWNER_NAME,
                properties.getWeb().getDeadline(),
                context.getEnvironment()::resolveRequiredPlaceholders,
                context.getBeanProvider(RequestMappingHandlerMapping.class),
                context.getBeanProvider(RequestMappingHandlerAdapter.class));
    }
}
