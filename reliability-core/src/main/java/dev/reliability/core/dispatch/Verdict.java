package dev.reliability.core.dispatch;

import dev.reliability.core.event.EventId;
import dev.reliability.core.store.ItemKey;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What became of an intent. */
public sealed interface Verdict {

  /** The event of the intent. */
  EventId intent();

  /**
   * It is enqueued.
   *
   * @param intent the event of the intent
   * @param key as which item
   */
  record Accepted(EventId intent, ItemKey key) implements Verdict {}

  /**
   * It is not.
   *
   * @param intent the event of the intent
   * @param reason why not
   * @param faults everything that was wrong with it
   * @param detail more in words
   */
  record Rejected(
      EventId intent, DispatchRejection reason, List<String> faults, @Nullable String detail)
      implements Verdict {
    /** Copies {@code faults}. */
    public Rejected {
      faults = List.copyOf(faults);
    }
  }

  /** Whether it was accepted. */
  default boolean isAccepted() {
    return this instanceof Accepted;
  }

  /** Applies the function that fits. */
  default <T> T fold(Function<Accepted, T> accepted, Function<Rejected, T> rejected) {
    return this instanceof Accepted a ? accepted.apply(a) : rejected.apply((Rejected) this);
  }
}
