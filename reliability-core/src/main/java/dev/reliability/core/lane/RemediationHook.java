package dev.reliability.core.lane;

/**
 * The host's way to have a pause looked into: a task, a ticket, a page (requirement J3). Called at
 * least once per lane and episode, also after a crash between the pause and the call, so it may
 * come again with the same key: make (lane, episode) the key of what it creates.
 */
@FunctionalInterface
public interface RemediationHook {

  /**
   * Has it looked into. What it throws is logged, and it is called again at the next start.
   *
   * @param lane the lane that was paused
   * @param episode which episode of it
   * @param failureFingerprint what kept failing
   */
  void remediate(String lane, long episode, String failureFingerprint);
}
