package dev.leakproof.spring.ways;

import static dev.leakproof.spring.ways.Applications.assertAllStopped;
import static dev.leakproof.spring.ways.Applications.root;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.NodeState;
import dev.leakproof.Owner;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContextManager;

/** Spring's test framework keeps contexts for later test classes, and pauses those that are not in use. */
class ContextCachingTest {

    @Test
    void theWorkersOfAContextThatIsNotInUseDoNotRun() throws Exception {
        TestContextManager first = new TestContextManager(First.class);
        ApplicationContext one = begin(first, new First());
        Owner ones = root(one);
        assertThat(ones.state()).isEqualTo(NodeState.RUNNING);
        first.afterTestClass();

        TestContextManager second = new TestContextManager(Second.class);
        Owner others = root(begin(second, new Second()));
        assertThat(others).isNotSameAs(ones);
        assertThat(others.state()).isEqualTo(NodeState.RUNNING);
        assertAllStopped(ones);
        second.afterTestClass();

        TestContextManager again = new TestContextManager(First.class);
        assertThat(begin(again, new First())).isSameAs(one);
        assertThat(ones.state()).isEqualTo(NodeState.RUNNING);
        assertThat(ones.snapshot().starts()).isEqualTo(2);
        assertAllStopped(others);
        assertThat(one.getBean(AllKinds.class).mostAtOnce.get()).isLessThanOrEqualTo(1);
        again.afterTestClass();

        again.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
        second.getTestContext().markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
        assertAllStopped(ones);
        assertAllStopped(others);
    }

    private static ApplicationContext begin(TestContextManager manager, Object test) throws Exception {
        manager.beforeTestClass();
        manager.prepareTestInstance(test);
        return manager.getTestContext().getApplicationContext();
    }

    @SpringBootTest(classes = AllKinds.class, webEnvironment = WebEnvironment.NONE)
    static class First {}

    @SpringBootTest(classes = AllKinds.class, webEnvironment = WebEnvironment.NONE, properties = "leakproof.name=other")
    static class Second {}
}
