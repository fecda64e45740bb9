package dev.reliability.core.reconcile;

import dev.reliability.core.event.EndReason;
import dev.reliability.core.event.RunState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A record without a worker, or a worker without a record. Immutable.
 *
 * @param reason which of them
 * @param run the run's id
 * @param lane its lane; null if there is no record
 * @param item its item; null if there is no record
 * @param state what the record says; null if there is no open record
 * @param worker the worker's name, as the record has it or as it is listed; null if there is none
 * @param owner the incarnation that the record or the worker belongs to
 * @param age since when: the record's creation, the worker's start, or the first look that saw the
 *     worker without a record
 * @param threshold from which age on it counts
 * @param evidence what was looked at, in words
 */
public record Finding(
    Reason reason,
    String run,
    @Nullable String lane,
    @Nullable String item,
    @Nullable RunState state,
    @Nullable String worker,
    String owner,
    Duration age,
    Duration threshold,
    String evidence) {

  /** What may be found. */
  public enum Reason {
    /** The record says queued, nobody has it in hand, and it is old. */
    QUEUED_STALE(EndReason.QUEUED_STALE.wireName()),
    /** The record says running, and there is neither a supervisor nor a worker. */
    RUNNING_WITHOUT_CONTAINER(EndReason.RUNNING_WITHOUT_CONTAINER.wireName()),
    /** There is a worker, and no open record for it. */
    CONTAINER_WITHOUT_RECORD("container_without_record");

    private final String wireName;

    Reason(String wireName) {
      this.wireName = wireName;
    }

    /** The spelling that leaves the process, such as {@code queued_stale_before_spawn}. */
    public String wireName() {
      return wireName;
    }
  }

  /** Two findings with the same key are the same thing, seen at two times. */
  String key() {
    return reason + " " + run + " " + (state == null ? worker : "");
  }
}
