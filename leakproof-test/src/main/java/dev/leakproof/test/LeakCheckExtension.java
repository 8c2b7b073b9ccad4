package dev.leakproof.test;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * The leak check of JUnit Jupiter. It registers itself; {@link LeakCheck} tells it what to do.
 *
 * <p>Everything it does hangs in JUnit's stores. What is in a store is closed in reverse order, and what that throws
 * fails the test, the class, or the run that the store is of. So each check is begun as early as there is a callback
 * for it, and judges after everybody else's.
 */
public final class LeakCheckExtension
        implements ExecutionCondition, BeforeAllCallback, TestInstancePreConstructCallback, BeforeEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(LeakCheckExtension.class);

    /** Made by JUnit. */
    public LeakCheckExtension() {}

    /** Disables nothing; no other callback comes earlier. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Session session = Session.of(context);
        if (session.config().enabled()) {
            context.getRoot().getStore(NAMESPACE).computeIfAbsent(SuiteGate.class, key -> new SuiteGate(session));
        }
        return ConditionEvaluationResult.enabled("leaks are looked for, whatever runs");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        begin(context);
    }

    /** Has {@link #preConstructTestInstance} given the context of the test rather than that of its class. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void preConstructTestInstance(TestInstanceFactoryContext factoryContext, ExtensionContext context) {
        begin(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        begin(context);
    }

    /** Once for each test and each class; a store also finds what is in those above it, hence the id. */
    private static void begin(ExtensionContext context) {
        Session session = Session.of(context);
        if (session.config().enabled()) {
            Store store = context.getStore(NAMESPACE);
            store.computeIfAbsent(context.getUniqueId(), id -> Check.begin(context, session));
        }
    }
}
