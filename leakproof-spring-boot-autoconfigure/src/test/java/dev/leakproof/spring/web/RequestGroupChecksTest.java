package dev.leakproof.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.leakproof.Owner;
import dev.leakproof.TaskGroup;
import dev.leakproof.spring.autoconfigure.LeakproofAutoConfiguration;
import dev.leakproof.spring.autoconfigure.ReactiveGroupAutoConfiguration;
import dev.leakproof.spring.autoconfigure.RequestGroupAutoConfiguration;
import dev.leakproof.spring.context.InvalidWorkerException;
import java.lang.reflect.Method;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Arguments that cannot be opened: said at startup, with what to write instead. */
class RequestGroupChecksTest {

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    LeakproofAutoConfiguration.class,
                    RequestGroupAutoConfiguration.class,
                    WebMvcAutoConfiguration.class));

    private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(LeakproofAutoConfiguration.class, ReactiveGroupAutoConfiguration.class))
            .withUserConfiguration(WebFlux.class)
            .withPropertyValues("leakproof.keep-alive=false");

    private void assertRefused(Class<?> controller, String message, String action) {
        runner.withUserConfiguration(controller)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOfSatisfying(InvalidWorkerException.class, e -> {
                            assertThat(e)
                                    .hasMessageStartingWith(
                                            "The TaskGroup argument of " + controller.getName() + ".quotes ")
                                    .hasMessageContaining(message);
                            assertThat(e.getAction()).contains(action);
                        }));
    }

    @Test
    void deadlineThatIsNoneIsRefused() {
        assertRefused(
                NoDuration.class, "has deadline = \"soon\", which is not a duration", "Write it as 300ms, 2s or PT2S.");
        assertRefused(Zero.class, "has deadline = \"0s\", which is not longer than zero.", "Write it as 300ms");
        assertRefused(Unresolved.class, "has deadline = \"${no.such.property}\"", "Write it as 300ms");
    }

    @Test
    void limitThatIsNoneIsRefused() {
        assertRefused(NoLimit.class, "has limit = -1, which is negative.", "Write a number such as 8");
    }

    @Test
    void propertyThatMakesNoSenseFailsStartup() {
        runner.withPropertyValues("leakproof.web.deadline=0s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("leakproof.web.deadline must be longer than zero")
                        .hasMessageContaining("write for instance 30s"));
    }

    @Test
    void configurationThatAsksNoConfigurerIsRefusedOnlyIfThereIsSuchAnArgument() {
        WebApplicationContextRunner own = runner.withUserConfiguration(OwnSupport.class);
        own.run(context -> assertThat(context).hasNotFailed());
        own.withUserConfiguration(Fine.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidWorkerException.class)
                        .hasMessageContaining("configures Spring MVC by itself"));
    }

    @Test
    void ownerIsMadeWithTheFirstGroupOnly() {
        runner.withUserConfiguration(Fine.class).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(RequestGroupConfigurer.class);
            assertThat(context.getBean("leakproofRoot", Owner.class).find("app/web"))
                    .isEmpty();
        });
    }

    @Test
    void thereIsNoneWithoutSpringMvc() {
        runner.withClassLoader(new FilteredClassLoader(WebMvcConfigurer.class))
                .run(context -> assertThat(context).doesNotHaveBean("leakproofRequestGroups"));
    }

    @Test
    void webFluxRefusesTheArgumentAtStartup() {
        reactive.run(context -> assertThat(context).hasNotFailed());
        reactive.withUserConfiguration(Fine.class)
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOfSatisfying(InvalidWorkerException.class, e -> {
                            assertThat(e)
                                    .hasMessageContaining("cannot be opened under WebFlux: one thread owns a group");
                            assertThat(e.getAction()).contains("boundedElastic", "Spring MVC");
                        }));
    }

    @Test
    void groupThatNobodyWouldCloseIsNotOpened() throws Exception {
        try (Owner root = Owner.root("app")) {
            TaskGroupArgumentResolver resolver =
                    new TaskGroupArgumentResolver(root, "web", Duration.ofSeconds(1), text -> text);
            Method method = Fine.class.getDeclaredMethod("quotes", TaskGroup.class);
            assertThatIllegalStateException()
                    .isThrownBy(() -> resolver.resolveArgument(
                            new MethodParameter(method, 0),
                            null,
                            new ServletWebRequest(new MockHttpServletRequest()),
                            null))
                    .withMessageContaining("nobody would close it");
            assertThat(root.snapshot().all()).hasSize(1);
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // that is the matter
    void groupOpenedTooLateIsClosedAtOnceAndCompletionTwiceDoesNothing() {
        try (Owner root = Owner.root("app")) {
            MockHttpServletRequest request = new MockHttpServletRequest();
            RequestGroups.enter(request);
            RequestGroups groups = RequestGroups.of(request);
            RequestGroups.leave(request, false);
            RequestGroups.leave(request, false);
            TaskGroup<?> late = TaskGroup.in(root, "late").open();
            groups.add(late, new ServletWebRequest(request));
            assertThat(late.isCancelled()).isTrue();
            RequestGroups.enter(request);
            assertThat(RequestGroups.of(request)).isNotSameAs(groups);
        }
    }

    @Test
    @SuppressWarnings("MustBeClosedChecker") // that is the matter
    void nestedDispatchClosesNothing() {
        try (Owner root = Owner.root("app")) {
            MockHttpServletRequest request = new MockHttpServletRequest();
            RequestGroups.enter(request);
            TaskGroup<?> group = TaskGroup.in(root, "group").open();
            RequestGroups.of(request).add(group, new ServletWebRequest(request));
            RequestGroups.enter(request);
            RequestGroups.leave(request, false);
            assertThat(group.isCancelled()).isFalse();
            RequestGroups.leave(request, false);
            assertThat(group.isCancelled()).isTrue();
        }
    }

    @RestController
    static class Fine {
        @GetMapping("/quotes")
        String quotes(TaskGroup<String> group) {
            return "";
        }
    }

    @RestController
    static class NoDuration {
        @GetMapping("/quotes")
        String quotes(@RequestGroup(deadline = "soon") TaskGroup<String> group) {
            return "";
        }
    }

    @RestController
    static class Zero {
        @GetMapping("/quotes")
        String quotes(@RequestGroup(deadline = "0s") TaskGroup<String> group) {
            return "";
        }
    }

    @RestController
    static class Unresolved {
        @GetMapping("/quotes")
        String quotes(@RequestGroup(deadline = "${no.such.property}") TaskGroup<String> group) {
            return "";
        }
    }

    @RestController
    static class NoLimit {
        @GetMapping("/quotes")
        String quotes(@RequestGroup(limit = -1) TaskGroup<String> group) {
            return "";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnSupport extends WebMvcConfigurationSupport {}

    @Configuration(proxyBeanMethods = false)
    @EnableWebFlux
    static class WebFlux {}
}
