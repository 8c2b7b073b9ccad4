package dev.leakproof.sample.orders;

import dev.leakproof.sample.outbox.Outbox;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** Accepts orders: from then on each will reach the peer, whatever becomes of this process. */
@Service
class OrderIntake {

    private final OrderRepository orders;
    private final Outbox outbox;
    private final TransactionOperations transactions;
    private final JsonMapper json;

    OrderIntake(OrderRepository orders, Outbox outbox, TransactionOperations transactions, JsonMapper json) {
        this.orders = orders;
        this.outbox = outbox;
        this.transactions = transactions;
        this.json = json;
    }

    /**
     * Writes the order and its outbox row, both or neither. An order that is there already is left as it is.
     *
     * @throws OrderConflictException if there is a different order of that id
     */
    void accept(Order order) {
        try {
            transactions.executeWithoutResult(transaction -> {
                orders.insert(order);
                outbox.add(order.id(), json.writeValueAsString(order));
            });
        } catch (DuplicateKeyException e) {
            if (orders.find(order.id()).filter(order::equals).isEmpty()) {
                throw new OrderConflictException(order.id());
            }
        }
    }
}
