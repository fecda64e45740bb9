package dev.reliability.container.process;

import dev.reliability.core.run.OutputFrame;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** The one frame of a pump, moved over its buffers. */
final class FrameView implements OutputFrame {
  private final boolean error;
  private boolean nonced;
  private byte[] bytes = new byte[0];
  private int from;
  private int length;
  private boolean truncated;

  FrameView(boolean error) {
    this(error, false);
  }

  /**
   * A view.
   *
   * @param nonced what {@link #isNonced} says unless {@link #takeOff} is used
   */
  FrameView(boolean error, boolean nonced) {
    this.error = error;
    this.nonced = nonced;
  }

  FrameView over(byte[] bytes, int from, int length, boolean truncated) {
    if (this.bytes != bytes) { // a reference costs more to write than to compare
      this.bytes = bytes;
    }
    this.from = from;
    this.length = length;
    this.truncated = truncated;
    return this;
  }

  /** Takes a nonce off the beginning; says whether it was there. */
  boolean takeOff(byte[] prefix) {
    nonced = startsWith(prefix);
    if (nonced) {
      from += prefix.length;
      length -= prefix.length;
    }
    return nonced;
  }

  @Override
  public boolean isNonced() {
    return nonced;
  }

  @Override
  public boolean isError() {
    return error;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public byte byteAt(int index) {
    return bytes[from + Objects.checkIndex(index, length)];
  }

  @Override
  public boolean isTruncated() {
    return truncated;
  }

  @Override
  public String text() {
    return new String(bytes, from, length, StandardCharsets.UTF_8);
  }

  @Override
  public boolean startsWith(byte[] prefix) {
    return length >= prefix.length
        && Arrays.equals(bytes, from, from + prefix.length, prefix, 0, prefix.length);
  }

  @Override
  public boolean isBlank() {
    for (int i = from; i < from + length; i++) {
      if (bytes[i] > ' ' || bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return text();
  }
}
