package dev.leakproof.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

class ThreadsEndpointHintsTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                ThreadsDescriptor.class,
                ThreadsDescriptor.VirtualDescriptor.class,
                ThreadsDescriptor.OwnerDescriptor.class,
                ThreadsDescriptor.ThreadDescriptor.class,
                ThreadsDescriptor.SuspectDescriptor.class
            })
    void whatTheEndpointAnswersMayBeWrittenInANativeImage(Class<?> type) {
        RuntimeHints hints = new RuntimeHints();
        new ThreadsEndpoint.Hints().registerHints(hints, getClass().getClassLoader());
        assertThat(RuntimeHintsPredicates.reflection().onType(type)).accepts(hints);
    }
}
