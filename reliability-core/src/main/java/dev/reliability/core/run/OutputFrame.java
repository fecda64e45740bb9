package dev.reliability.core.run;

/**
 * One piece of a worker's output, as its adapter cut it: a line, or what stood between two
 * sentinels. A view on a buffer that is reused, valid only during the call it is handed to.
 */
public interface OutputFrame {

  /** True if it came from standard error. */
  boolean isError();

  /** Bytes in this frame, without the line end. */
  int length();

  /**
   * One byte.
   *
   * @throws IndexOutOfBoundsException if {@code index} is not in the frame
   */
  byte byteAt(int index);

  /** True if more bytes belonged to it than the adapter keeps. */
  boolean isTruncated();

  /**
   * True if it carried the nonce of its attempt, which only the worker was told: whatever else ends
   * up in the output, such as text that the worker merely repeats, cannot have put it there. Always
   * false where no nonce was asked for. The nonce itself is not part of the frame.
   */
  default boolean isNonced() {
    return false;
  }

  /** The text, decoded as UTF-8; malformed bytes become U+FFFD. Allocates. */
  String text();

  /** True if it begins with these bytes. Allocates nothing. */
  default boolean startsWith(byte[] prefix) {
    if (length() < prefix.length) {
      return false;
    }
    for (int i = 0; i < prefix.length; i++) {
      if (byteAt(i) != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  /** True if it has nothing but white space. Allocates nothing. */
  default boolean isBlank() {
    for (int i = 0; i < length(); i++) {
      if (byteAt(i) > ' ' || byteAt(i) < 0) {
        return false;
      }
    }
    return true;
  }
}
