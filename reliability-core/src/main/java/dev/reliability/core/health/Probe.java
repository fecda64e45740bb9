package dev.reliability.core.health;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The host's way to look at a criterion.
 *
 * <p>Called on a strand of its own; one that hangs holds up nobody else, and is not called again
 * before it came back. One that throws, fails or takes too long has seen nothing: that is an
 * unknown observation which says so, neither a failure of what it looks at nor a success. So many
 * unknown ones in a row as the criterion has failures for its threshold, and nobody can tell.
 */
@FunctionalInterface
public interface Probe {

  /** Looks. The stage may be done by any thread. */
  CompletionStage<Answer> look();

  /**
   * What was seen.
   *
   * @param outcome how it went
   * @param value what was seen, such as {@code 3 jobs late}
   * @param detail more in words
   */
  record Answer(Observation.Outcome outcome, String value, @Nullable String detail) {

    /** Checks that nothing is missing. */
    public Answer {
      Objects.requireNonNull(outcome, "outcome");
      Objects.requireNonNull(value, "value");
    }

    /** The criterion is met. */
    public static Answer ok(String value) {
      return new Answer(Observation.Outcome.OK, value, null);
    }

    /** The criterion is not met. */
    public static Answer failed(String value, @Nullable String detail) {
      return new Answer(Observation.Outcome.FAILED, value, detail);
    }

    /** Nobody can tell. */
    public static Answer unknown(String value, @Nullable String detail) {
      return new Answer(Observation.Outcome.UNKNOWN, value, detail);
    }
  }
}
