package dev.reliability.core.check;

/**
 * What the host does when a dependency becomes critical: it wakes somebody. Called on a delivery
 * strand of its own; at least once for each time a dependency becomes critical, and again with each
 * further failure until it returned once. A crash may come between its return and the note of it,
 * and two processes may call it for one dependency: so it should be able to tell.
 */
@FunctionalInterface
public interface EscalationHook {

  /**
   * A dependency failed more often in a row than is put up with. What this throws is logged, and it
   * is called again with the next failure, or by {@link DependencyEscalation#recover}. While a call
   * has not returned there is no other one from the same object.
   *
   * @param dependency its name
   * @param failures how often in a row when it became critical
   * @param why the failure that made it critical, in words
   */
  void critical(String dependency, int failures, String why);

  /** A dependency that was critical is there again. */
  default void recovered(String dependency) {}
}
