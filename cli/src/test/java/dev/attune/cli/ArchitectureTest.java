package dev.attune.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Collection;

/// The arrows and invariants of ARCHITECTURE.md, over the compiled classes of every module that
/// `cli` can see. [HouseRulesTest] reads the sources and POMs of all of them.
class ArchitectureTest {
    private static final JavaClasses ALL =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.attune");

    private static final String[] OUTER = {
        "dev.attune.cli", "dev.attune.bench", "dev.attune.testkit"
    };

    /// A program of its own that is not shipped as a command: it prints how far it is.
    private static final String STARTER_MAKER = "dev.attune.starter.Maker";

    @Test
    void everyModuleOnTheClassPathIsSeen() {
        assertThat(ALL.stream().map(type -> type.getPackageName()))
                .contains("dev.attune.base", "dev.attune.tensor", "dev.attune.cli");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void importsOnlyWhatTheTableAllows(String module) {
        var forbidden =
                Arrows.forbidden(module).stream()
                        .map(m -> "dev.attune." + m + "..")
                        .toArray(String[]::new);
        noClasses()
                .that(resideInAPackage("dev.attune." + module + ".."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(forbidden))
                .allowEmptyShould(true)
                .check(ALL);
    }

    @Test
    void libtorchIsBehindOneDoor() {
        noClasses()
                .that(
                        resideOutsideOfPackages(
                                "dev.attune.tensor", "dev.attune.bench", "dev.attune.testkit"))
                .should()
                .dependOnClassesThat(resideInAPackage("org.bytedeco.."))
                .check(ALL);
    }

    @Test
    void aModuleIsOnePackage() {
        var packages =
                Arrows.ALLOWED.keySet().stream().map(m -> "dev.attune." + m).toArray(String[]::new);
        classes().should().resideInAnyPackage(packages).check(ALL);
    }

    @Test
    void onlyTheCommandSeesTheProcess() {
        noClasses()
                .that(resideOutsideOfPackages(OUTER))
                .and()
                // A program of its own, which no other starts.
                .doNotHaveFullyQualifiedName("dev.attune.starter.Maker")
                .and()
                .doNotHaveFullyQualifiedName(STARTER_MAKER)
                .should(Rules.touchTheProcess())
                .check(ALL);
    }

    @Test
    void noStateIsStaticAndMutable() {
        fields().that().areStatic().should().beFinal().allowEmptyShould(true).check(ALL);
    }

    @Test
    void namesSayWhatAThingIs() {
        classes().should(Rules.haveATellingName()).check(ALL);
    }

    @Test
    void noMethodIsCalledGetUnlessALibraryNamedIt() {
        methods().should(Rules.notStartWithGet()).check(ALL);
    }

    private static Collection<String> modules() {
        return Arrows.ALLOWED.keySet();
    }
}
