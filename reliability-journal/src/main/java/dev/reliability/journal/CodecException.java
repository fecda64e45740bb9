package dev.reliability.journal;

import org.jspecify.annotations.Nullable;

/**
 * A line that is not an event, or an event that cannot be a line. The message names the key, what
 * was expected there and what was found; a value that is not known is never replaced by a default
 * (requirement A7).
 */
public final class CodecException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 80;

  private final String key;
  private final String expected;
  private final String found;

  CodecException(String key, String expected, String found) {
    this(key, expected, found, null);
  }

  CodecException(String key, String expected, String found, @Nullable Throwable cause) {
    super(key + ": expected " + expected + ", got " + found, cause);
    this.key = key;
    this.expected = expected;
    this.found = found;
  }

  /**
   * Where it is wrong, such as {@code attrs.timeouts.idle_ms}; {@code line} for the line as a
   * whole.
   */
  public String key() {
    return key;
  }

  /** What would have been right, in words. */
  public String expected() {
    return expected;
  }

  /**
   * What is there instead: a text in quotes and cut after 80 characters, a number, or a word such
   * as {@code nothing}.
   */
  public String found() {
    return found;
  }

  /** The same, seen from outside {@code outer}. */
  CodecException within(String outer) {
    return new CodecException(
        key.isEmpty() ? outer : outer + "." + key, expected, found, getCause());
  }

  /** A text as a message may show it: quoted, without control characters, and not too long. */
  static String quoted(String text) {
    StringBuilder shown = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < Math.min(text.length(), SHOWN); i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) ? '?' : c);
    }
    return shown.append(text.length() > SHOWN ? "...\"" : "\"").toString();
  }
}
