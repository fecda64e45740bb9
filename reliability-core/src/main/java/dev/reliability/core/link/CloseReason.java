package dev.reliability.core.link;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a link closed. Immutable.
 *
 * @param kind what that means
 * @param code the other side's own word or number, such as {@code 440}; empty if there was none
 * @param detail more in words; empty if there is no more to say
 * @param coolDown how long the other side wants to be left alone, from now; null if it did not say
 */
public record CloseReason(
    CloseClass kind, String code, String detail, @Nullable Duration coolDown) {

  /** Checks that nothing is null that must not be. */
  public CloseReason {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(detail, "detail");
  }

  /** A reason without a wish to be left alone. */
  public static CloseReason of(CloseClass kind, String code, String detail) {
    return new CloseReason(kind, code, detail, null);
  }

  /** As it stands in events and snapshots, such as {@code stop_replaced (440)}. */
  public String words() {
    return kind.wireName() + (code.isEmpty() ? "" : " (" + code + ")");
  }
}
