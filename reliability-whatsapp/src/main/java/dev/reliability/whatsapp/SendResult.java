package dev.reliability.whatsapp;

import java.util.function.Function;

/** What became of a message. */
public sealed interface SendResult {

  /** The other side has it, and said so. */
  record Acked() implements SendResult {}

  /**
   * It is certain that the other side does not have it.
   *
   * @param reason why, in words
   * @param isFinal whether sending it again would end the same way
   */
  record Refused(String reason, boolean isFinal) implements SendResult {}

  /**
   * Nobody can say whether the other side has it, for example because the link died in between.
   *
   * @param reason why, in words
   */
  record UnknownDelivery(String reason) implements SendResult {}

  /** Applies the function that fits. */
  default <T> T fold(
      Function<? super Acked, ? extends T> acked,
      Function<? super Refused, ? extends T> refused,
      Function<? super UnknownDelivery, ? extends T> unknown) {
    if (this instanceof Acked a) {
      return acked.apply(a);
    }
    return this instanceof Refused r ? refused.apply(r) : unknown.apply((UnknownDelivery) this);
  }
}
