package dev.leakproof.spring.context;

import dev.leakproof.Owner;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;

/**
 * Has the stop rehearsed once the application has started: before its runners, as one of them may go on for as long as the
 * application does.
 */
public final class RehearsalOnStart implements ApplicationListener<ApplicationStartedEvent> {

    private final ApplicationContext context;
    private final Owner root;

    /** Waits for the start of {@code context}, whose tree is below {@code root}. */
    public RehearsalOnStart(ApplicationContext context, Owner root) {
        this.context = context;
        this.root = root;
    }

    /** Returns at once. A child context's event comes here too. */
    @Override
    public void onApplicationEvent(ApplicationStartedEvent event) {
        if (event.getApplicationContext() == context) {
            root.rehearseStop();
        }
    }
}
