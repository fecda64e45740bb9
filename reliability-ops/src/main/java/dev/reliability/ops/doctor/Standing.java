package dev.reliability.ops.doctor;

import com.google.common.collect.ImmutableList;
import dev.reliability.core.event.EventId;
import java.util.List;
import java.util.Objects;

/**
 * How a safeguard stands. Immutable.
 *
 * @param safeguard which one
 * @param state on, off, or unknown
 * @param why in words
 * @param evidence the events that show it; empty if it was not read off events
 */
public record Standing(Safeguard safeguard, State state, String why, List<EventId> evidence) {

  /** Whether it is in force. */
  public enum State {
    /** It was seen to be. */
    ON,
    /** It was seen not to be. */
    OFF,
    /** Nobody can say. */
    UNKNOWN
  }

  /** Copies the list. */
  public Standing {
    Objects.requireNonNull(safeguard, "safeguard");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(why, "why");
    evidence = ImmutableList.copyOf(evidence);
  }

  /** It was seen to be in force. */
  public static Standing on(Safeguard safeguard, String why, EventId... evidence) {
    return new Standing(safeguard, State.ON, why, List.of(evidence));
  }

  /** It was seen not to be. */
  public static Standing off(Safeguard safeguard, String why, EventId... evidence) {
    return new Standing(safeguard, State.OFF, why, List.of(evidence));
  }

  /** Nobody can say. */
  public static Standing unknown(Safeguard safeguard, String why, EventId... evidence) {
    return new Standing(safeguard, State.UNKNOWN, why, List.of(evidence));
  }

  /** One line, with the first three events that show it. */
  public String line() {
    List<EventId> first = evidence.subList(0, Math.min(3, evidence.size()));
    String more = evidence.size() > first.size() ? ", ..." : "";
    String cited = String.join(", ", first.stream().map(EventId::toString).toList());
    return state
        + " ".repeat(8 - state.name().length())
        + safeguard.wireName()
        + ": "
        + why.replace("\r", "\\r").replace("\n", "\\n")
        + (first.isEmpty() ? "" : " [" + cited + more + "]");
  }
}
