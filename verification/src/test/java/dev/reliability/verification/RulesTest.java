package dev.reliability.verification;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules, on the real modules. */
class RulesTest {

  @Test
  void theRulesLookAtSomething() {
    assertThat(Classes.MAIN.contain("dev.reliability.core.runtime.ReliabilityRuntime")).isTrue();
  }

  @Test
  void modulesUseOnlyThoseUnderThem() {
    Floors.modules(Classes.ROOT).check(Classes.MAIN);
  }

  @Test
  void packagesOfCoreUseOnlyThoseUnderThem() {
    Floors.core(Classes.ROOT + ".core").check(Classes.MAIN);
  }

  @Test
  void noPackagesNeedEachOther() {
    Floors.noCycles(Classes.ROOT).check(Classes.MAIN);
  }

  static Stream<String> published() {
    return Floors.FOREIGN.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("published")
  void modulesUseOnlyWhatTheyDeclare(String module) {
    // A module may be empty while it is being built.
    Floors.foreign(Classes.ROOT, module).allowEmptyShould(true).check(Classes.MAIN);
  }

  @ParameterizedTest
  @MethodSource("published")
  void usersSeeNoTypeOfGuavaOrJackson(String module) {
    Signatures.withoutOthersTypes(Classes.ROOT + "." + module)
        .allowEmptyShould(true)
        .check(Classes.MAIN);
  }

  @ParameterizedTest
  @MethodSource("published")
  void whatIsForAModuleAloneIsNotExported(String module) throws IOException {
    try (InputStream in =
        Files.newInputStream(
            Path.of(
                "..", "reliability-" + directory(module), "target/classes/module-info.class"))) {
      assertThat(ModuleDescriptor.read(in).exports())
          .extracting(ModuleDescriptor.Exports::source)
          .doesNotContain(Classes.ROOT + "." + module + "." + Signatures.NOT_EXPORTED);
    }
  }

  private static String directory(String module) {
    return module.equals("testkit") ? "test-kit" : module;
  }

  @Test
  void timeAndChanceComeThroughOneDoor() {
    OneDoorToTime.rule(Classes.ROOT + ".core.runtime..").check(Classes.MAIN);
  }

  @ParameterizedTest
  @MethodSource("published")
  void everyPackageSaysThatNothingIsNullUnlessMarked(String module) {
    JavaClasses classes =
        Classes.MAIN.that(
            DescribedPredicate.describe(
                "in " + module,
                type ->
                    (type.getPackageName() + ".").startsWith(Classes.ROOT + "." + module + ".")));
    assertThat(classes.stream().map(type -> type.getPackage()).distinct())
        .allSatisfy(
            (JavaPackage found) ->
                assertThat(found.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                    .as("@NullMarked on %s", found.getName())
                    .isTrue());
  }
}
