package dev.leakproof;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the runs of one tree observed. Costs one read of a list where nobody does. */
final class Observers {

    private static final Logger log = LoggerFactory.getLogger(RunObserver.class);

    private final List<RunObserver> observers = new CopyOnWriteArrayList<>();

    Registration add(RunObserver observer) {
        observers.add(observer);
        return () -> observers.remove(observer);
    }

    /** On the thread of the run. What is returned throws nothing. */
    RunObserver.Observed begun(Run run, ManagedWorker worker) {
        if (observers.isEmpty()) {
            return RunObserver.Observed.NOTHING;
        }
        Deque<RunObserver.Observed> begun = new ArrayDeque<>(1);
        for (RunObserver observer : observers) {
            try {
                begun.push(observer.begun(worker, run));
            } catch (Throwable e) {
                log.warn("The observer {} failed as a run of {} began", observer, worker, e);
            }
        }
        return failure -> begun.forEach(observed -> end(observed, worker, failure));
    }

    private static void end(RunObserver.Observed observed, ManagedWorker worker, @Nullable Throwable failure) {
        try {
            observed.ended(failure);
        } catch (Throwable e) {
            log.warn("The observer {} failed as a run of {} ended", observed, worker, e);
        }
    }
}
