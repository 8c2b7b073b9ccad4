package consumer.web;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;

import dev.leakproof.Heartbeat;
import dev.leakproof.ManagedWorker;
import dev.leakproof.StopMode;
import dev.leakproof.cache.EvictingCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Has a worker of each kind, and shows them to whom it knows. */
@SpringBootApplication
class WebApplication {

    private static final Logger log = LoggerFactory.getLogger(WebApplication.class);

    public static void main(String[] args) {
        SpringApplication.run(WebApplication.class, args);
    }

    @Bean
    SecurityFilterChain security(HttpSecurity http) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/actuator/health/**")
                        .permitAll()
                        .anyRequest()
                        .hasRole("OPS"))
                .httpBasic(Customizer.withDefaults())
                .build();
    }

    @Bean
    Heartbeat pulse() {
        return Heartbeat.named("pulse").every(ofMillis(100)).beat(ctx -> {});
    }

    @Bean
    ManagedWorker mail() {
        return ManagedWorker.named("mail").ownedBy("notifications").run(ctx -> ctx.sleep(ofHours(1)));
    }

    @Bean
    EvictingCache<String, String> quotes() {
        return EvictingCache.<String, String>named("quotes")
                .expireAfterWrite(ofMinutes(5))
                .maximumSize(100)
                .build();
    }

    /** A host that its bean definition does not tell. */
    @Bean
    Runnable sweeper() {
        return new Sweeper();
    }

    static class Sweeper implements Runnable {
        @dev.leakproof.spring.annotation.ManagedWorker(every = "100ms")
        @Override
        public void run() {}
    }

    @dev.leakproof.spring.annotation.ManagedWorker(concurrency = 2, stopMode = StopMode.FINISH)
    void consume(dev.leakproof.WorkerContext ctx) throws InterruptedException {
        while (ctx.sleep(ofHours(1))) {}
        log.info("{} has finished", ctx.path());
    }
}
