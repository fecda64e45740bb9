package dev.reliability.core.event;

import org.jspecify.annotations.Nullable;

/** Whether a side effect was within its budget (requirement P1). */
public sealed interface EffectEvent extends EventData {

  /**
   * It may happen, once.
   *
   * @param effect its name, such as {@code final_review}
   * @param scope what the budget counts for, such as an item
   * @param used how many, this one included
   * @param limit how many there may be
   */
  @EventType("effect.allowed")
  record Allowed(String effect, String scope, int used, int limit) implements EffectEvent {}

  /**
   * It must not happen.
   *
   * @param effect its name
   * @param scope what the budget counts for
   * @param limit how many there may be, all of them used
   * @param detail more in words
   */
  @EventType("effect.suppressed")
  record Suppressed(String effect, String scope, int limit, @Nullable String detail)
      implements EffectEvent {}
}
