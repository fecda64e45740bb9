package dev.reliability.core.link;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.event.LinkSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What everybody may know of a link at one moment. Immutable.
 *
 * @param state what it is doing
 * @param lastClose the last close; null if there was none
 * @param attempt attempts since it was last open
 * @param since since when it does what it is doing
 * @param nextAttemptAt when it will be connected again; null if it does not wait for that
 * @param closesInWindow how many closes counted towards a burst at that moment
 * @param closes the last closes, oldest first
 * @param closesInAll how many there were, those included that are not remembered any more
 */
public record LinkView(
    LinkState state,
    @Nullable LinkClose lastClose,
    int attempt,
    Instant since,
    @Nullable Instant nextAttemptAt,
    int closesInWindow,
    List<LinkClose> closes,
    long closesInAll) {

  /** Copies {@code closes}. */
  public LinkView {
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(since, "since");
    closes = ImmutableList.copyOf(closes);
  }

  /** How many closes had to make room for others. */
  public long closesDropped() {
    return closesInAll - closes.size();
  }

  /** As runs carry it in their end event. */
  public LinkSnapshot snapshot() {
    return new LinkSnapshot(
        state.wireName(),
        lastClose == null ? null : lastClose.reason().words(),
        attempt,
        since,
        nextAttemptAt,
        closesInWindow);
  }
}
