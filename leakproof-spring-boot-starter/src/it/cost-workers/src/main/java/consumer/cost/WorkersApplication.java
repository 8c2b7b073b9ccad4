package consumer.cost;

import dev.leakproof.ManagedWorker;
import dev.leakproof.Owner;
import java.time.Duration;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves one page, and has a thousand workers that wait for something to do. */
@SpringBootApplication
@RestController
class WorkersApplication {

    public static void main(String[] args) {
        SpringApplication.run(WorkersApplication.class, args);
    }

    @Bean
    ApplicationRunner workers(Owner root) {
        return arguments -> {
            for (int i = 0; i < 1_000; i++) {
                root.start(ManagedWorker.named("worker-" + i).run(ctx -> {
                    while (ctx.sleep(Duration.ofHours(1))) {
                        // Nothing has come.
                    }
                }));
            }
        };
    }

    @GetMapping("/")
    String page() {
        return "page";
    }
}
