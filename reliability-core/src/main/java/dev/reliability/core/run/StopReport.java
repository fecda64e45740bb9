package dev.reliability.core.run;

import java.util.List;

/**
 * What a step of stopping came to.
 *
 * @param guarantee how completely the step reaches what belongs to the worker, such as {@code
 *     child}, {@code tree}, {@code group}, {@code pid_namespace}, {@code cgroup} or {@code
 *     container}
 * @param survivors what is known to have survived, such as {@code pid 4711 (sleep)}
 * @param pipesAbandoned output pipes that somebody still held open and that were given up
 */
public record StopReport(String guarantee, List<String> survivors, int pipesAbandoned) {
  /** Nothing is known to be left. */
  public static final StopReport CLEAN = new StopReport("none", List.of(), 0);

  /** Copies {@code survivors}. */
  public StopReport {
    survivors = List.copyOf(survivors);
  }
}
