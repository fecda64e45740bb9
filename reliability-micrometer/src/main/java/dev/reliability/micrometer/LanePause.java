package dev.reliability.micrometer;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.ItemEvent;
import dev.reliability.core.runtime.Durations;
import java.time.Duration;

/**
 * Whether a lane is paused, as far as events tell: what pauses and resumes it may be told late, or
 * not at all. Thread-safe.
 */
final class LanePause {
  /** A claim that is told sooner after a pause may have been granted before it. */
  private static final Duration DOUBT = Duration.ofMinutes(1);

  /** The same where one incarnation tells both, by one clock and in its order. */
  private static final Duration OWN_DOUBT = Duration.ofSeconds(1);

  private long episode = Long.MIN_VALUE;
  private long since = Long.MIN_VALUE;
  private String toldBy = "";
  private volatile boolean paused;

  boolean isPaused() {
    return paused;
  }

  /** It was paused or resumed. */
  synchronized void told(Event event, long newEpisode, boolean isPaused) {
    long millis = Times.millis(event.time());
    if (newEpisode > episode || millis >= since) {
      episode = newEpisode;
      set(isPaused, Math.max(millis, since), event);
    }
  }

  /** Somebody was refused because it is paused. */
  synchronized void refused(Event event) {
    long millis = Times.millis(event.time());
    if (millis >= since) {
      set(true, millis, event);
    }
  }

  /** Something of it was claimed: unless on trial, somebody resumed it and was not heard. */
  synchronized void claimed(Event event, ItemEvent.Claimed data) {
    Duration doubt = event.id().epoch().equals(toldBy) ? OWN_DOUBT : DOUBT;
    if (!data.trial()
        && Times.millis(event.time())
            > Durations.saturatedAdd(since, Durations.saturatedNanos(doubt) / 1_000_000)) {
      paused = false;
    }
  }

  /** A trial was completed, which resumes it. */
  synchronized void tried(Event event) {
    set(false, Times.millis(event.time()), event);
  }

  private void set(boolean isPaused, long millis, Event event) {
    paused = isPaused;
    since = millis;
    toldBy = event.id().epoch();
  }
}
