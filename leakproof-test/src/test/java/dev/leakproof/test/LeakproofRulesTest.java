package dev.leakproof.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import dev.leakproof.WorkerContext;
import java.util.List;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LeakproofRulesTest {

    static class MakesThread {
        Thread make() {
            return new Thread(() -> {});
        }
    }

    static class MakesThreadByReference {
        Function<Runnable, Thread> maker() {
            return Thread::new;
        }
    }

    static class IsThread extends Thread {}

    static class MakesTimer {
        Timer make() {
            return new Timer(true);
        }
    }

    static class MakesExecutor {
        ExecutorService make() {
            return Executors.newCachedThreadPool();
        }
    }

    static class MakesPool {
        ExecutorService make() {
            return new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        }
    }

    static class MakesForkJoinPool {
        Supplier<ExecutorService> maker() {
            return ForkJoinPool::new;
        }
    }

    static class UsesCommonPool {
        CompletableFuture<Void> use() {
            return CompletableFuture.runAsync(() -> {}).thenRunAsync(() -> {}, Runnable::run);
        }
    }

    static class StoresContext {
        WorkerContext context;
    }

    static class StoresContexts {
        List<? extends WorkerContext> contexts;
    }

    static class StoresGroup {
        TaskGroup<String> group;
    }

    static class Innocent {
        Object work(WorkerContext ctx, Owner owner, ExecutorService given) throws Exception {
            Thread.currentThread().setName("mine");
            CompletableFuture.runAsync(() -> {}, given).thenRun(() -> {});
            return new Object() {
                @Override
                public String toString() {
                    return ctx.path();
                }
            };
        }
    }

    @Test
    void sayWhatIsWrongAndWhatToWriteInstead() {
        assertBroken(LeakproofRules.NO_THREADS, MakesThread.class, "ManagedWorker.named");
        assertBroken(LeakproofRules.NO_THREADS, MakesThreadByReference.class, "ManagedWorker.named");
        assertBroken(LeakproofRules.NO_THREADS, IsThread.class, "ManagedWorker.named");
        assertBroken(LeakproofRules.NO_TIMERS, MakesTimer.class, "Heartbeat.named");
        assertBroken(LeakproofRules.NO_EXECUTORS, MakesExecutor.class, "WorkerPool");
        assertBroken(LeakproofRules.NO_EXECUTORS, MakesPool.class, "WorkerPool");
        assertBroken(LeakproofRules.NO_EXECUTORS, MakesForkJoinPool.class, "WorkerPool");
        assertBroken(LeakproofRules.NO_ASYNC_WITHOUT_EXECUTOR, UsesCommonPool.class, "TaskGroup");
        assertBroken(LeakproofRules.NO_STORED_CONTEXT, StoresContext.class, "first parameter");
        assertBroken(LeakproofRules.NO_STORED_CONTEXT, StoresContexts.class, "first parameter");
        assertBroken(LeakproofRules.NO_STORED_GROUP, StoresGroup.class, "try (TaskGroup");
    }

    @Test
    void leaveTheInnocentAlone() throws ClassNotFoundException {
        JavaClasses innocent =
                new ClassFileImporter().importClasses(Innocent.class, Class.forName(Innocent.class.getName() + "$1"));
        assertThatCode(() -> LeakproofRules.ALL.check(innocent)).doesNotThrowAnyException();
        assertThatCode(() -> LeakproofRules.ALL.check(new ClassFileImporter().importClasses()))
                .doesNotThrowAnyException();
    }

    private static void assertBroken(ArchRule rule, Class<?> by, String advice) {
        JavaClasses classes = new ClassFileImporter().importClasses(by);
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> rule.check(classes))
                .withMessageContaining(advice)
                .withMessageContaining(by.getSimpleName());
        assertThat(LeakproofRules.ALL.evaluate(classes).hasViolation()).isTrue();
    }
}
