package dev.leakproof.sample.drill;

import dev.leakproof.sample.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A database on a real PostgreSQL, to which each pod has a login of its own, so that it can be gone for one and not for all. */
final class Database {

    private static final AtomicInteger logins = new AtomicInteger();

    private final TestDatabase.Address address = TestDatabase.POSTGRES.create();
    private final Map<String, String> ofPods = new ConcurrentHashMap<>();

    /** Makes a login, and returns what a pod has to know. */
    Map<String, String> admit(String pod) throws SQLException {
        String login = "pod_" + logins.incrementAndGet();
        // A superuser, since whoever comes first makes the tables, and all use them.
        run("create role " + login + " superuser login password 'drill'");
        ofPods.put(pod, login);
        // The user that the address names would be preferred to the login.
        return Map.of(
                "SPRING_DATASOURCE_URL",
                address.url().replaceFirst("user=[^&]*&?", ""),
                "SPRING_DATASOURCE_USERNAME",
                login,
                "SPRING_DATASOURCE_PASSWORD",
                "drill");
    }

    /** Ends the connections of a pod and admits no more. */
    void banish(String pod) throws SQLException {
        banishLogin(ofPods.get(pod));
    }

    void banishAll() throws SQLException {
        for (String login : ofPods.values()) {
            banishLogin(login);
        }
    }

    void admitAllAgain() throws SQLException {
        for (String login : ofPods.values()) {
            run("alter role " + login + " login");
        }
    }

    private void banishLogin(String login) throws SQLException {
        run("alter role " + login + " nologin");
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet ended = statement.executeQuery(
                        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + login + "'")) {
            if (!ended.next()) {
                throw new IllegalStateException("There was no connection of " + login);
            }
        }
    }

    private void run(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(address.url(), address.username(), address.password());
    }
}
