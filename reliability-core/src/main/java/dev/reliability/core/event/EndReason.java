package dev.reliability.core.event;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Why a run ended (requirement B9). A closed set, plus {@code other:<text>} for hosts. Immutable;
 * equal when spelled equally.
 */
public final class EndReason {
  private static final Map<String, EndReason> KNOWN = new LinkedHashMap<>();
  private static final String OTHER = "other:";

  /** Success: the worker ended by itself, with exit code 0 or after its final result. */
  public static final EndReason COMPLETED = known("completed");

  /**
   * Success: the worker had made progress and was then quiet for the idle time-out, so it was ended
   * (requirement B8).
   */
  public static final EndReason IDLE_CLEANUP = known("idle_cleanup");

  /**
   * Success: the work was finished, but a process or an open pipe stayed behind until it was cut
   * off (requirement O1).
   */
  public static final EndReason LINGER_CLEANUP = known("linger_cleanup");

  /** Failure: no valid marker came within the no-output time-out (requirement B6). */
  public static final EndReason NO_OUTPUT_TIMEOUT = known("no_output_timeout");

  /**
   * Failure: the run reached its hard time-out, whatever it had put out before (requirement B3).
   */
  public static final EndReason HARD_TIMEOUT = known("hard_timeout");

  /** Failure: a job-style run was not over at its run deadline (requirement N5). */
  public static final EndReason RUN_DEADLINE = known("run_deadline_exceeded");

  /** Failure: the worker could not be started (requirement A3). */
  public static final EndReason SPAWN_FAILED = known("container_spawn_failed_before_running");

  /**
   * Failure: it could not be found out whether the worker started; what may have started was
   * stopped first.
   */
  public static final EndReason SPAWN_UNKNOWN = known("spawn_unknown");

  /** Failure: the worker was not up within the start deadline (requirement N4). */
  public static final EndReason START_DEADLINE = known("start_deadline_exceeded");

  /**
   * Failure: the worker ended by itself with an exit code other than 0 and without a final result.
   */
  public static final EndReason EXIT_NONZERO = known("exit_nonzero");

  /** Failure: a signal that this library did not send ended the worker. */
  public static final EndReason KILLED_BY_SIGNAL = known("killed_by_signal");

  /** Failure: the worker vanished without telling how it ended. */
  public static final EndReason WORKER_LOST = known("worker_lost");

  /**
   * Failure: the record said queued, long after its supervisor died (requirement A4). Given by the
   * reconciler.
   */
  public static final EndReason QUEUED_STALE = known("queued_stale_before_spawn");

  /**
   * Failure: the record said running, and there was neither a worker nor a supervisor (requirement
   * A4). Given by the reconciler.
   */
  public static final EndReason RUNNING_WITHOUT_CONTAINER = known("running_without_container");

  /**
   * Failure: the run could not be recorded, so it was not started, or its record belongs to
   * somebody else.
   */
  public static final EndReason STORE_FAILED = known("store_failed");

  /**
   * Failure: the lease on the item was lost while its worker ran, so that somebody else may work on
   * it.
   */
  public static final EndReason LEASE_LOST = known("lease_lost");

  /** Failure: an error inside this library. */
  public static final EndReason INTERNAL_ERROR = known("internal_error");

  /** Cancelled: somebody asked for it. */
  public static final EndReason CANCELLED = known("cancelled");

  /** Cancelled: the supervisor was closed. */
  public static final EndReason SHUTDOWN = known("shutdown");

  private final String wireName;

  private EndReason(String wireName) {
    this.wireName = wireName;
  }

  private static EndReason known(String wireName) {
    EndReason reason = new EndReason(wireName);
    KNOWN.put(wireName, reason);
    return reason;
  }

  /** A host's own reason, spelled {@code other:<text>}. */
  public static EndReason other(String text) {
    return new EndReason(OTHER + Objects.requireNonNull(text, "text"));
  }

  /** All reasons of the closed set. */
  public static List<EndReason> known() {
    return List.copyOf(KNOWN.values());
  }

  /**
   * Reads the spelling of {@link #wireName()}.
   *
   * @throws IllegalArgumentException naming the value if it is neither in the closed set nor {@code
   *     other:<text>}
   */
  public static EndReason fromWireName(String name) {
    EndReason reason = KNOWN.get(name);
    if (reason != null) {
      return reason;
    }
    if (name.startsWith(OTHER)) {
      return new EndReason(name);
    }
    throw new IllegalArgumentException(
        "end reason: expected one of " + KNOWN.keySet() + " or other:<text>, got \"" + name + "\"");
  }

  /** The spelling that leaves the process. */
  public String wireName() {
    return wireName;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EndReason that && that.wireName.equals(wireName);
  }

  @Override
  public int hashCode() {
    return wireName.hashCode();
  }

  @Override
  public String toString() {
    return wireName;
  }
}
