package dev.reliability.core.event;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the comparison of run records with live workers came to (requirements A4, S4). The run that
 * it is about is in the envelope's {@link Subject}.
 */
public sealed interface ReconcileEvent extends EventData {

  /**
   * A record without a worker, or a worker without a record. Told once for as long as it is found.
   *
   * @param reason {@code queued_stale_before_spawn}, {@code running_without_container} or {@code
   *     container_without_record}
   * @param state what the record says; null if there is no open record
   * @param worker the worker's name, if one is known
   * @param owner the incarnation that the record or the worker belongs to
   * @param age how long it has been so
   * @param threshold from which age on it counts
   * @param evidence what was looked at, in words
   * @param dryRun true if nothing will be done about it
   */
  @EventType("reconcile.found")
  record Found(
      String reason,
      @Nullable RunState state,
      @Nullable String worker,
      String owner,
      Duration age,
      Duration threshold,
      String evidence,
      boolean dryRun)
      implements ReconcileEvent {}

  /**
   * Something was done about a finding, or could not be.
   *
   * @param reason the finding's
   * @param action {@code failed} (the record ended), {@code killed} (the worker), {@code
   *     left_alone} (it had moved meanwhile) or {@code error}
   * @param detail more in words, if there is more to say
   */
  @EventType("reconcile.settled")
  record Settled(String reason, String action, @Nullable String detail) implements ReconcileEvent {}

  /**
   * Made-up records went through the same rules, which proves that the detector can fire: a count
   * of no findings means nothing without it.
   *
   * @param ok whether the rules found exactly what they should
   * @param reasons the reasons that they gave
   * @param detail what is wrong, if something is
   */
  @EventType("reconcile.self_test")
  record SelfTest(boolean ok, List<String> reasons, @Nullable String detail)
      implements ReconcileEvent {

    /** Copies {@code reasons}. */
    public SelfTest {
      reasons = List.copyOf(reasons);
    }
  }

  /**
   * A comparison could not be made, so nothing was judged.
   *
   * @param detail why
   */
  @EventType("reconcile.failed")
  record Failed(String detail) implements ReconcileEvent {}
}
