package dev.reliability.container;

import java.util.List;

/**
 * What is known of a worker's output, at the time it was asked for. Immutable.
 *
 * @param out standard output
 * @param err standard error
 */
public record Transcript(Stream out, Stream err) {

  /**
   * One stream. Counts are of this worker alone.
   *
   * @param bytes read so far
   * @param head the first of it, decoded as UTF-8
   * @param tail the last of it, without what is in {@code head} already
   * @param omitted bytes between the two that were not kept
   * @param droppedBytes bytes of lines and payloads beyond their limits: no rule saw them
   * @param errorCount violations of the framing, all of them
   * @param errors the first few of them
   */
  public record Stream(
      long bytes,
      String head,
      String tail,
      long omitted,
      long droppedBytes,
      long errorCount,
      List<ProtocolError> errors) {
    /** Copies {@code errors}. */
    public Stream {
      errors = List.copyOf(errors);
    }

    /** Head and tail, with a note of what was left out between them. */
    public String text() {
      return omitted == 0 ? head + tail : head + "\n[" + omitted + " bytes left out]\n" + tail;
    }
  }
}
