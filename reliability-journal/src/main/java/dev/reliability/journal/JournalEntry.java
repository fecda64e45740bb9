package dev.reliability.journal;

import dev.reliability.core.event.Event;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What a {@link JournalReader} finds: an event, or what stands where an event should be. Immutable.
 */
public sealed interface JournalEntry {

  /** The file in which it was found. */
  Path file();

  /** The line's number in the file, from 1. */
  long line();

  /** The offset of the line's first byte in the file. */
  long offset();

  /** Calls the one function that fits and returns what it returns. */
  default <R> R fold(
      Function<? super Read, ? extends R> read,
      Function<? super Malformed, ? extends R> malformed,
      Function<? super Torn, ? extends R> torn,
      Function<? super Gap, ? extends R> gap) {
    if (this instanceof Read it) {
      return read.apply(it);
    } else if (this instanceof Malformed it) {
      return malformed.apply(it);
    } else if (this instanceof Torn it) {
      return torn.apply(it);
    }
    return gap.apply((Gap) this);
  }

  /**
   * An event.
   *
   * @param event the event
   * @param file where it was found
   * @param line the line's number, from 1
   * @param offset the offset of the line's first byte
   */
  record Read(Event event, Path file, long line, long offset) implements JournalEntry {}

  /**
   * A whole line that is not an event of this version.
   *
   * @param file where it was found
   * @param line the line's number, from 1
   * @param offset the offset of the line's first byte
   * @param why what is wrong with it
   */
  record Malformed(Path file, long line, long offset, String why) implements JournalEntry {}

  /**
   * The end of a file in the midst of a line: its writer was cut off, or is still writing.
   *
   * @param file where it was found
   * @param line the line's number, from 1
   * @param offset the offset of the line's first byte
   * @param why what is wrong with it
   */
  record Torn(Path file, long line, long offset, String why) implements JournalEntry {}

  /**
   * A jump in the sequence of an incarnation, told just before the event that was found instead.
   * Events were dropped, lost or left out if more was found than expected; they were written twice
   * or out of order if less was.
   *
   * @param epoch the incarnation
   * @param expectedSeq the sequence number that would have come next
   * @param foundSeq the sequence number that came instead
   * @param file where it was found
   * @param line the number of the line of what came instead, from 1
   * @param offset the offset of that line's first byte
   */
  record Gap(String epoch, long expectedSeq, long foundSeq, Path file, long line, long offset)
      implements JournalEntry {}
}
