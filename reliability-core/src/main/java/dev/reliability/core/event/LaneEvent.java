package dev.reliability.core.event;

import org.jspecify.annotations.Nullable;

/**
 * What happened to a lane as a whole. The subject names the lane, and the actor where there is one.
 */
public sealed interface LaneEvent extends EventData {

  /**
   * A failure was counted (requirements J1, J2, J7).
   *
   * @param id what was counted: the same id counts once
   * @param failureFingerprint {@code lane:reason}, normalised
   * @param fingerprintVersion the version of the rules that normalised it
   * @param reason as it came
   * @param count how many of this fingerprint are in the window now
   * @param threshold at how many the lane is paused
   */
  @EventType("lane.failure")
  record Failure(
      String id,
      String failureFingerprint,
      int fingerprintVersion,
      String reason,
      int count,
      int threshold)
      implements LaneEvent {}

  /**
   * Nothing of the lane may be claimed from now on.
   *
   * @param episode which episode of the lane this is
   * @param reason why
   */
  @EventType("lane.paused")
  record Paused(long episode, String reason) implements LaneEvent {}

  /**
   * The lane goes on, or is tried out with one item.
   *
   * @param episode the episode that begins
   * @param reason why
   * @param trial whether it is only tried out
   */
  @EventType("lane.resumed")
  record Resumed(long episode, String reason, boolean trial) implements LaneEvent {}

  /**
   * The host was asked to have a pause looked into (requirement J3).
   *
   * @param episode the key, together with the lane
   * @param ok whether the host's hook returned normally
   * @param detail what went wrong, if something did
   */
  @EventType("lane.remediation")
  record Remediation(long episode, boolean ok, @Nullable String detail) implements LaneEvent {}
}
