package dev.reliability.journal;

/** Is told of events that a {@link JournalReader} does not give because of their type. */
@FunctionalInterface
public interface LeftOut {

  /**
   * An event of the time asked for that is left out, at the place in the order of the entries where
   * it would have been. Called by {@link JournalReader#hasNext()} and {@link JournalReader#next()},
   * which throw what it throws.
   *
   * @param epoch its incarnation
   * @param seq its sequence number
   * @param epochMilli its wall time, in milliseconds since 1970
   */
  void leftOut(String epoch, long seq, long epochMilli);
}
