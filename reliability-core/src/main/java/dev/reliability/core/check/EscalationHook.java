package dev.reliability.core.check;

/**
 * What the host does when a dependency becomes critical: it wakes somebody. Called on a delivery
 * strand of its own; at least once for each time a dependency becomes critical, twice if a crash
 * came in between, so it should be able to tell.
 */
@FunctionalInterface
public interface EscalationHook {

  /**
   * A dependency failed more often in a row than is put up with. What this throws is logged, and it
   * is called again by the next start's {@link DependencyEscalation#recover}.
   *
   * @param dependency its name
   * @param failures how often in a row
   * @param why the last failure, in words
   */
  void critical(String dependency, int failures, String why);

  /** A dependency that was critical is there again. */
  default void recovered(String dependency) {}
}
