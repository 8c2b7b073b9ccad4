package dev.leakproof.spring.census;

import com.zaxxer.hikari.HikariDataSource;
import dev.leakproof.census.LiveThread;

/** The threads of Hikari's pools, which has executors of its own and shows them to nobody: pool's name and work decide. */
final class HikariThreads {

    private HikariThreads() {}

    static boolean isPool(Object bean) {
        return bean instanceof HikariDataSource;
    }

    /** A pool has no name before it is first used, nor any thread. */
    static boolean isOf(Object bean, LiveThread live) {
        return bean instanceof HikariDataSource pool
                && pool.getPoolName() != null
                && live.name().startsWith(pool.getPoolName() + ":")
                && Frames.runPooled(live.stack());
    }
}
