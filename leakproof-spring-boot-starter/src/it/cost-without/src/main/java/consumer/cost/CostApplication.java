package consumer.cost;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves one page. */
@SpringBootApplication
@RestController
class CostApplication {

    public static void main(String[] args) {
        SpringApplication.run(CostApplication.class, args);
    }

    @GetMapping("/")
    String page() {
        return "page";
    }
}
