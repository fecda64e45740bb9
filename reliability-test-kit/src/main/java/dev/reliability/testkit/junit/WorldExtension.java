package dev.reliability.testkit.junit;

import dev.reliability.core.runtime.ReliabilityRuntime;
import dev.reliability.testkit.world.World;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Injects a {@link World} into tests and their {@code @BeforeEach} and {@code @AfterEach} methods:
 * the same one for all parameters of one test, made when the first of them is wanted.
 *
 * <p>After the test, tasks that threw in a world that collects errors fail it. If it failed, for
 * whatever reason, the seed and the last lines of the trace go to the standard error stream. Use
 * {@link Simulated} for other settings than the defaults.
 */
public final class WorldExtension implements ParameterResolver, AfterEachCallback {
  /** The configuration parameter, or system property, that overrides every seed. */
  public static final String SEED = "reliability.seed";

  private static final Namespace NAMESPACE = Namespace.create(WorldExtension.class);

  /** What {@link Simulated} says where nobody wrote it. */
  @Simulated
  private static final class Defaults {}

  /** For JUnit. */
  public WorldExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return context.getTestMethod().isPresent()
        && (type == World.class || type == ReliabilityRuntime.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(World.class, key -> newWorld(context), World.class);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    World world = context.getStore(NAMESPACE).get(World.class, World.class);
    if (world == null) {
      return;
    }
    try {
      if (context.getExecutionException().isPresent() || world.errorCount() > 0) {
        print(world, context);
      }
      world.throwErrors();
    } finally {
      world.adopt(); // a test with a time limit may have had it on another thread
      world.close();
    }
  }

  private static World newWorld(ExtensionContext context) {
    Simulated settings = settings(context);
    return World.builder(seed(settings, context))
        .fifoTies(settings.fifoTies())
        .collectErrors(settings.collectErrors())
        .keepTrace(settings.keepTrace())
        .build();
  }

  /** What is written at the method, or else at the class or the next one around it. */
  private static Simulated settings(ExtensionContext context) {
    Simulated found = context.getRequiredTestMethod().getAnnotation(Simulated.class);
    Class<?> type = context.getRequiredTestClass();
    while (found == null && type != null) {
      found = type.getAnnotation(Simulated.class);
      type = type.getEnclosingClass();
    }
    return found != null
        ? found
        : Objects.requireNonNull(Defaults.class.getAnnotation(Simulated.class));
  }

  private static long seed(Simulated settings, ExtensionContext context) {
    return context
        .getConfigurationParameter(SEED)
        .map(WorldExtension::parseSeed)
        .orElseGet(() -> settings.seed() != 0 ? settings.seed() : context.getUniqueId().hashCode());
  }

  private static long parseSeed(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          SEED + ": expected a whole number, got \"" + value + "\"", e);
    }
  }

  private static void print(World world, ExtensionContext context) {
    StringBuilder text = new StringBuilder();
    text.append(context.getDisplayName()).append(" failed in a ").append(world);
    text.append(" after ").append(world.steps()).append(" steps; to run it again: -D");
    text.append(SEED).append('=').append(world.seed()).append('\n');
    if (!world.isReplayable()) {
      text.append("  (it took injected tasks, so the seed may not bring the failure back)\n");
    }
    for (String line : world.traceLines()) {
      text.append("  ").append(line).append('\n');
    }
    System.err.print(text);
  }
}
