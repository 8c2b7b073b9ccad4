package dev.leakproof.spring.context;

import java.util.Objects;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;

/** Resolves placeholders as a bean factory does. */
final class Placeholders {

    private Placeholders() {}

    /** Returns what throws {@link IllegalArgumentException} where a placeholder has neither a value nor a default. */
    static UnaryOperator<String> of(ConfigurableBeanFactory beanFactory) {
        return text -> Objects.requireNonNullElse(beanFactory.resolveEmbeddedValue(text), "");
    }
}
