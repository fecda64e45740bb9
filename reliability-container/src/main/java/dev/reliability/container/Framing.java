package dev.reliability.container;

import java.nio.charset.StandardCharsets;

/** How standard output is cut into frames. Standard error is always cut into lines. */
public sealed interface Framing {

  /** The longest line that is kept whole, by default: 64 KiB. */
  int DEFAULT_LINE_BYTES = 64 * 1024;

  /** The longest payload between sentinels, by default: 1 MiB. */
  int DEFAULT_PAYLOAD_BYTES = 1024 * 1024;

  /** Bytes of a line that are kept; what is beyond is dropped and counted. */
  int maxLineBytes();

  /**
   * Each line is a frame. A line ends with {@code \n} or {@code \r\n}; output that ends without a
   * line end is treated as if it had one.
   *
   * @param maxLineBytes bytes of a line that are kept
   */
  record Lines(int maxLineBytes) implements Framing {
    /**
     * Checks the limit.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Lines {
      requirePositive(maxLineBytes, "maxLineBytes");
    }
  }

  /**
   * What stands between a line that is exactly {@code start} and the next that is exactly {@code
   * end} is a frame; everything else on standard output is noise that no rule sees. A block that is
   * too long, holds another start line, never ends or is not UTF-8 is a {@link ProtocolError} and
   * no frame.
   *
   * @param start the line before a payload
   * @param end the line after it
   * @param maxPayloadBytes bytes that a payload may have
   * @param maxLineBytes bytes of a line of standard error that are kept
   */
  record Sentinels(String start, String end, int maxPayloadBytes, int maxLineBytes)
      implements Framing {
    private static final int LONGEST = 1024;

    /**
     * Checks the sentinels and limits.
     *
     * @throws IllegalArgumentException if a sentinel is empty, longer than 1024 bytes or has a line
     *     end in it, if both are the same, or if a limit is not positive
     */
    public Sentinels {
      requireLine(start, "start");
      requireLine(end, "end");
      if (start.equals(end)) {
        throw new IllegalArgumentException(
            "end: expected another line than start, got \"" + end + "\" for both");
      }
      requirePositive(maxPayloadBytes, "maxPayloadBytes");
      requirePositive(maxLineBytes, "maxLineBytes");
    }

    private static void requireLine(String value, String name) {
      int bytes = value.getBytes(StandardCharsets.UTF_8).length;
      if (bytes == 0 || bytes > LONGEST || value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0) {
        throw new IllegalArgumentException(
            name + ": expected one line of 1 to " + LONGEST + " bytes, got \"" + value + "\"");
      }
    }
  }

  private static void requirePositive(int value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException(
          name + ": expected a positive number of bytes, got " + value);
    }
  }
}
