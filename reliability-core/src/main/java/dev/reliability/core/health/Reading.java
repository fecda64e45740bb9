package dev.reliability.core.health;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a signal says now (requirements K1 to K4). Immutable.
 *
 * @param <T> the values
 */
public sealed interface Reading<T> {

  /**
   * It is recent enough.
   *
   * @param signal as it was published
   * @param age how old it is; at most the time to live
   */
  record Fresh<T>(Signal<T> signal, Duration age) implements Reading<T> {
    /** What it says. */
    public T value() {
      return signal.value();
    }

    @Override
    public boolean stale() {
      return false;
    }

    @Override
    public String source() {
      return signal.source();
    }
  }

  /**
   * It is older than its time to live.
   *
   * @param value what it is taken for now
   * @param signal as it was published, with the original value
   * @param age how old it is
   */
  record Stale<T>(T value, Signal<T> signal, Duration age) implements Reading<T> {
    @Override
    public boolean stale() {
      return true;
    }

    @Override
    public String source() {
      return signal.source();
    }
  }

  /**
   * Nobody can tell. Never taken for anything that was published.
   *
   * @param why why not
   * @param detail the same in words, with the document and what is wrong with it
   * @param age how old it is at least; null if there is no date
   * @param source who published it; null if that is not known
   */
  record Unknown<T>(Why why, String detail, @Nullable Duration age, @Nullable String source)
      implements Reading<T> {
    @Override
    public boolean stale() {
      return true;
    }
  }

  /** Why nobody can tell. */
  enum Why {
    /** Nothing was published. */
    MISSING,
    /** What is there is no signal of this kind. */
    CORRUPT,
    /** The store failed. */
    UNREADABLE,
    /** It has no date. */
    UNDATED,
    /** It is dated more than a minute in the future; also later, until something newer comes. */
    IN_THE_FUTURE;

    /** The spelling that leaves the process, such as {@code in_the_future}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it must not be taken for how things stand now. */
  boolean stale();

  /** How old it is; null if nobody knows. */
  @Nullable Duration age();

  /** Who published it; null if nobody knows. */
  @Nullable String source();

  /** What it is taken for now; null if nobody can tell. */
  default @Nullable T current() {
    if (this instanceof Fresh<T> one) {
      return one.value();
    }
    return this instanceof Stale<T> one ? one.value() : null;
  }

  /** Applies the function that fits. */
  default <R> R fold(
      Function<Fresh<T>, R> fresh, Function<Stale<T>, R> stale, Function<Unknown<T>, R> unknown) {
    if (this instanceof Fresh<T> one) {
      return fresh.apply(one);
    }
    return this instanceof Stale<T> one ? stale.apply(one) : unknown.apply((Unknown<T>) this);
  }
}
