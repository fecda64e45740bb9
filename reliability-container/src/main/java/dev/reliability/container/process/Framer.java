package dev.reliability.container.process;

/**
 * Cuts a stream of bytes into frames, within fixed memory and whatever the sizes of the reads.
 * Belongs to one pump thread.
 *
 * <p>What a framer could not decide yet stays in the buffer in front of the next read, so that
 * whatever crosses the border of two reads lies in one piece.
 */
interface Framer {

  /** How many undecided bytes there may be. */
  int mostKept();

  /**
   * How many bytes before the first read it wants to see: 1 for the line feed that stands there, or
   * 0.
   */
  int before();

  /**
   * Takes {@code [from, to)}: the bytes that the call before did not decide, then those just read.
   *
   * @return how many bytes at the end are undecided
   */
  int feed(byte[] buffer, int from, int to);

  /**
   * The stream has ended.
   *
   * @param from where the undecided bytes begin
   * @param to where they end; one byte behind that may be written to
   */
  void close(byte[] buffer, int from, int to);
}
