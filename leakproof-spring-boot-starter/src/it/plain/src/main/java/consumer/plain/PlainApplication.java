package consumer.plain;

import dev.leakproof.Heartbeat;
import dev.leakproof.StopMode;
import dev.leakproof.WorkerContext;
import dev.leakproof.spring.annotation.ManagedWorker;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Has workers and no web server. */
@SpringBootApplication
class PlainApplication {

    private static final Logger log = LoggerFactory.getLogger(PlainApplication.class);

    public static void main(String[] args) {
        SpringApplication.run(PlainApplication.class, args);
    }

    @Bean
    Heartbeat pulse() {
        return Heartbeat.named("pulse").every(Duration.ofMillis(100)).beat(ctx -> log.info("{} beats", ctx.path()));
    }

    @ManagedWorker(stopMode = StopMode.FINISH)
    void loop(WorkerContext ctx) throws InterruptedException {
        log.info("{} begins", ctx.path());
        while (ctx.sleep(Duration.ofHours(1))) {}
        log.info("{} ends", ctx.path());
    }
}
