package dev.reliability.core.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of what came in. Every intent has exactly one verdict, which names it as its cause;
 * one without a verdict is lost, and visibly so (requirements D1, D4).
 */
public sealed interface DispatchEvent extends EventData {

  /**
   * Something came in. Told before anybody looks at it.
   *
   * @param source where from, in the host's words
   * @param ref how the host calls it, such as a message id
   * @param size its length in characters
   */
  @EventType("dispatch.intent")
  record Intent(String source, @Nullable String ref, long size) implements DispatchEvent {}

  /** It was accepted, and enqueued as the subject's item. */
  @EventType("dispatch.accepted")
  record Accepted() implements DispatchEvent {}

  /**
   * It was rejected.
   *
   * @param reason one of the closed set of {@code DispatchRejection}
   * @param faults everything that was wrong with it
   * @param detail more in words
   */
  @EventType("dispatch.rejected")
  record Rejected(String reason, List<String> faults, @Nullable String detail)
      implements DispatchEvent {
    /** Copies {@code faults}. */
    public Rejected {
      faults = List.copyOf(faults);
    }
  }
}
