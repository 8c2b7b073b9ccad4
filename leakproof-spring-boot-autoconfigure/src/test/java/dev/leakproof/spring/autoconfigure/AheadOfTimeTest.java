package dev.leakproof.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leakproof.NodeSnapshot;
import dev.leakproof.Owner;
import dev.leakproof.cache.EvictingCache;
import dev.leakproof.spring.annotation.ManagedWorker;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Processes an application ahead of time, compiles what comes of it, and runs that. */
@Tag("slow")
class AheadOfTimeTest {

    @TempDir
    private Path home;

    @Test
    void whatPropertiesAndAnnotationsDeclareIsThereToo() throws Exception {
        String initializer = process();
        compile();
        try (URLClassLoader loader = new URLClassLoader(urls(), ClassLoader.getPlatformClassLoader())) {
            Method run = loader.loadClass(AheadOfTimeTest.class.getName()).getDeclaredMethod("run", String.class);
            run.setAccessible(true);
            Thread thread = Thread.currentThread();
            ClassLoader own = thread.getContextClassLoader();
            thread.setContextClassLoader(loader);
            try {
                assertThat(run.invoke(null, initializer))
                        .asString()
                        .contains(
                                "app/relay/work every 7m", "app/peer every 10s", "app/quotes", "app/leakproof/history");
            } finally {
                thread.setContextClassLoader(own);
            }
        }
    }

    private String process() {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(Application.class);
        declare(context.getEnvironment());
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(org.springframework.javapoet.ClassName.get(Application.class)),
                new FileSystemGeneratedFiles(this::directory));
        String initializer = new ApplicationContextAotGenerator()
                .processAheadOfTime(context, generation)
                .canonicalName();
        generation.writeGeneratedContent();
        return initializer;
    }

    private Path directory(Kind kind) {
        return home.resolve(kind == Kind.SOURCE ? "sources" : "classes");
    }

    private void compile() throws IOException {
        List<String> options =
                List.of("-proc:none", "-nowarn", "-d", directory(Kind.CLASS).toString(), "-classpath", classPath());
        try (Stream<Path> sources = Files.walk(directory(Kind.SOURCE))) {
            String[] arguments = Stream.concat(
                            options.stream(), sources.map(Path::toString).filter(path -> path.endsWith(".java")))
                    .toArray(String[]::new);
            assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments))
                    .isZero();
        }
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    /** Everything, for what was generated reaches into packages, and a package has one class loader. */
    private URL[] urls() {
        return Stream.concat(
                        Stream.of(directory(Kind.CLASS).toString()),
                        Arrays.stream(classPath().split(File.pathSeparator)))
                .map(AheadOfTimeTest::url)
                .toArray(URL[]::new);
    }

    private static URL url(String path) {
        try {
            return Path.of(path).toUri().toURL();
        } catch (MalformedURLException ex) {
            throw new IllegalArgumentException(ex);
        }
    }

    /** Called in a class loader of its own. */
    static String run(String initializer) throws ReflectiveOperationException {
        System.setProperty("spring.aot.enabled", "true");
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            declare(context.getEnvironment());
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("later", Map.of("leakproof.workers.relay.work.every", "7m")));
            initializer(initializer).initialize(context);
            context.refresh();
            assertThat(context.getBean("quotes", EvictingCache.class)).isNotNull();
            return context.getBean("leakproofRoot", Owner.class)
                    .snapshot()
                    .all()
                    .map((NodeSnapshot node) -> node.path() + " " + node.schedule())
                    .toList()
                    .toString();
        } finally {
            System.clearProperty("spring.aot.enabled");
        }
    }

    @SuppressWarnings("unchecked")
    private static ApplicationContextInitializer<GenericApplicationContext> initializer(String name)
            throws ReflectiveOperationException {
        return (ApplicationContextInitializer<GenericApplicationContext>)
                Class.forName(name).getDeclaredConstructor().newInstance();
    }

    /** A port on which nobody listens: the pings fail, which does no harm here. */
    private static void declare(ConfigurableEnvironment environment) {
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "test",
                        Map.of(
                                "leakproof.heartbeats.peer.url", "http://localhost:9/",
                                "leakproof.caches.quotes.maximum-size", "5",
                                "leakproof.cache-manager.enabled", "true")));
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        LeakproofAutoConfiguration.class,
        DeclaredBeansAutoConfiguration.class,
        OwnBeansAutoConfiguration.class,
        LeakproofCacheAutoConfiguration.class
    })
    static class Application {
        @Bean
        Relay relay() {
            return new Relay();
        }
    }

    static class Relay {
        @ManagedWorker(every = "1h")
        void work() {}
    }
}
