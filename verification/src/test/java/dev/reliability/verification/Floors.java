package dev.reliability.verification;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Optional;

/** Who may use whom. An arrow points down only, never up and never in a circle. */
final class Floors {

  /**
   * Each module by the last part of its package, with the modules it may use. A new module needs a
   * line here.
   */
  static final ImmutableMap<String, ImmutableSet<String>> MODULES =
      ImmutableMap.of(
          "core", ImmutableSet.of(),
          "journal", ImmutableSet.of("core"),
          "testkit", ImmutableSet.of("core"),
          "container", ImmutableSet.of("core"),
          "jdbc", ImmutableSet.of("core", "journal"),
          "micrometer", ImmutableSet.of("core"),
          "whatsapp", ImmutableSet.of("core", "container"), // for its bridge, which is a process
          "ops", ImmutableSet.of("core", "journal", "container", "jdbc", "micrometer"),
          "examples", ImmutableSet.of("core", "journal", "container", "jdbc", "whatsapp"));

  /** Core from the ground up. A package may use its own floor and those under it. */
  static final ImmutableList<ImmutableSet<String>> CORE =
      ImmutableList.of(
          ImmutableSet.of("runtime"),
          ImmutableSet.of("event"),
          ImmutableSet.of("store"),
          ImmutableSet.of("config"),
          ImmutableSet.of("lane", "guard", "health", "retry"),
          ImmutableSet.of("check"),
          ImmutableSet.of("run", "link", "dispatch", "reconcile"),
          ImmutableSet.of("incident", "gate"));

  /** The packages of others that a published module may use, besides the JDK's. */
  static final ImmutableMap<String, ImmutableSet<String>> FOREIGN =
      ImmutableMap.of(
          "core", ImmutableSet.of("org.slf4j", "com.google.common", "org.jspecify"),
          "journal", ImmutableSet.of("org.slf4j", "com.fasterxml.jackson.core", "org.jspecify"),
          "testkit",
              ImmutableSet.of("org.junit", "org.opentest4j", "net.jqwik.api", "org.jspecify"),
          "container", ImmutableSet.of("org.slf4j", "org.jspecify"),
          "jdbc", ImmutableSet.of("org.slf4j", "org.jspecify"),
          "micrometer", ImmutableSet.of("io.micrometer.core", "org.jspecify"),
          "whatsapp", ImmutableSet.of("org.slf4j", "com.fasterxml.jackson", "org.jspecify"),
          "ops",
              ImmutableSet.of(
                  "com.fasterxml.jackson",
                  "com.google.common",
                  "com.zaxxer.hikari",
                  "io.micrometer",
                  "org.eclipse.jetty",
                  "org.jspecify",
                  "org.slf4j",
                  "picocli"));

  private Floors() {}

  /** Modules use only those they may. */
  static ArchRule modules(String root) {
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(root + "..")
        .should(
            new ArchCondition<>("use only the modules under theirs") {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                String from = under(root, item).orElse("");
                ImmutableSet<String> allowed = MODULES.get(from);
                if (allowed == null) {
                  violation(events, item, item.getName() + " is in no module that Floors knows");
                  return;
                }
                for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
                  Optional<String> to = under(root, dependency.getTargetClass());
                  if (to.isPresent() && !to.get().equals(from) && !allowed.contains(to.get())) {
                    violation(events, item, dependency.getDescription());
                  }
                }
              }
            });
  }

  /** Packages of core use only their own floor and those under it. */
  static ArchRule core(String root) {
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(root + "..")
        .should(
            new ArchCondition<>("use only the floors under theirs") {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                int from = floor(under(root, item).orElse(""));
                if (from < 0) {
                  violation(events, item, item.getName() + " is on no floor that Floors knows");
                  return;
                }
                for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
                  Optional<String> to = under(root, dependency.getTargetClass());
                  if (to.isPresent() && floor(to.get()) > from) {
                    violation(events, item, dependency.getDescription());
                  }
                }
              }
            });
  }

  /** No packages that need each other, wherever they are. */
  static ArchRule noCycles(String root) {
    return slices().matching(root + ".(**)").should().beFreeOfCycles();
  }

  /** A published module uses the JDK, ours, and what its POM says it needs. */
  static ArchRule foreign(String root, String module) {
    ImmutableList<String> allowed =
        ImmutableList.<String>builder()
            .add("java..", "javax..", root + "..")
            .addAll(FOREIGN.get(module).stream().map(name -> name + "..").iterator())
            .build();
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(root + "." + module + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(new String[0]));
  }

  private static int floor(String name) {
    for (int i = 0; i < CORE.size(); i++) {
      if (CORE.get(i).contains(name)) {
        return i;
      }
    }
    return -1;
  }

  /** The part of the class's package that follows the root; empty if it is elsewhere. */
  private static Optional<String> under(String root, JavaClass javaClass) {
    String name = javaClass.getBaseComponentType().getPackageName();
    if (!name.startsWith(root + ".")) {
      return Optional.empty();
    }
    String rest = name.substring(root.length() + 1);
    int dot = rest.indexOf('.');
    return Optional.of(dot < 0 ? rest : rest.substring(0, dot));
  }

  private static void violation(ConditionEvents events, JavaClass item, String message) {
    events.add(SimpleConditionEvent.violated(item, message));
  }
}
