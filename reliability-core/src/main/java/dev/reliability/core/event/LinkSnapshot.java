package dev.reliability.core.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was last known of the link (the socket) when something happened elsewhere (requirement B10).
 *
 * @param state the link's state in its own words, such as {@code open} or {@code connecting}
 * @param reason why it last closed, if it did
 * @param reconnectAttempt the reconnect attempts since it was last open
 * @param since since when it has been in this state
 * @param nextAttemptAt when it will be connected again, if it waits for that
 * @param closesInWindow how many closes count towards a burst; null if nobody said
 */
public record LinkSnapshot(
    String state,
    @Nullable String reason,
    int reconnectAttempt,
    @Nullable Instant since,
    @Nullable Instant nextAttemptAt,
    @Nullable Integer closesInWindow) {

  /** A snapshot of a link of which no more is known. */
  public LinkSnapshot(
      String state, @Nullable String reason, int reconnectAttempt, @Nullable Instant since) {
    this(state, reason, reconnectAttempt, since, null, null);
  }
}
