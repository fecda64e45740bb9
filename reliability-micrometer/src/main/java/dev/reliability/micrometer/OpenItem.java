package dev.reliability.micrometer;

import org.jspecify.annotations.Nullable;

/** An item that is not done, as far as events tell. Guarded by the lock of {@link OpenWork}. */
final class OpenItem {
  /** Which item. */
  record Key(String lane, String item) {}

  /** A run that was queued and has not ended. */
  static final class Run {
    final String id;
    final String epoch;
    final OpenItem item;
    final long number;
    boolean active;
    boolean stalled;
    long started;

    Run(String id, String epoch, OpenItem item, long number) {
      this.id = id;
      this.epoch = epoch;
      this.item = item;
      this.number = number;
    }
  }

  /** A claim that is held. */
  static final class Claim {
    final String epoch;
    final long token;
    final long due;
    final long number;
    final boolean trial;

    /** Whether a supervisor holds it, so that a run is to follow. */
    final boolean supervised;

    /** Whether a run followed. */
    boolean used;

    Claim(String epoch, long token, long due, long number, boolean trial, boolean supervised) {
      this.epoch = epoch;
      this.token = token;
      this.due = due;
      this.number = number;
      this.trial = trial;
      this.supervised = supervised;
    }
  }

  final Key key;
  final LaneMeters lane;
  final long number;

  /** Since when it waits; changed only while it is not among those that wait. */
  long since;

  boolean waits;
  boolean enqueued;
  int queuedRuns;
  int activeRuns;
  @Nullable Claim claim;

  OpenItem(Key key, LaneMeters lane, long number) {
    this.key = key;
    this.lane = lane;
    this.number = number;
  }

  /** Whether it is to be started, and nothing of it was. */
  boolean shouldWait() {
    if (activeRuns > 0) {
      return false;
    }
    if (queuedRuns > 0) {
      return true;
    }
    Claim held = claim;
    return held == null ? enqueued : held.supervised && !held.used;
  }

  /** Whether nothing is known of it any more. */
  boolean isOver() {
    return queuedRuns == 0 && activeRuns == 0 && !enqueued && claim == null;
  }
}
