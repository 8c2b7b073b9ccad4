package dev.leakproof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TickerTest {

    private final ManualTime time = new ManualTime();
    private final BlockingQueue<String> fired = new LinkedBlockingQueue<>();
    private final List<Ticker> tickers = new ArrayList<>();

    @AfterEach
    void stop() {
        tickers.forEach(Ticker::stop);
    }

    @Test
    void firesInOrderOnceTimeIsMovedThere() throws Exception {
        Ticker ticker = started(time);
        ticker.schedule(tick("c"), in(30));
        ticker.schedule(tick("a"), in(10));
        ticker.schedule(tick("b"), in(20));
        time.advance(Duration.ofMillis(25));
        assertFired("a", "b");
        time.advance(Duration.ofDays(400));
        assertFired("c");
        assertThat(ticker.scheduled()).isZero();
    }

    @Test
    void firesToTheNanosecondWhenTimeIsMovedByHand() throws Exception {
        Ticker ticker = started(time);
        ticker.schedule(tick("one too early"), time.nanoTime() + 1_000_001);
        ticker.schedule(tick("exact"), time.nanoTime() + 1_000_000);
        time.advance(Duration.ofMillis(1));
        assertFired("exact");
        assertFiredNow(ticker, "marker");
    }

    @Test
    void firesWhatIsOverdueAtOnce() throws Exception {
        Ticker ticker = started(time);
        ticker.schedule(tick("overdue"), time.nanoTime() - Duration.ofHours(1).toNanos());
        assertFired("overdue");
    }

    @Test
    void tellsTheTimeAndFiresOnItsOwnDaemonThread() throws Exception {
        Ticker ticker = started(time);
        LinkedBlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        AtomicLong told = new AtomicLong();
        ticker.schedule(
                new Action(now -> {
                    told.set(now);
                    threads.add(Thread.currentThread());
                }),
                in(5));
        time.advance(Duration.ofMillis(7));
        Thread thread = threads.poll(10, TimeUnit.SECONDS);
        assertThat(thread).isSameAs(ticker.thread());
        assertThat(thread.getName()).isEqualTo("ticker");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(told).hasValue(time.nanoTime());
        assertThat(ticker.now()).isEqualTo(time.now());
    }

    @Test
    void aTickCanRescheduleItselfEvenIntoThePastWithoutStarvingOthers() throws Exception {
        Ticker ticker = started(time);
        AtomicInteger runs = new AtomicInteger();
        Action restless = new Action(now -> runs.incrementAndGet());
        restless.after = tick -> ticker.schedule(tick, time.nanoTime() - 1);
        ticker.schedule(restless, time.nanoTime());
        await().until(() -> runs.get() > 10_000);
        ticker.schedule(tick("other"), in(1));
        time.advance(Duration.ofMillis(1));
        assertFired("other");
        restless.after = tick -> {};
    }

    @Test
    void aTickThatThrowsHurtsNoOther() throws Exception {
        Ticker ticker = started(time);
        ticker.schedule(
                new Action(now -> {
                    throw new AssertionError("on purpose");
                }),
                in(1));
        ticker.schedule(tick("same batch"), in(1));
        ticker.schedule(tick("later"), in(2));
        time.advance(Duration.ofMillis(1));
        assertFired("same batch");
        time.advance(Duration.ofMillis(1));
        assertFired("later");
    }

    @Test
    void aCancelledTickDoesNotFireAndSaysSo() throws Exception {
        Ticker ticker = started(time);
        Tick tick = tick("cancelled");
        assertThat(ticker.cancel(tick)).isFalse();
        ticker.schedule(tick, in(1));
        assertThat(ticker.cancel(tick)).isTrue();
        assertThat(ticker.cancel(tick)).isFalse();
        time.advance(Duration.ofMillis(5));
        assertFiredNow(ticker, "marker");
        assertThat(ticker.cancel(tick)).isFalse();
    }

    @Test
    void reschedulingReplacesTheTimeBefore() throws Exception {
        Ticker ticker = started(time);
        Tick tick = tick("moved");
        ticker.schedule(tick, in(1));
        ticker.schedule(tick, in(10));
        time.advance(Duration.ofMillis(9));
        assertFiredNow(ticker, "marker");
        time.advance(Duration.ofMillis(1));
        assertFired("moved");
        assertThat(fired).isEmpty();
    }

    @Test
    void aTickOfTheBatchInHandCanStillBeCancelledOrPutOff() throws Exception {
        Ticker ticker = started(time);
        Tick cancelled = tick("cancelled");
        Tick putOff = tick("put off");
        List<Boolean> answers = new ArrayList<>();
        Action first = new Action(now -> {
            answers.add(ticker.cancel(cancelled));
            ticker.schedule(putOff, in(10));
        });
        // What it asks of itself while firing comes too late.
        first.after = self -> answers.add(ticker.cancel(self));
        ticker.schedule(first, in(1));
        ticker.schedule(cancelled, in(1));
        ticker.schedule(putOff, in(1));
        time.advance(Duration.ofMillis(1));
        assertFiredNow(ticker, "marker");
        assertThat(answers).containsExactly(true, false);
        time.advance(Duration.ofMillis(10));
        assertFired("put off");
    }

    /** Cancellers race the ticker: each tick either fires or was cancelled, never both, never neither. */
    @Test
    void eitherFiresOrIsCancelledInARace() throws Exception {
        Ticker ticker = started(TimeSource.SYSTEM);
        int rounds = 2_000;
        AtomicInteger firings = new AtomicInteger();
        AtomicInteger cancelled = new AtomicInteger();
        List<Action> ticks = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            ticks.add(new Action(now -> firings.incrementAndGet()));
        }
        for (Action tick : ticks) {
            ticker.schedule(tick, ticker.nanoTime());
            if (ticker.cancel(tick)) {
                cancelled.incrementAndGet();
            }
        }
        CountDownLatch end = new CountDownLatch(1);
        ticker.schedule(new Action(now -> end.countDown()), ticker.nanoTime());
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(firings.get() + cancelled.get()).isEqualTo(rounds);
        assertThat(cancelled).hasPositiveValue();
    }

    @Test
    void isNotWokenByWhatIsNoEarlierThanWhatItSleepsFor() throws Exception {
        Ticker ticker = started(TimeSource.SYSTEM);
        long hour = ticker.nanoTime() + Duration.ofHours(1).toNanos();
        ticker.schedule(tick("in an hour"), hour);
        awaitAsleep(ticker);
        long before = ticker.wakeUps();
        for (int i = 0; i < 10_000; i++) {
            Tick later = tick("later");
            ticker.schedule(later, hour + i * 1_000_000L);
            ticker.cancel(later);
        }
        assertThat(ticker.wakeUps()).isEqualTo(before);
        assertFiredNow(ticker, "marker");
        awaitAsleep(ticker);
        assertThat(ticker.wakeUps()).isEqualTo(before + 1);
    }

    @Test
    void sleepsWithoutAnEndWhenNothingIsScheduled() throws Exception {
        Ticker ticker = started(TimeSource.SYSTEM);
        await().until(() -> ticker.thread().getState() == Thread.State.WAITING);
        assertFiredNow(ticker, "marker");
        await().until(() -> ticker.thread().getState() == Thread.State.WAITING);
        assertThat(ticker.wakeUps()).isEqualTo(1);
    }

    @Test
    void firesManyAtOneWakeUpWithinTheSlack() throws Exception {
        Ticker ticker = ticker(TimeSource.SYSTEM, Duration.ofSeconds(1));
        int count = 1_000;
        long start = ticker.nanoTime();
        CountDownLatch all = new CountDownLatch(count);
        AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);
        for (int i = 0; i < count; i++) {
            long due = start + i * 1_000_000L;
            ticker.schedule(
                    new Action(now -> {
                        earliest.accumulateAndGet(now - due, Math::min);
                        all.countDown();
                    }),
                    due);
        }
        ticker.start();
        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(earliest.get()).isNotNegative();
        // None, if the machine was so busy that all were due when it started.
        assertThat(ticker.wakeUps()).isLessThanOrEqualTo(3);
    }

    @Test
    void looksEverMoreRarelyAtATimeThatStandsStill() throws Exception {
        Ticker ticker = started(time);
        ticker.schedule(tick("soon"), time.nanoTime() + 1);
        AtomicInteger looks = new AtomicInteger();
        await().pollInterval(Duration.ofMillis(100)).until(() -> looks.incrementAndGet() == 5);
        assertThat(ticker.wakeUps()).isLessThan(20);
        time.advance(Duration.ofNanos(1));
        assertFired("soon");
    }

    @Test
    void listensToItsTimeOnlyWhileItRuns() {
        Ticker ticker = started(time);
        assertThat(time.listeners()).isEqualTo(1);
        ticker.stop();
        assertThat(time.listeners()).isZero();
    }

    @Test
    void anInterruptNeitherEndsItNorKeepsItAwake() throws Exception {
        Ticker ticker = started(time);
        ticker.thread().interrupt();
        assertFiredNow(ticker, "marker");
        await().until(() -> ticker.thread().getState() == Thread.State.WAITING);
        assertThat(ticker.wakeUps()).isLessThan(5);
    }

    @Test
    void keepsItsTicksOverStopAndStart() throws Exception {
        Ticker ticker = ticker(time, Ticker.DEFAULT_SLACK);
        ticker.schedule(tick("before the start"), in(1));
        time.advance(Duration.ofMillis(1));
        ticker.start();
        ticker.start();
        assertFired("before the start");
        Thread first = ticker.thread();
        ticker.stop();
        ticker.stop();
        await().until(() -> !first.isAlive());
        assertThat(ticker.thread()).isNull();
        ticker.schedule(tick("while stopped"), in(1));
        time.advance(Duration.ofMillis(1));
        ticker.start();
        assertFired("while stopped");
        time.advance(Duration.ofMillis(1));
        assertThat(ticker.thread()).isNotSameAs(first);
    }

    @Test
    void neverFiresOnTwoThreadsAtOnce() throws Exception {
        Ticker ticker = started(time);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        ticker.schedule(
                new Action(now -> {
                    entered.countDown();
                    awaitUninterruptibly(leave);
                    fired.add("slow");
                }),
                in(0));
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        ticker.stop();
        ticker.start();
        ticker.stop();
        ticker.start();
        ticker.schedule(tick("next"), in(0));
        await().until(() -> ticker.thread().getState() == Thread.State.WAITING);
        assertThat(fired).isEmpty();
        leave.countDown();
        assertFired("slow", "next");
    }

    @Test
    void isNotStartedWhenNoThreadCanBeHad() throws Exception {
        AtomicInteger refusals = new AtomicInteger(1);
        Ticker ticker = new Ticker(
                "ticker",
                time,
                Ticker.DEFAULT_SLACK,
                task -> new Thread(task) {
                    @Override
                    public synchronized void start() {
                        if (refusals.getAndDecrement() > 0) {
                            throw new OutOfMemoryError("unable to create native thread");
                        }
                        super.start();
                    }
                },
                () -> {});
        tickers.add(ticker);
        assertThatThrownBy(ticker::start).isInstanceOf(OutOfMemoryError.class);
        assertThat(ticker.thread()).isNull();
        ticker.schedule(tick("later"), in(0));
        ticker.start();
        assertFired("later");
    }

    @Test
    void refusesASlackOutOfBounds() {
        for (Duration slack : List.of(Duration.ZERO, Duration.ofNanos(999_999), Duration.ofMillis(1_001))) {
            assertThatThrownBy(() -> ticker(time, slack))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Expected a tick slack from 1 ms to 1 s, but was " + slack);
        }
    }

    private Ticker ticker(TimeSource source, Duration slack) {
        Ticker ticker = new Ticker("ticker", source, slack, Thread::new, () -> {});
        tickers.add(ticker);
        return ticker;
    }

    private Ticker started(TimeSource source) {
        Ticker ticker = ticker(source, Ticker.DEFAULT_SLACK);
        ticker.start();
        return ticker;
    }

    private long in(int millis) {
        return time.nanoTime() + millis * 1_000_000L;
    }

    private Tick tick(String name) {
        return new Action(now -> fired.add(name));
    }

    private void assertFired(String... names) throws InterruptedException {
        for (String name : names) {
            assertThat(fired.poll(10, TimeUnit.SECONDS)).isEqualTo(name);
        }
    }

    /** Has one fire now and asserts that nothing did before it: what was due before it would have come first. */
    private void assertFiredNow(Ticker ticker, String marker) throws InterruptedException {
        ticker.schedule(tick(marker), ticker.nanoTime());
        assertFired(marker);
        assertThat(fired).isEmpty();
    }

    /** For good: at two looks, for a wake-up that came before it fell asleep ends its sleep at once. */
    private static void awaitAsleep(Ticker ticker) {
        AtomicLong wakeUps = new AtomicLong(-1);
        await().until(() -> wakeUps.getAndSet(ticker.wakeUps()) == ticker.wakeUps()
                && ticker.thread().getState() == Thread.State.TIMED_WAITING);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Action extends Tick {
        private final LongConsumer action;
        volatile java.util.function.Consumer<Tick> after = self -> {};

        Action(LongConsumer action) {
            this.action = action;
        }

        @Override
        void fire(long nanoTime) {
            action.accept(nanoTime);
            after.accept(this);
        }
    }
}
