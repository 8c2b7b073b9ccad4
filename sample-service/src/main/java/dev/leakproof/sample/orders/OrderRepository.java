package dev.leakproof.sample.orders;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class OrderRepository {

    private final JdbcClient jdbc;

    OrderRepository(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void insert(Order order) {
        jdbc.sql("insert into orders (id, customer, sku, quantity) values (?, ?, ?, ?)")
                .params(order.id(), order.customer(), order.sku(), order.quantity())
                .update();
    }

    Optional<Order> find(String id) {
        return jdbc.sql("select id, customer, sku, quantity from orders where id = ?")
                .param(id)
                .query(Order.class)
                .optional();
    }
}
