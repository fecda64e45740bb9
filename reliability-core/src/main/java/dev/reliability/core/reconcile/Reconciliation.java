package dev.reliability.core.reconcile;

import com.google.common.collect.ImmutableList;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one comparison came to. Immutable.
 *
 * @param at when
 * @param open open records looked at
 * @param handles live workers looked at
 * @param supervised runs that a supervisor of this process has in hand
 * @param notJudged open records of other incarnations of which nobody knows whether they are dead;
 *     those of incarnations that are known to live are not among them
 * @param settled the findings, and what was done about each
 */
public record Reconciliation(
    Instant at, int open, int handles, int supervised, int notJudged, List<Settled> settled) {

  /** Copies {@code settled}. */
  public Reconciliation {
    settled = ImmutableList.copyOf(settled);
  }

  /** The findings alone. */
  public List<Finding> findings() {
    return settled.stream().map(Settled::finding).toList();
  }

  /**
   * A finding and what was done about it.
   *
   * @param finding what was found
   * @param action what was done
   * @param detail more in words, if there is more to say
   */
  public record Settled(Finding finding, Action action, @Nullable String detail) {}

  /** What may be done. */
  public enum Action {
    /** Nothing: it was a dry run, or policy leaves such workers alone. */
    REPORTED,
    /** The record was ended as failed, with the finding's reason. */
    FAILED,
    /** The worker was killed, and nothing of it is known to be left. */
    KILLED,
    /** Nothing: the record had moved meanwhile. */
    LEFT_ALONE,
    /** The store or the worker's runtime failed. */
    ERROR;

    /** The spelling that leaves the process, such as {@code left_alone}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
