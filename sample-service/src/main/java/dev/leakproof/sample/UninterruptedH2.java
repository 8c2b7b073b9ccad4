package dev.leakproof.sample;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.stereotype.Component;

/**
 * Has H2 work on threads that nobody interrupts, where it keeps its data in a file: one that is interrupted in the midst of
 * a write can leave a file that cannot be read any more. An interrupt waits until the call is over. A server's database needs
 * none of this.
 */
@Component
class UninterruptedH2 implements BeanPostProcessor {

    /** What reads or writes, beside what begins with {@code execute}. */
    private static final Set<String> WORK = Set.of(
            "getConnection",
            "prepareStatement",
            "createStatement",
            "setAutoCommit",
            "commit",
            "rollback",
            "isValid",
            "close");

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof HikariDataSource pool
                && pool.getJdbcUrl() != null
                && pool.getJdbcUrl().startsWith("jdbc:h2:async:")) {
            // The one that it would make itself.
            DataSource source = new DriverDataSource(
                    pool.getJdbcUrl(),
                    pool.getDriverClassName(),
                    pool.getDataSourceProperties(),
                    pool.getUsername(),
                    pool.getPassword());
            pool.setDataSource(shield(DataSource.class, source));
        }
        return bean;
    }

    private static <T> T shield(Class<T> type, Object target) {
        return type.cast(Proxy.newProxyInstance(
                UninterruptedH2.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> shielded(call(target, method, arguments))));
    }

    private static @Nullable Object shielded(@Nullable Object result) {
        if (result instanceof Connection) {
            return shield(Connection.class, result);
        }
        if (result instanceof PreparedStatement) {
            return shield(PreparedStatement.class, result);
        }
        return result instanceof Statement ? shield(Statement.class, result) : result;
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        FutureTask<@Nullable Object> task = new FutureTask<>(() -> method.invoke(target, arguments));
        if (method.getName().startsWith("execute") || WORK.contains(method.getName())) {
            // It is the caller's, which does not go on before it is done.
            Thread thread = new Thread(task, "h2-" + method.getName());
            thread.setDaemon(true);
            thread.start();
        } else {
            task.run();
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof InvocationTargetException failed ? failed.getTargetException() : e;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
