package dev.leakproof.spring.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.leakproof.census.LiveThread;
import dev.leakproof.census.Ownership;
import dev.leakproof.census.ThreadCensus;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Which bean a thread is of. */
class BeanThreadsTest {

    private final BeanThreads beans = new BeanThreads();
    private final ServiceCensus census = new ServiceCensus(beans, List.of());
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withBean(BeanThreads.class, () -> beans)
            .withUserConfiguration(Pools.class);
    private static CountDownLatch release;

    @Configuration(proxyBeanMethods = false)
    static class Pools {

        @Bean
        ThreadPoolTaskExecutor taskExecutor() {
            return new ThreadPoolTaskExecutor();
        }

        @Bean
        ThreadPoolTaskScheduler scheduler() {
            return new ThreadPoolTaskScheduler();
        }

        @Bean
        SimpleAsyncTaskExecutor simple() {
            return new SimpleAsyncTaskExecutor("s-");
        }

        @Bean
        SimpleAsyncTaskScheduler simpleScheduler() {
            return new SimpleAsyncTaskScheduler();
        }

        @Bean(destroyMethod = "shutdownNow")
        ExecutorService fixed() {
            return Executors.newFixedThreadPool(2);
        }

        @Bean(destroyMethod = "shutdownNow")
        ScheduledExecutorService scheduled() {
            return Executors.newScheduledThreadPool(1);
        }

        @Bean(destroyMethod = "shutdownNow")
        ForkJoinPool forkJoin() {
            return new ForkJoinPool(1);
        }

        @Bean
        ConcurrentTaskExecutor adapter() {
            return new ConcurrentTaskExecutor(shortLived());
        }

        @Bean
        Executor proxied() {
            return (Executor) new ProxyFactory(shortLived()).getProxy();
        }

        private static ThreadPoolExecutor shortLived() {
            ThreadPoolExecutor pool =
                    new ThreadPoolExecutor(1, 1, 1, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>());
            pool.allowCoreThreadTimeOut(true);
            return pool;
        }
    }

    @AfterEach
    void letGo() {
        if (release != null) {
            release.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "taskExecutor",
                "scheduler",
                "simple",
                "simpleScheduler",
                "fixed",
                "scheduled",
                "forkJoin",
                "adapter",
                "proxied"
            })
    void threadsOfAPoolAreItsBeans(String name) {
        runner.run(context -> {
            assertThat(owner(busy(context.getBean(name, Executor.class)))).isEqualTo(name);
            release.countDown();
        });
    }

    @Test
    void anIdleMemberIsItsBeansToo() {
        runner.run(context -> {
            Thread thread = context.getBean("fixed", ExecutorService.class)
                    .submit(Thread::currentThread)
                    .get();
            await().until(() -> thread.getState() == Thread.State.WAITING);
            assertThat(owner(thread)).isEqualTo("fixed");
        });
    }

    @Test
    void aNameAloneMakesNobodyAnOwner() {
        runner.run(context -> {
            Thread real = busy(context.getBean("taskExecutor", Executor.class));
            Thread impostor = parked(real.getName());
            assertThat(owner(impostor)).isNull();
            assertThat(owner(parked("http-nio-8080-exec-1"))).isNull();
            assertThat(owner(parked("HikariPool-1:housekeeper"))).isNull();
            release.countDown();
        });
    }

    @Test
    void theThreadsOfAConnectionPoolAreItsBeans() {
        runner.withBean("orders", DataSource.class, BeanThreadsTest::pool).run(context -> {
            String name = context.getBean(HikariDataSource.class).getPoolName();
            await().untilAsserted(() -> assertThat(census.all(false))
                    .filteredOn(live -> live.name().startsWith(name + ":"))
                    .isNotEmpty()
                    .allSatisfy(live -> assertThat(live.owner()).isEqualTo("orders")));
        });
    }

    /** Has its housekeeper run, and connects to nothing. */
    private static HikariDataSource pool() {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(Mockito.mock(DataSource.class));
        pool.setInitializationFailTimeout(-1);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(250);
        try {
            pool.getConnection();
        } catch (java.sql.SQLException ex) {
            // There is none to be had.
        }
        return pool;
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aDumpTellsTheExecutorOfVirtualThreads() {
        ApplicationContextRunner virtual = runner.withBean("each", ExecutorService.class, BeanThreadsTest::perTask);
        virtual.run(context -> {
            Thread thread = busy(context.getBean("each", Executor.class));
            await().untilAsserted(() -> assertThat(census.all(true))
                    .filteredOn(live -> live.id() == thread.getId())
                    .singleElement()
                    .satisfies(live -> {
                        assertThat(live.ownership()).isEqualTo(Ownership.FOREIGN);
                        assertThat(live.owner()).isEqualTo("each");
                    }));
            release.countDown();
        });
    }

    private static ExecutorService perTask() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException ex) {
            throw new AssertionError(ex);
        }
    }

    private String owner(Thread thread) {
        // With stacks, as a second look has them.
        List<LiveThread> found = census.threads().platform(List.of(thread));
        assertThat(found).hasSize(1);
        assertThat(census.glance())
                .filteredOn(live -> live.thread() == thread)
                .singleElement()
                .satisfies(
                        live -> assertThat(live.owner()).isEqualTo(found.get(0).owner()));
        return found.get(0).owner();
    }

    private static Thread busy(Executor executor) {
        release = new CountDownLatch(1);
        CountDownLatch until = release;
        java.util.concurrent.CompletableFuture<Thread> running = new java.util.concurrent.CompletableFuture<>();
        executor.execute(() -> {
            running.complete(Thread.currentThread());
            block(until);
        });
        return running.join();
    }

    private static Thread parked(String name) {
        CountDownLatch until = release;
        Thread thread = new Thread(() -> block(until), name);
        thread.setDaemon(true);
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        assertThat(ThreadCensus.alive()).contains(thread);
        return thread;
    }

    private static void block(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
