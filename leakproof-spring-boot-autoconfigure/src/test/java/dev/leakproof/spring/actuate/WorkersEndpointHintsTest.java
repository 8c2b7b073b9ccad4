package dev.leakproof.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.ExitStory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

class WorkersEndpointHintsTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                WorkersEndpoint.WorkersDescriptor.class,
                NodeDescriptor.class,
                NodeDescriptor.RunsDescriptor.class,
                NodeDescriptor.FailureDescriptor.class,
                NodeDescriptor.LeakDescriptor.class,
                NodeDescriptor.ProgressDescriptor.class,
                StackDescriptor.class,
                ExitStory.class
            })
    void whatTheEndpointAnswersMayBeWrittenInANativeImage(Class<?> type) {
        RuntimeHints hints = new RuntimeHints();
        new WorkersEndpoint.Hints().registerHints(hints, getClass().getClassLoader());
        assertThat(RuntimeHintsPredicates.reflection().onType(type)).accepts(hints);
    }
}
