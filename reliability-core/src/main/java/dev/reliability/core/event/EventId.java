package dev.reliability.core.event;

/**
 * The name of an event, unique everywhere: the incarnation that wrote it and its place in that
 * incarnation's gapless sequence.
 *
 * @param epoch the incarnation, one per {@link EventBus}
 * @param seq 1 for the first event of an incarnation, then one more each
 */
public record EventId(String epoch, long seq) {

  /** {@code epoch#seq}. */
  @Override
  public String toString() {
    return epoch + "#" + seq;
  }
}
