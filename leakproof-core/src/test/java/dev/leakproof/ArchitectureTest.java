package dev.leakproof;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

@AnalyzeClasses(packages = "dev.leakproof", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule noSpring = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule cacheAndCensusDoNotKnowEachOther = slices().assignedFrom(packages("dev.leakproof."))
            .should()
            .notDependOnEachOther()
            .allowEmptyShould(true);

    /** Not {@code matching("dev.leakproof.(**)")}: that leaves out the root package, where most of the classes are. */
    @ArchTest
    static final ArchRule noPackageCycles = slices().assignedFrom(packages("dev.leakproof"))
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true);

    /** Each package whose name begins so is a slice. */
    private static SliceAssignment packages(String prefix) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().startsWith(prefix)
                        ? SliceIdentifier.of(type.getPackageName())
                        : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages " + prefix + "*";
            }
        };
    }
}
