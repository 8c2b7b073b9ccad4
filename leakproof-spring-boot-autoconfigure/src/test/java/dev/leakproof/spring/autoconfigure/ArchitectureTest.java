package dev.leakproof.spring.autoconfigure;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.context.annotation.Bean;

/** Which of this module's packages may know which. */
@AnalyzeClasses(packages = "dev.leakproof.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule nothingDependsOnAutoconfigure = noClasses()
            .that()
            .resideOutsideOfPackage("dev.leakproof.spring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.leakproof.spring.autoconfigure..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule annotationKnowsNoOtherRoom = noClasses()
            .that()
            .resideInAPackage("dev.leakproof.spring.annotation..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.leakproof.spring.context..",
                    "dev.leakproof.spring.actuate..",
                    "dev.leakproof.spring.metrics..",
                    "dev.leakproof.spring.propagation..",
                    "dev.leakproof.spring.observation..",
                    "dev.leakproof.spring.web..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule noRoomNeedsTheWebButWeb = noClasses()
            .that()
            .resideOutsideOfPackages("dev.leakproof.spring.web..", "dev.leakproof.spring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework.web..", "org.springframework.http..", "jakarta.servlet..");

    @ArchTest
    static final ArchRule noRoomNeedsContextPropagationButPropagation = noClasses()
            .that()
            .resideOutsideOfPackage("dev.leakproof.spring.propagation..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer.context..");

    @ArchTest
    static final ArchRule noRoomNeedsActuatorOrMicrometerButThoseForIt = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "dev.leakproof.spring.actuate..",
                    "dev.leakproof.spring.metrics..",
                    "dev.leakproof.spring.propagation..",
                    "dev.leakproof.spring.observation..",
                    "dev.leakproof.spring.autoconfigure..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.springframework.boot.actuate..", "org.springframework.boot.health..", "io.micrometer..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule noPackageCycles =
            slices().matching("dev.leakproof.(**)").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule autoConfigurationsArePublicAndFinal = classes()
            .that()
            .areAnnotatedWith(AutoConfiguration.class)
            .should()
            .bePublic()
            .andShould()
            .haveModifier(JavaModifier.FINAL);

    @ArchTest
    static final ArchRule beanMethodsArePackagePrivate =
            methods().that().areAnnotatedWith(Bean.class).should().bePackagePrivate();

    @ArchTest
    static void oneClassKnowsBothThingsCalledManagedWorker(JavaClasses classes) {
        assertThat(classes.that(describe(
                        "mention both",
                        type -> mentions(type, dev.leakproof.ManagedWorker.class)
                                && mentions(type, dev.leakproof.spring.annotation.ManagedWorker.class))))
                .extracting(JavaClass::getSimpleName)
                .containsExactly("WorkerFactory");
    }

    private static boolean mentions(JavaClass type, Class<?> mentioned) {
        return type.getDirectDependenciesFromSelf().stream()
                .anyMatch(dependency -> dependency.getTargetClass().isEquivalentTo(mentioned));
    }
}
