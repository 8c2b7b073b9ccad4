package dev.leakproof.sample.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import dev.leakproof.StopReport;
import dev.leakproof.WorkerPool;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.sample.orders.OrderImport.State;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;

/** What becomes of imports when there are too many, and when the service stops: at a database that takes its time. */
class ImportPoolTests {

    // What is waited for comes at once; the bound only has to outlast a busy machine.
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ValidatorFactory validators = Validation.buildDefaultValidatorFactory();
    private final CountDownLatch database = new CountDownLatch(1);
    private final OrderIntake intake = mock();
    private final ImportConfiguration configuration = new ImportConfiguration();
    private final ImportProperties properties = new ImportProperties(1, 1, 10, Duration.ofSeconds(7));
    private final WorkerPool<OrderImport> imports =
            configuration.imports(properties, new OrderCsv(validators.getValidator()), intake);
    private final EvictingCache<String, OrderImport> progress = configuration.importProgress();
    private final ImportController controller = new ImportController(imports, progress, properties);
    private final Owner owner = Owner.root("app");

    @BeforeEach
    void startWithASlowDatabase() {
        doAnswer(call -> {
                    database.await();
                    return null;
                })
                .when(intake)
                .accept(any());
        owner.start(imports);
        owner.start(progress);
    }

    @AfterEach
    void stop() {
        database.countDown();
        owner.close();
        validators.close();
    }

    @Test
    void whenTheQueueIsFullTheClientIsToldWhenToComeAgain() throws Exception {
        String inHand = take();
        await().atMost(SOON).until(() -> state(inHand) == State.RUNNING);
        String waiting = take();

        assertRefused();

        assertThat(state(waiting)).isEqualTo(State.WAITING);
        database.countDown();
        await().atMost(SOON).until(() -> state(inHand) == State.DONE && state(waiting) == State.DONE);
        await().atMost(SOON).until(() -> state(take()) != null);
    }

    @Test
    void aStopDrainsWhatWasAccepted() throws Exception {
        OrderImport inHand = job(take());
        await().atMost(SOON).until(() -> inHand.progress().state() == State.RUNNING);
        OrderImport waiting = job(take());
        FutureTask<StopReport> stop = new FutureTask<>(() -> owner.stop(Duration.ofMinutes(1)));
        new Thread(stop, "stop").start();
        await().atMost(SOON).until(() -> imports.worker().state() == NodeState.STOPPING);
        assertRefused();

        database.countDown();

        assertThat(stop.get(SOON.toSeconds(), TimeUnit.SECONDS).leaked()).isEmpty();
        assertThat(inHand.progress().state()).isEqualTo(State.DONE);
        assertThat(waiting.progress().state()).isEqualTo(State.DONE);
    }

    @Test
    void aStopThatHasNoTimeForThatSaysSo() throws Exception {
        OrderImport inHand = job(take());
        await().atMost(SOON).until(() -> inHand.progress().state() == State.RUNNING);
        OrderImport waiting = job(take());

        owner.stop(Duration.ofMillis(200));

        await().atMost(SOON).until(() -> inHand.progress().state() == State.CUT_SHORT);
        assertThat(waiting.progress().state()).isEqualTo(State.WAITING);
        assertThat(imports.leftOver()).containsExactly(waiting);
    }

    @Test
    void anImportThatTheDatabaseFailsIsCutShortAndTheNextIsNot() throws Exception {
        doThrow(new DataAccessResourceFailureException("down"))
                .doNothing()
                .when(intake)
                .accept(any());

        OrderImport first = job(take());
        await().atMost(SOON).until(() -> first.progress().state() == State.CUT_SHORT);

        OrderImport second = job(take());
        await().atMost(SOON).until(() -> second.progress().state() == State.DONE);
        assertThat(first.progress().done()).isZero();
        assertThat(second.progress().accepted()).isEqualTo(2);
    }

    private String take() throws Exception {
        String file = OrderCsv.HEADER + "\n,ann,TEA-1,1\n,bob,TEA-1,1\n";
        return controller
                .take(new ByteArrayInputStream(file.getBytes()))
                .getBody()
                .id();
    }

    private void assertRefused() {
        assertThatThrownBy(this::take).isInstanceOfSatisfying(ErrorResponseException.class, refusal -> {
            assertThat(refusal.getStatusCode()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
            assertThat(refusal.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("7");
        });
    }

    private OrderImport job(String id) {
        return progress.getIfPresent(id);
    }

    private State state(String id) {
        return job(id).progress().state();
    }
}
