package dev.reliability.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test (of the class, or the one method) a {@link dev.reliability.testkit.world.World}
 * of its own, as a parameter of that type or of type {@link
 * dev.reliability.core.runtime.ReliabilityRuntime}. See {@link WorldExtension}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(WorldExtension.class)
public @interface Simulated {

  /**
   * The seed. By default, 0, it is made from the test's name: stable from run to run and different
   * from test to test. The configuration parameter or system property {@value WorldExtension#SEED}
   * overrides both.
   */
  long seed() default 0;

  /** Runs what is due at the same instant in the order of its scheduling; for debugging. */
  boolean fifoTies() default false;

  /** Lets the world go on when a task throws. What was thrown fails the test at its end. */
  boolean collectErrors() default false;

  /** How many lines of the trace are printed when the test fails. */
  int keepTrace() default 100;
}
