package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.leakproof.ManagedWorker;
import dev.leakproof.ThreadKind;
import dev.leakproof.census.ThreadCensus;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.test.json.JsonContent;
import org.springframework.test.json.JsonContentAssert;

/** The endpoint, the health and the scrape of a real server that has threads of many kinds, asked by HTTP. */
class ThreadsEndpointTest {

    private static final String WORKER = "[├└]─ app/worker +1 timed_waiting .*";
    private static final String RAW_POOL = "[├└]─ rawPool +3 waiting  raw-\\d and 2 more";

    private static final ReentrantLock lock = new ReentrantLock();
    private static final CountDownLatch release = new CountDownLatch(1);
    private static ConfigurableApplicationContext server;
    private static ConfigurableApplicationContext showing;
    private static HttpClient client;
    private static Thread stray;

    @Test
    void everyThreadHasItsOwner() throws Exception {
        HttpResponse<String> response = get(server, "/actuator/threads", null);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        JsonContentAssert json = json(response);
        owner(json, "worker", "own", "app/worker");
        owner(json, "scheduling-1", "foreign", "taskScheduler");
        owner(json, "task-1", "foreign", "applicationTaskExecutor");
        owner(json, "raw-1", "foreign", "rawPool");
        owner(json, "orders:housekeeper", "foreign", "dataSource");
        owner(json, "Reference Handler", "infrastructure", "JDK");
        json.extractingPath("$.owners[?(@.owner == 'Tomcat')].ownership")
                .asArray()
                .isNotEmpty()
                .containsOnly("foreign");
        json.extractingPath("$.owners[?(@.ownership == 'unowned')].threads[*].name")
                .asArray()
                .contains("stray");
        json.extractingPath("$.counts.own").asNumber().isNotEqualTo(0);
    }

    /** The name, or its last part. */
    private static void owner(JsonContentAssert json, String thread, String ownership, String owner) {
        json.extractingPath("$.owners[?(@.ownership == '" + ownership + "' && @.owner == '" + owner
                        + "')].threads[?(@.name =~ /(.*\\/)?" + thread + "/)].name")
                .asArray()
                .as(thread)
                .isNotEmpty();
    }

    @Test
    void whatIsTheSameIsOneLineForPeople() throws Exception {
        HttpResponse<String> response = get(server, "/actuator/threads", "text/plain");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
        assertThat(response.body().lines())
                .anySatisfy(line -> assertThat(line)
                        .matches("\\d+ threads: \\d+ own, \\d+ infrastructure, \\d+ foreign, \\d+ unowned"))
                .contains("own", "infrastructure", "foreign", "unowned")
                .anySatisfy(line -> assertThat(line).matches(WORKER))
                // Three that wait for work.
                .anySatisfy(line -> assertThat(line).matches(RAW_POOL))
                .anySatisfy(line -> assertThat(line).matches(".* 1 waiting  stray.*"));
    }

    @Test
    void stacksAreShownOnlyWhereAskedForAndAllowed() throws Exception {
        assertThat(get(server, "/actuator/threads", null).body()).doesNotContain("\"stack\"");
        assertThat(get(server, "/actuator/threads?stacks=true", null).body()).doesNotContain("\"stack\"");
        assertThat(get(server, "/actuator/threads?stacks=true", "text/plain").body())
                .doesNotContain("ThreadsEndpointTest");
        // Those of suspects are shown without being asked for.
        String text = get(showing, "/actuator/threads", "text/plain").body();
        assertThat(text.substring(text.indexOf("\nown\n"))).contains("stray").doesNotContain("ThreadsEndpointTest");
        json(get(showing, "/actuator/threads?stacks=true", null))
                .extractingPath("$.owners[?(@.ownership == 'unowned')].threads[?(@.name == 'stray')].stack[*]")
                .asArray()
                .anySatisfy(frame -> assertThat(frame.toString()).contains("ThreadsEndpointTest.block("));
        assertThat(get(showing, "/actuator/threads?stacks=true", "text/plain").body())
                .contains("dev.leakproof.spring.autoconfigure.ThreadsEndpointTest.block(");
    }

    @Test
    void virtualThreadsAreShownOnlyWhereAskedFor() throws Exception {
        JsonContentAssert json = json(get(server, "/actuator/threads", null));
        json.extractingPath("$.virtual.shown").isEqualTo(false);
        json.extractingPath("$.virtual.note").asString().isNotBlank();
        assertThat(get(server, "/actuator/threads", "text/plain").body()).contains("\nwithout virtual threads: ");
        JsonContentAssert asked = json(get(server, "/actuator/threads?virtual=true", null));
        asked.extractingPath("$.virtual.shown").isEqualTo(ThreadCensus.seesVirtualThreads());
        if (ThreadCensus.seesVirtualThreads()) {
            asked.extractingPath("$.virtual.took").asString().startsWith("PT");
            asked.extractingPath("$.owners[?(@.owner == 'app/virtual')].threads[*].virtual")
                    .asArray()
                    .containsExactly(true);
        }
    }

    @Test
    void aBlockedWorkerIsASuspectAndTheHealthSaysSoButStaysUp() throws Exception {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            JsonContentAssert json = json(get(showing, "/actuator/threads", null));
            String suspect = "$.suspects[?(@.owner == 'second/blocked')]";
            json.extractingPath(suspect + ".trouble").asArray().containsExactly("blocked");
            json.extractingPath(suspect + ".holder.name").asArray().containsExactly("lock-holder");
            json.extractingPath(suspect + ".holderOwnership").asArray().containsExactly("unowned");
            json.extractingPath(suspect + ".holder.stack[*]")
                    .asArray()
                    .anySatisfy(frame -> assertThat(frame.toString()).contains("ThreadsEndpointTest"));
        });
        assertThat(get(showing, "/actuator/threads", "text/plain").body())
                .containsPattern("suspect: 'second/blocked'.* has been blocked .* held by 'lock-holder'");
        HttpResponse<String> health = get(showing, "/actuator/health", null);
        assertThat(health.statusCode()).isEqualTo(200);
        JsonContentAssert json = json(health);
        json.extractingPath("$.components.threads.status").isEqualTo("UP");
        json.extractingPath("$.components.threads.details.suspects")
                .asArray()
                .anySatisfy(suspect -> assertThat(suspect.toString()).contains("second/blocked", "lock-holder"));
    }

    @Test
    void theHealthNamesThreadsThatNobodyOwns() throws Exception {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> json(get(showing, "/actuator/health", null))
                        .extractingPath("$.components.threads.details.unowned")
                        .asArray()
                        .anySatisfy(unowned -> assertThat(unowned.toString()).contains("'stray'")));
        await().untilAsserted(() -> json(get(server, "/actuator/health", null))
                .extractingPath("$.components.threads.details.threads.own")
                .asNumber()
                .isNotEqualTo(0));
    }

    @Test
    void hostileNamesOfThreadsAreHarmless() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        Thread hostile = start(() -> waitFor(over), "evil\n\u202e\u2028\ud800 <b>x</b>");
        try {
            json(get(server, "/actuator/threads", null))
                    .extractingPath("$.owners[?(@.ownership == 'unowned')].threads[*].name")
                    .asArray()
                    .contains("evil\n\u202e\u2028\ufffd <b>x</b>");
            assertThat(get(server, "/actuator/threads", "text/plain").body()).contains("evil  <b>x</b>");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> json(get(showing, "/actuator/health", null))
                            .extractingPath("$.components.threads.details.unowned")
                            .asArray()
                            .anySatisfy(
                                    unowned -> assertThat(unowned.toString()).startsWith("thread 'evil  <b>x</b>'")));
        } finally {
            over.countDown();
            hostile.join();
        }
    }

    @Test
    void aScrapeHasTheCounts() throws Exception {
        // Of the last sweep.
        await().untilAsserted(() -> assertThat(
                        get(server, "/actuator/prometheus", null).body().lines())
                .anySatisfy(line -> assertThat(line).matches("leakproof_threads\\{ownership=\"own\"} [1-9]\\d*\\.0"))
                .anySatisfy(
                        line -> assertThat(line).matches("leakproof_threads\\{ownership=\"foreign\"} [1-9]\\d*\\.0"))
                .anySatisfy(
                        line -> assertThat(line).matches("leakproof_threads\\{ownership=\"infrastructure\"} \\d+\\.0"))
                .anySatisfy(
                        line -> assertThat(line).matches("leakproof_threads\\{ownership=\"unowned\"} [1-9]\\d*\\.0")));
    }

    @Test
    void theCensusIsInTheTree() throws Exception {
        json(get(server, "/actuator/workers/app/leakproof/housekeeping", null))
                .extractingPath("$.kind")
                .isEqualTo("heartbeat");
    }

    @BeforeAll
    static void serve() throws Exception {
        client = HttpClient.newHttpClient();
        stray = start(ThreadsEndpointTest::block, "stray");
        start(ThreadsEndpointTest::holdLock, "lock-holder");
        await().until(lock::isLocked);
        // An executor of the application's own would do for Boot.
        server = start(Application.class, "spring.task.execution.mode=force");
        showing = start(
                Blocked.class,
                "leakproof.name=second",
                "leakproof.census.every=50ms",
                "leakproof.census.unowned-after=1ms",
                "leakproof.census.suspect-after=1ms",
                "management.endpoint.threads.show-values=always");
        server.getBean(Application.class).callEach(server);
        // From here on all of them hold still.
        await().untilAsserted(() -> assertThat(
                        get(server, "/actuator/threads", "text/plain").body().lines())
                .anySatisfy(line -> assertThat(line).matches(WORKER))
                .anySatisfy(line -> assertThat(line).matches(RAW_POOL)));
        await().until(() -> !ThreadCensus.seesVirtualThreads()
                || get(server, "/actuator/threads?virtual=true", null).body().contains("app/virtual"));
    }

    @AfterAll
    static void close() throws InterruptedException {
        release.countDown();
        server.close();
        showing.close();
        stray.join();
        client = null;
    }

    private static Thread start(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.start();
        return thread;
    }

    private static void block() {
        waitFor(release);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static void holdLock() {
        lock.lock();
        try {
            block();
        } finally {
            lock.unlock();
        }
    }

    private static ConfigurableApplicationContext start(Class<?> application, String... properties) {
        return new SpringApplicationBuilder(application)
                .properties(
                        "server.port=0",
                        "management.endpoints.web.exposure.include=*",
                        "management.endpoint.health.show-details=always",
                        "spring.main.banner-mode=off")
                .properties(properties)
                .run();
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext from, String path, String accept)
            throws Exception {
        int port = ((WebServerApplicationContext) from).getWebServer().getPort();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path));
        if (accept != null) {
            request.header("Accept", accept);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static JsonContentAssert json(HttpResponse<String> response) {
        return new JsonContentAssert(new JsonContent(response.body()));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Blocked {

        @Bean
        ManagedWorker blocked() {
            return ManagedWorker.named("blocked").threads(ThreadKind.PLATFORM).run(ctx -> lock.lockInterruptibly());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableScheduling
    @EnableAsync
    static class Application {

        @Bean
        ManagedWorker worker() {
            return ManagedWorker.named("worker")
                    .threads(ThreadKind.PLATFORM)
                    .run(ctx -> ctx.sleep(Duration.ofHours(1)));
        }

        @Bean
        ManagedWorker virtual() {
            return ManagedWorker.named("virtual")
                    .threads(ThreadKind.VIRTUAL)
                    .run(ctx -> ctx.sleep(Duration.ofHours(1)));
        }

        @Bean(destroyMethod = "shutdownNow")
        ExecutorService rawPool() {
            return Executors.newFixedThreadPool(3, new NamedThreads());
        }

        /** Has its housekeeper run, and connects to nothing. */
        @Bean
        HikariDataSource dataSource() {
            HikariDataSource pool = new HikariDataSource();
            pool.setPoolName("orders");
            pool.setDataSource(Mockito.mock(DataSource.class));
            pool.setInitializationFailTimeout(-1);
            pool.setMinimumIdle(0);
            pool.setConnectionTimeout(250);
            return pool;
        }

        @Bean
        Jobs jobs() {
            return new Jobs();
        }

        /** Has each pool make its threads. */
        void callEach(ConfigurableApplicationContext context) throws Exception {
            context.getBean(Jobs.class).async();
            assertThat(Jobs.asyncRan.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(Jobs.scheduledRan.await(30, TimeUnit.SECONDS)).isTrue();
            ExecutorService raw = context.getBean("rawPool", ExecutorService.class);
            for (int i = 0; i < 3; i++) {
                raw.submit(() -> {}).get();
            }
            try {
                context.getBean(DataSource.class).getConnection();
            } catch (SQLException ex) {
                // There is none to be had.
            }
        }
    }

    static final class NamedThreads implements ThreadFactory {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public Thread newThread(Runnable task) {
            return new Thread(task, "raw-" + count.incrementAndGet());
        }
    }

    static class Jobs {

        /** Static, as the bean is a proxy, whose fields are not those of its target. */
        static final CountDownLatch asyncRan = new CountDownLatch(1);

        static final CountDownLatch scheduledRan = new CountDownLatch(1);

        @Async
        public void async() {
            asyncRan.countDown();
        }

        @Scheduled(fixedDelay = 3_600_000)
        public void scheduled() {
            scheduledRan.countDown();
        }
    }
}
