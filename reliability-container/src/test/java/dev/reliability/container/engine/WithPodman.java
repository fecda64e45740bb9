package dev.reliability.container.engine;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Tests that need a {@link RealPodman}, which they take as a parameter of their constructor. On a
 * machine that cannot have one they are skipped, saying why.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@ExtendWith(WithPodman.Extension.class)
public @interface WithPodman {

  /** Makes the one podman of this JVM, and ends it after the last test. */
  final class Extension implements ExecutionCondition, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(WithPodman.class);

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String missing = RealPodman.missing();
      return missing.isEmpty()
          ? ConditionEvaluationResult.enabled("podman is there")
          : ConditionEvaluationResult.disabled("no real podman: " + missing);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == RealPodman.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(NAMESPACE)
          .getOrComputeIfAbsent(RealPodman.class, type -> RealPodman.start(), RealPodman.class);
    }
  }
}
