package dev.leakproof.spring.census;

import dev.leakproof.census.LiveThread;
import dev.leakproof.census.ThreadOwners;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.ClassUtils;

/**
 * Knows the threads of executors, schedulers and connection pools that are beans, by the bean's name.
 *
 * <p>It knows them for certain: each pool gets a thread factory around its own, which notes what that makes; a fork-join
 * worker tells its pool; and a dump of the JVM tells the executor. Only where none of these can be had does a name
 * count, together with what the thread does. A pool that made its threads before it was a complete bean is known only by
 * a dump.
 *
 * <p>Safe for use by many threads; keeps neither threads nor executors alive.
 */
public final class BeanThreads implements BeanPostProcessor, ThreadOwners {

    private static final boolean HIKARI =
            ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource", BeanThreads.class.getClassLoader());

    private final Map<Thread, String> made = Collections.synchronizedMap(new WeakHashMap<>());
    private final Map<Object, String> executors = Collections.synchronizedMap(new WeakHashMap<>());
    private final Map<Object, String> others = Collections.synchronizedMap(new WeakHashMap<>());

    /** Creates one that knows none yet. */
    public BeanThreads() {}

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        Object target = AopProxyUtils.getSingletonTarget(bean);
        include(target == null ? bean : target, beanName);
        return bean;
    }

    private void include(Object bean, String name) {
        if (bean instanceof ThreadPoolTaskExecutor executor) {
            include(executor.getThreadPoolExecutor(), name);
        } else if (bean instanceof ThreadPoolTaskScheduler scheduler) {
            include(scheduler.getScheduledThreadPoolExecutor(), name);
        } else if (bean instanceof ConcurrentTaskExecutor adapter) {
            include(adapter.getConcurrentExecutor(), name);
        } else if (bean instanceof SimpleAsyncTaskExecutor executor) {
            // Virtual threads it makes otherwise, whatever its factory.
            ThreadFactory own = executor.getThreadFactory();
            executor.setThreadFactory(noting(own == null ? executor::createThread : own, name));
            others.put(executor, name);
        } else if (bean instanceof ThreadPoolExecutor pool) {
            pool.setThreadFactory(noting(pool.getThreadFactory(), name));
            executors.put(pool, name);
        } else if (bean instanceof Executor) {
            executors.put(bean, name);
        } else if (HIKARI && HikariThreads.isPool(bean)) {
            others.put(bean, name);
        }
    }

    private ThreadFactory noting(ThreadFactory factory, String name) {
        return task -> {
            Thread thread = factory.newThread(task);
            if (thread != null) {
                made.put(thread, name);
            }
            return thread;
        };
    }

    @Override
    public @Nullable String ownerOf(LiveThread live) {
        String owner = live.thread() == null ? null : made.get(live.thread());
        if (owner == null && live.thread() instanceof ForkJoinWorkerThread worker) {
            ForkJoinPool pool = worker.getPool();
            owner = pool == null ? null : executors.get(pool);
        }
        if (owner == null && live.container() != null) {
            owner = find(executors, executor -> identity(executor).equals(live.container()));
        }
        if (owner == null && !live.stack().isEmpty()) {
            owner = find(others, other -> isOf(other, live));
        }
        return owner;
    }

    private static boolean isOf(Object other, LiveThread live) {
        return other instanceof SimpleAsyncTaskExecutor executor
                ? isOf(executor, live)
                : HIKARI && HikariThreads.isOf(other, live);
    }

    /** Its virtual threads are in no container: the name counts, where Spring runs on them. */
    private static boolean isOf(SimpleAsyncTaskExecutor executor, LiveThread live) {
        return live.virtual()
                && live.name().startsWith(executor.getThreadNamePrefix())
                && live.stack().stream().anyMatch(frame -> frame.getClassName().startsWith("org.springframework."));
    }

    private static @Nullable String find(Map<Object, String> beans, Predicate<Object> which) {
        synchronized (beans) {
            return beans.entrySet().stream()
                    .filter(bean -> which.test(bean.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
        }
    }

    /** As a dump names it. */
    private static String identity(Object executor) {
        return executor.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(executor));
    }
}
