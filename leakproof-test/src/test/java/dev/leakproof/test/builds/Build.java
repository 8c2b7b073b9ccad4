package dev.leakproof.test.builds;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A real Maven build, offline, whose Surefire runs some of the fixtures here.
 *
 * @param succeeded whether the build did
 * @param output what it printed
 */
record Build(boolean succeeded, String output) {

    private static final String POM = """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
              <modelVersion>4.0.0</modelVersion>
              <groupId>fixture</groupId>
              <artifactId>fixture</artifactId>
              <version>1</version>
              <dependencies>
                <dependency>
                  <groupId>org.junit.jupiter</groupId>
                  <artifactId>junit-jupiter</artifactId>
                  <version>%s</version>
                  <scope>test</scope>
                </dependency>
              </dependencies>
              <build>
                <plugins>
                  <plugin>
                    <groupId>org.apache.maven.plugins</groupId>
                    <artifactId>maven-surefire-plugin</artifactId>
                    <version>%s</version>
                    <configuration>
                      <testClassesDirectory>%s</testClassesDirectory>
                      <trimStackTrace>false</trimStackTrace>
                      <additionalClasspathElements>%s</additionalClasspathElements>
                      <systemPropertyVariables>
                        <leakproof.leakcheck.grace>200ms</leakproof.leakcheck.grace>
                        %s
                      </systemPropertyVariables>
                    </configuration>
                  </plugin>
                </plugins>
              </build>
            </project>
            """;

    private static final Pattern API = Pattern.compile("junit-jupiter-api-([^/]+)\\.jar");

    /**
     * @param directory where it is built
     * @param properties of the tests' JVM
     * @param arguments for Maven
     * @param fixtures the classes of tests to run
     */
    static Build of(Path directory, Map<String, String> properties, List<String> arguments, Class<?>... fixtures)
            throws IOException, InterruptedException {
        List<String> classPath =
                List.of(System.getProperty("java.class.path").split(System.getProperty("path.separator")));
        String own = classPath.stream()
                .filter(entry -> entry.replace('\\', '/').replaceAll("/$", "").endsWith("test-classes"))
                .findFirst()
                .orElseThrow();
        Files.writeString(
                directory.resolve("pom.xml"),
                POM.formatted(
                        jupiterVersion(classPath),
                        System.getProperty("build.surefire.version"),
                        own,
                        classPath.stream()
                                .filter(entry -> !entry.equals(own) && !entry.contains("junit"))
                                .map(entry -> "<additionalClasspathElement>" + entry + "</additionalClasspathElement>")
                                .collect(Collectors.joining()),
                        properties.entrySet().stream()
                                .map(property -> "<%1$s>%2$s</%1$s>".formatted(property.getKey(), property.getValue()))
                                .collect(Collectors.joining())));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("build.maven.home"), "bin", "mvn").toString(),
                "-B",
                "-o",
                "-Dstyle.color=never",
                "-Dmaven.repo.local=" + System.getProperty("build.repository"),
                "-Dtest=" + Arrays.stream(fixtures).map(Class::getSimpleName).collect(Collectors.joining(","))));
        command.addAll(arguments);
        command.add("surefire:test");
        Path output = directory.resolve("output.txt");
        ProcessBuilder maven = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
        maven.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1");
        Process process = maven.start();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return new Build(process.exitValue() == 0, Files.readString(output));
    }

    private static String jupiterVersion(List<String> classPath) {
        return classPath.stream()
                .map(API::matcher)
                .filter(Matcher::find)
                .map(jar -> jar.group(1))
                .findFirst()
                .orElseThrow();
    }
}
