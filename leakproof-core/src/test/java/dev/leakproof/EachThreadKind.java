package dev.leakproof;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A test that is run on platform threads, and on virtual ones where this JVM has them. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@MethodSource("dev.leakproof.EachThreadKind$Kinds#available")
@interface EachThreadKind {

    /** Those kinds. */
    final class Kinds {

        private Kinds() {}

        static Stream<ThreadKind> available() {
            return Stream.of(ThreadKind.values())
                    .filter(kind -> kind != ThreadKind.VIRTUAL || VirtualThreads.areAvailable());
        }
    }
}
