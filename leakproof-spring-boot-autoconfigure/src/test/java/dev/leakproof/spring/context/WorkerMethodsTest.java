package dev.leakproof.spring.context;

import static org.assertj.core.api.Assertions.assertThat;

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
}
