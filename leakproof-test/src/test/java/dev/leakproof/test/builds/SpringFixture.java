package dev.leakproof.test.builds;

import dev.leakproof.test.LeakCheck;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.junit.jupiter.SpringExtension;

@LeakCheck
@ExtendWith(SpringExtension.class)
@ContextConfiguration(classes = SpringFixture.Application.class)
class SpringFixture {

    @Configuration(proxyBeanMethods = false)
    static class Application {
        @Bean(destroyMethod = "close")
        Server server() {
            return new Server();
        }
    }

    static class Server implements AutoCloseable {
        private final Thread thread = new Thread(this::serve, "server");
        private volatile boolean closed;

        Server() {
            thread.start();
        }

        private void serve() {
            while (!closed) {
                LockSupport.park(this);
            }
        }

        @Override
        public void close() throws InterruptedException {
            closed = true;
            LockSupport.unpark(thread);
            thread.join();
        }
    }

    @Autowired
    Server server;

    @Test
    void usesTheContext() {}
}
