package dev.reliability.core.health;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What somebody saw of a criterion at one time. Immutable.
 *
 * @param id names it: the same observation counts once
 * @param outcome how it went
 * @param value what was seen, such as {@code 3 jobs late}
 * @param detail more in words, if there is more to say
 * @param at when it was recorded, by the wall clock
 */
public record Observation(
    String id, Outcome outcome, String value, @Nullable String detail, Instant at) {

  /** How an observation went. */
  public enum Outcome {
    /** The criterion is met. */
    OK,
    /** It is not. */
    FAILED,
    /** Nobody can tell, because it could not be looked at: neither a failure nor a success. */
    UNKNOWN;

    /** {@code OK} or {@code FAILED}. */
    public static Outcome of(boolean ok) {
      return ok ? OK : FAILED;
    }

    /** The spelling that leaves the process, such as {@code failed}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks that nothing is missing. */
  public Observation {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(at, "at");
  }
}
