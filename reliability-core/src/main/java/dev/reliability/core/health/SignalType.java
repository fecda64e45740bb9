package dev.reliability.core.health;

import dev.reliability.core.store.StoredText;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A kind of signal: there is none without a time to live, and none that does not say what becomes
 * of a value that is older (requirement K4). Immutable; thread-safe if the codec is.
 *
 * @param <T> the values
 */
public final class SignalType<T> {
  private final String name;
  private final Duration ttl;
  private final SignalCodec<T> codec;
  private final UnaryOperator<T> onStale;

  private SignalType(String name, Duration ttl, SignalCodec<T> codec, UnaryOperator<T> onStale) {
    this.name = StoredText.checkedName("signal", name);
    this.ttl = Objects.requireNonNull(ttl, "ttl");
    this.codec = Objects.requireNonNull(codec, "codec");
    this.onStale = Objects.requireNonNull(onStale, "onStale");
    if (ttl.isNegative() || ttl.isZero()) {
      throw new IllegalArgumentException(
          "ttl of " + name + ": expected a positive duration, got " + ttl);
    }
  }

  /**
   * A kind of signal.
   *
   * @param name names it in the store
   * @param ttl how long a value says how things stand; one that is exactly as old still does
   * @param codec how values are spelled
   * @param onStale what a value is taken for when it is older: nothing better than it was. A pure
   *     function
   * @throws IllegalArgumentException if the name cannot be one, or {@code ttl} is not positive
   */
  public static <T> SignalType<T> of(
      String name, Duration ttl, SignalCodec<T> codec, UnaryOperator<T> onStale) {
    return new SignalType<>(name, ttl, codec, onStale);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** How long a value says how things stand. */
  public Duration ttl() {
    return ttl;
  }

  /** How values are spelled. */
  public SignalCodec<T> codec() {
    return codec;
  }

  /** What a value is taken for when it is stale. */
  public T downgraded(T value) {
    return onStale.apply(value);
  }

  @Override
  public String toString() {
    return name;
  }
}
