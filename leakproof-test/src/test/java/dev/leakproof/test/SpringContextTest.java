package dev.leakproof.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.junit.jupiter.SpringExtension;

class SpringContextTest {

    private static final Map<String, String> HASTY = Map.of("leakproof.leakcheck.grace", "100ms");

    @AfterEach
    void letAllEnd() throws InterruptedException {
        Leaky.releaseAll();
    }

    /** A server whose threads come with use, as those of servers do. */
    static class Server {
        private final Thread acceptor = new Thread(new Loop(), "server-acceptor");
        private Thread worker;

        Server() {
            acceptor.start();
        }

        void serve() {
            worker = new Thread(new Loop(), "server-worker");
            worker.start();
        }

        void close() throws InterruptedException {
            acceptor.interrupt();
            acceptor.join();
            if (worker != null) {
                worker.interrupt();
                worker.join();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TidyApplication {
        @Bean(destroyMethod = "close")
        Server server() {
            return new Server();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class UntidyApplication {
        @Bean
        Thread forgotten() {
            return Leaky.thread("outlives-its-context");
        }
    }

    @LeakCheck
    @ExtendWith(SpringExtension.class)
    @ContextConfiguration(classes = TidyApplication.class)
    static class UsesCachedContext {
        @Autowired
        Server server;

        @Test
        void makesTheContextStartThreads() {
            server.serve();
        }
    }

    @LeakCheck
    @ExtendWith(SpringExtension.class)
    @ContextConfiguration(classes = TidyApplication.class)
    static class LeaksBesideTheContext {
        @Test
        void leaks() {
            Leaky.hanging(new Thread(() -> Leaky.hang(), "beside"));
        }
    }

    @ExtendWith(SpringExtension.class)
    @ContextConfiguration(classes = UntidyApplication.class)
    static class UsesUntidyContext {
        @Test
        void test() {}
    }

    static class LeavesItsOwnContextOpen {
        @Test
        @SuppressWarnings("resource")
        void opens() {
            new AnnotationConfigApplicationContext(TidyApplication.class).registerShutdownHook();
        }
    }

    @Test
    void doesNotFlagCachedContextsButClosesThemBeforeTheSuiteGate() {
        assertThat(Suite.run(HASTY, UsesCachedContext.class).failed()).isEmpty();
        // Once more: it is out of the cache, so a new one is made.
        assertThat(Suite.runTimes(2, HASTY, UsesCachedContext.class).failed()).isEmpty();
    }

    @Test
    void flagsWhatATestLeavesBesideACachedContext() {
        assertThat(Suite.run(HASTY, LeaksBesideTheContext.class).failure("leaks()"))
                .hasMessageContaining("'beside'")
                .hasMessageContaining("1 thread has");
    }

    @Test
    void flagsWhatOutlivesItsContext() {
        Suite suite = Suite.run(HASTY, UsesUntidyContext.class);
        assertThat(suite.failed()).containsOnlyKeys(Suite.GATE);
        assertThat(suite.failure(Suite.GATE)).hasMessageContaining("'outlives-its-context'");
    }

    @Test
    void flagsAContextThatNobodyCaches() {
        Suite suite = Suite.run(HASTY, LeavesItsOwnContextOpen.class);
        assertThat(suite.failure(Suite.GATE)).hasMessageContaining("'server-acceptor'");
    }

    private static final class Loop implements Runnable {
        @Override
        public void run() {
            Leaky.hangUnlessInterrupted();
        }
    }
}
