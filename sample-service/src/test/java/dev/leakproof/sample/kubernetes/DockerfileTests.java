package dev.leakproof.sample.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be told of the image without building it; {@link DockerfileIT} goes through its steps. */
class DockerfileTests {

    private Dockerfile dockerfile;

    @BeforeEach
    void read() throws IOException {
        dockerfile = Dockerfile.read();
    }

    @Test
    void javaItselfIsProcess1() {
        assertThat(dockerfile.lastOf("ENTRYPOINT").exec()).startsWith("java").endsWith("-jar", "sample-service.jar");
        assertThat(dockerfile.instructions())
                .extracting(Dockerfile.Instruction::keyword)
                .as("arguments would come from it, and a shell from its shell form")
                .doesNotContain("CMD", "SHELL");
    }

    @Test
    void aShellFormIsNoExecForm() {
        Dockerfile other = Dockerfile.parse("FROM scratch\nENTRYPOINT java -jar sample-service.jar\n");

        assertThatThrownBy(() -> other.lastOf("ENTRYPOINT").exec()).hasMessageContaining("shell form");
    }

    @Test
    void theUserIsANumberThatIsNotRoot() {
        // Kubernetes can tell of a number, not of a name, that it is not root.
        assertThat(dockerfile.last("USER")).matches("[1-9]\\d*:[1-9]\\d*");
    }

    @Test
    void whatChangesSeldomIsCopiedFirst() {
        assertThat(dockerfile.instructions().stream()
                        .filter(instruction -> instruction.arguments().startsWith("--from=layers"))
                        .map(instruction -> instruction.words().get(1)))
                .containsExactly(
                        "/build/extracted/dependencies/",
                        "/build/extracted/spring-boot-loader/",
                        "/build/extracted/snapshot-dependencies/",
                        "/build/extracted/application/");
    }

    @Test
    void itFitsTheDeployment() throws IOException {
        Container container = Manifests.read("deployment.yaml", Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0);

        assertThat(dockerfile.lastOf("EXPOSE").words())
                .containsExactlyElementsOf(container.getPorts().stream()
                        .map(ContainerPort::getContainerPort)
                        .map(String::valueOf)
                        .toList());
        assertThat(Files.readString(Path.of("Dockerfile"))).contains("docker build -t " + container.getImage() + " ");
        assertThat(List.of(container.getCommand(), container.getArgs()))
                .as("the entrypoint is the image's")
                .allMatch(List::isEmpty);
    }
}
