package dev.leakproof.sample.orders;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /orders}. Sending an order that carries an id again is harmless: it is accepted once.
 *
 * @param id an id of the client's choice; without it one is made
 */
record OrderRequest(
        @Nullable @Pattern(regexp = "[A-Za-z0-9-]{1,64}", message = "must be 1 to 64 letters, digits or hyphens")
        String id,

        @NotBlank @Size(max = 64) @Pattern(regexp = "\\P{Cntrl}*", message = "must have no control characters")
        String customer,

        @NotNull @Pattern(regexp = "[A-Z0-9-]{1,32}", message = "must be 1 to 32 capital letters, digits or hyphens")
        String sku,

        @NotNull @Min(1) @Max(10_000) Integer quantity) {

    /** Returns the order; to be called once the request has been validated. */
    Order toOrder() {
        String orderId = id != null ? id : UUID.randomUUID().toString();
        return new Order(orderId, customer, sku, quantity);
    }
}
