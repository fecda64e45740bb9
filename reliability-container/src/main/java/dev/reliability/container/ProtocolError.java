package dev.reliability.container;

import java.util.Locale;

/**
 * Something in a worker's output that sentinel framing does not allow. Counted and kept, never
 * thrown; the block it is about reaches no rule.
 *
 * @param kind what is wrong
 * @param offset which byte of the stream it is about, from 0: the beginning of the block's or the
 *     line's sentinel
 */
public record ProtocolError(Kind kind, long offset) {

  /** What can be wrong. */
  public enum Kind {
    /** A payload is longer than allowed. */
    OVERFLOW,
    /** A start line inside a block: the block before it is dropped, a new one begins. */
    NESTED_START,
    /** The output ended inside a block. */
    EOF_INSIDE,
    /** An end line outside a block. */
    STRAY_END,
    /** A payload is not UTF-8. */
    BAD_UTF8;

    /** The spelling that leaves the process, such as {@code nested_start}. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
