package dev.reliability.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import dev.reliability.verification.sample.outside.Impatient;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule, on samples that break it: a rule that finds nothing here finds nothing anywhere. */
class RulesBiteTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "core.CoreUsesJournal",
        "journal.JournalUsesContainer",
        "testkit.TestKitUsesJournal",
        "container.ContainerUsesTestKit",
        "examples.ExampleUsesTestKit",
        "stray.InNoModule"
      })
  void modules(String culprit) {
    assertFinds(Floors.modules(Classes.sampleRoot("modules")), "modules", culprit);
  }

  @Test
  void modulesMayUseThoseUnderThem() {
    assertThat(findings(Floors.modules(Classes.sampleRoot("modules")), "modules"))
        .noneMatch(finding -> finding.contains("JournalUsesCore"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"runtime.RuntimeUsesEvent", "event.EventUsesIncident", "stray.OnNoFloor"})
  void floorsOfCore(String culprit) {
    assertFinds(Floors.core(Classes.sampleRoot("core")), "core", culprit);
  }

  @Test
  void packagesOfCoreMayUseThoseUnderThem() {
    assertThat(findings(Floors.core(Classes.sampleRoot("core")), "core"))
        .noneMatch(finding -> finding.contains("RunUsesRuntime"));
  }

  @Test
  void cycles() {
    assertFinds(Floors.noCycles(Classes.sampleRoot("cycle")), "cycle", "one.One");
  }

  @Test
  void undeclared() {
    assertFinds(
        Floors.foreign(Classes.sampleRoot("modules"), "container"),
        "modules",
        "container.ContainerUsesGuava");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shownByField",
        "shownByReturn",
        "shownByParameter",
        "shownByBound",
        "Shown",
        "ShownByParent"
      })
  void signatures(String culprit) {
    assertFinds(
        Signatures.withoutOthersTypes(Classes.sampleRoot("signature")), "signature", culprit);
  }

  @Test
  void whatNobodySeesIsFree() {
    assertThat(
            findings(Signatures.withoutOthersTypes(Classes.sampleRoot("signature")), "signature"))
        .noneMatch(finding -> finding.contains("hidden"));
  }

  static Stream<String> impatient() {
    JavaClass type = Classes.sample("outside").get(Impatient.class);
    return type.getMethods().stream().map(JavaMethod::getName).filter(name -> !name.contains("$"));
  }

  @ParameterizedTest
  @MethodSource("impatient")
  void aroundTheDoorToTime(String culprit) {
    boolean fine = culprit.startsWith("fine");
    List<String> findings =
        findings(OneDoorToTime.rule(Classes.sampleRoot("door..")), "outside").stream()
            .filter(finding -> finding.contains("Impatient." + culprit + "("))
            .collect(Collectors.toList());
    assertThat(findings.isEmpty()).as("%s: %s", culprit, findings).isEqualTo(fine);
  }

  @Test
  void insideTheDoorTimeIsFree() {
    assertThat(findings(OneDoorToTime.rule(Classes.sampleRoot("outside..")), "outside", true))
        .isEmpty();
  }

  @Test
  void aRuleThatFindsNothingToLookAtFails() {
    assertThatThrownBy(() -> Floors.core("dev.reliability.nowhere").check(Classes.MAIN))
        .isInstanceOf(AssertionError.class);
  }

  private static void assertFinds(ArchRule rule, String sample, String culprit) {
    assertThat(findings(rule, sample)).anyMatch(finding -> finding.contains(culprit));
  }

  private static List<String> findings(ArchRule rule, String sample) {
    return findings(rule, sample, false);
  }

  private static List<String> findings(ArchRule rule, String sample, boolean mayBeEmpty) {
    JavaClasses classes = Classes.sample(sample);
    assertThat(classes).isNotEmpty();
    EvaluationResult result = rule.allowEmptyShould(mayBeEmpty).evaluate(classes);
    return result.getFailureReport().getDetails();
  }
}
