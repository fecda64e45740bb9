package dev.reliability.core.store;

import java.time.Instant;
import java.util.function.Function;

/** The answer to the wish to hold a lease for longer, or to give it back. */
public sealed interface Renewal {

  /**
   * It was still held: it is renewed, or was given back.
   *
   * @param until the first instant at which it holds no more, by the store's clock
   */
  record Held(Instant until) implements Renewal {}

  /**
   * It is not held any more; nothing was changed.
   *
   * @param why {@code expired}, {@code superseded}, {@code released}, {@code done} or {@code
   *     unknown}
   */
  record Lost(String why) implements Renewal {
    /** Whether the item was completed under this very lease: then nobody else can have it. */
    public boolean isDone() {
      return why.equals("done");
    }
  }

  /** True if it was held. */
  default boolean isHeld() {
    return this instanceof Held;
  }

  /** Applies the function that fits. */
  default <T> T fold(Function<Held, T> held, Function<Lost, T> lost) {
    return this instanceof Held h ? held.apply(h) : lost.apply((Lost) this);
  }
}
