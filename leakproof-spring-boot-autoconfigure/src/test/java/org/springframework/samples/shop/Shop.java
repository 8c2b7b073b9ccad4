package org.springframework.samples.shop;

import dev.leakproof.spring.annotation.ManagedWorker;

/** An application whose package looks as if it were Spring's own. */
public final class Shop {

    @ManagedWorker(fixedDelay = "1h")
    void countTheStock() {}
}
