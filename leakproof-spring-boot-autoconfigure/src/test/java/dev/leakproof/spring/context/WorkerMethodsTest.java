package dev.leakproof.spring.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.spring.annotation.ManagedWorker;
import org.junit.jupiter.api.Test;
import org.springframework.samples.shop.Shop;
import org.springframework.shop.Own;

class WorkerMethodsTest {

    private final WorkerMethods methods = new WorkerMethods();

    @Test
    void springsOwnBeansAreNotLookedThroughButItsSamplesAre() {
        assertThat(methods.isHost(Own.class)).isFalse();
        assertThat(methods.isHost(Shop.class)).isTrue();
    }

    @Test
    void whatIsInheritedOrDeclaredByAnInterfaceIsFound() {
        assertThat(methods.isHost(Plain.class)).isFalse();
        assertThat(methods.isHost(Annotated.class)).isTrue();
        assertThat(methods.isHost(Inheriting.class)).isTrue();
        assertThat(methods.isHost(Implementing.class)).isTrue();
        assertThat(methods.isHost(OtherwiseAnnotated.class)).isFalse();
    }

    static class Plain {
        void work() {}
    }

    static class Annotated {
        @ManagedWorker(every = "1h")
        void work() {}
    }

    static class Inheriting extends Annotated {
        void rest() {}
    }

    interface Contract {
        @ManagedWorker(every = "1h")
        void work();
    }

    interface Extended extends Contract {}

    static class Implementing extends Plain implements Extended {
        @Override
        public void work() {}
    }

    static class OtherwiseAnnotated {
        @Deprecated
        void work() {}
    }
}
