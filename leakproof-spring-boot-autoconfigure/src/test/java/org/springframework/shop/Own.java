package org.springframework.shop;

import dev.leakproof.spring.annotation.ManagedWorker;

/** In a package that is Spring's own. */
public final class Own {

    @ManagedWorker(fixedDelay = "1h")
    void isNotFound() {}
}
