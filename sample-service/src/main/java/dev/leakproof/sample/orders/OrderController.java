package dev.leakproof.sample.orders;

import dev.leakproof.sample.outbox.Outbox;
import jakarta.validation.Valid;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
@RequestMapping("/orders")
class OrderController {

    private final OrderIntake intake;
    private final OrderRepository orders;
    private final Outbox outbox;

    OrderController(OrderIntake intake, OrderRepository orders, Outbox outbox) {
        this.intake = intake;
        this.orders = orders;
        this.outbox = outbox;
    }

    @PostMapping
    ResponseEntity<OrderView> accept(@Valid @RequestBody OrderRequest request) {
        Order order = request.toOrder();
        intake.accept(order);
        return ResponseEntity.accepted()
                .location(URI.create("/orders/" + order.id()))
                .body(OrderView.of(order, OrderStatus.ACCEPTED));
    }

    @GetMapping("/{id}")
    OrderView find(@PathVariable String id) {
        Order order = orders.find(id)
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no such order"));
        return OrderView.of(order, outbox.isOutstanding(id) ? OrderStatus.ACCEPTED : OrderStatus.DELIVERED);
    }

    enum OrderStatus {
        ACCEPTED,
        DELIVERED
    }

    record OrderView(String id, String customer, String sku, int quantity, OrderStatus status) {

        static OrderView of(Order order, OrderStatus status) {
            return new OrderView(order.id(), order.customer(), order.sku(), order.quantity(), status);
        }
    }
}
