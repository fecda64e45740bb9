package dev.reliability.verification;

import com.google.common.collect.ImmutableSet;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a user of the library can see, and so comes to depend on. */
final class Signatures {

  private static final ImmutableSet<String> INTERNAL =
      ImmutableSet.of("com.google.", "com.fasterxml.", "tools.jackson.");

  private Signatures() {}

  /** A module's package of this name is exported by none: it is for the module alone. */
  static final String NOT_EXPORTED = "wire";

  /** Guava and Jackson are ours alone: no user sees one of their types. */
  static ArchRule withoutOthersTypes(String root) {
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(root + "..")
        .and()
        .resideOutsideOfPackage(root + "." + NOT_EXPORTED)
        .should(
            new ArchCondition<>("show no type of Guava or Jackson") {
              @Override
              public void check(JavaClass item, ConditionEvents events) {
                if (!visible(item)) {
                  return;
                }
                item.getTypeParameters()
                    .forEach(type -> check(item, item.getName(), Stream.of(type), events));
                check(item, item.getName(), item.getSuperclass().stream(), events);
                check(item, item.getName(), item.getInterfaces().stream(), events);
                for (JavaField field : item.getFields()) {
                  if (visible(field.getModifiers())) {
                    check(item, field.getFullName(), Stream.of(field.getType()), events);
                  }
                }
                for (JavaCodeUnit unit : item.getCodeUnits()) {
                  if (visible(unit.getModifiers())) {
                    check(item, unit.getFullName(), types(unit), events);
                  }
                }
              }

              private void check(
                  JavaClass item,
                  String where,
                  Stream<? extends JavaType> types,
                  ConditionEvents events) {
                types
                    .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                    .map(type -> type.getBaseComponentType().getName())
                    .filter(name -> INTERNAL.stream().anyMatch(name::startsWith))
                    .distinct()
                    .forEach(
                        name ->
                            events.add(
                                SimpleConditionEvent.violated(item, where + " shows " + name)));
              }
            });
  }

  private static Stream<? extends JavaType> types(JavaCodeUnit unit) {
    Stream<JavaType> own =
        Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream());
    Stream<JavaType> thrown =
        unit.getThrowsClause().getTypes().stream().map(type -> (JavaType) type);
    return Stream.of(own, thrown, unit.getTypeParameters().stream().map(type -> (JavaType) type))
        .flatMap(types -> types);
  }

  private static boolean visible(JavaClass item) {
    Optional<JavaClass> enclosing = item.getEnclosingClass();
    return visible(item.getModifiers()) && enclosing.map(Signatures::visible).orElse(true);
  }

  private static boolean visible(Set<JavaModifier> modifiers) {
    return !modifiers.contains(JavaModifier.SYNTHETIC)
        && (modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED));
  }
}
