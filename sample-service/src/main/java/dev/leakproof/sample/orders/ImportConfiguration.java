package dev.leakproof.sample.orders;

import dev.leakproof.StopMode;
import dev.leakproof.WorkerContext;
import dev.leakproof.WorkerPool;
import dev.leakproof.cache.EvictingCache;
import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Imports wait in a bounded queue. A stop has all that were accepted done: keep them to what fits into its time. */
@Configuration(proxyBeanMethods = false)
class ImportConfiguration {

    @Bean
    WorkerPool<OrderImport> imports(ImportProperties properties, OrderCsv csv, OrderIntake intake) {
        return WorkerPool.<OrderImport>named("imports")
                .workers(properties.workers())
                .capacity(properties.capacity())
                .stopMode(StopMode.DRAIN)
                .process((ctx, job) -> run(ctx, job, csv, intake));
    }

    /** Where the progress of an import is looked up, a while after its end too. */
    @Bean
    EvictingCache<String, OrderImport> importProgress() {
        return EvictingCache.<String, OrderImport>named("import-progress")
                .expireAfterWrite(Duration.ofHours(1))
                .maximumSize(1_000)
                .build();
    }

    private static void run(WorkerContext ctx, OrderImport job, OrderCsv csv, OrderIntake intake) {
        List<String> lines = job.lines();
        OrderImport.State end = OrderImport.State.CUT_SHORT;
        job.is(OrderImport.State.RUNNING);
        try {
            for (int i = 0; i < lines.size(); i++) {
                ctx.throwIfCancelled();
                try {
                    intake.accept(csv.read(lines.get(i)));
                } catch (IllegalArgumentException e) {
                    job.bad(i, String.valueOf(e.getMessage()));
                } catch (OrderConflictException e) {
                    job.bad(i, String.valueOf(e.getBody().getDetail()));
                }
                job.done(i + 1);
                ctx.progress(i + 1, lines.size());
            }
            end = OrderImport.State.DONE;
        } finally {
            job.is(end);
        }
    }
}
