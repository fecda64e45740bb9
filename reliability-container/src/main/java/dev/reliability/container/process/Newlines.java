package dev.reliability.container.process;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks at sixteen bytes at a time. */
final class Newlines {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH = 0x0101010101010101L;
  private static final long HIGH = 0x8080808080808080L;
  private static final long NEWLINES = EACH * '\n';

  private Newlines() {}

  /** The first line feed in {@code [from, to)}, or -1. */
  static int next(byte[] bytes, int from, int to) {
    int i = from;
    for (int last = to - 2 * Long.BYTES; i <= last; i += 2 * Long.BYTES) {
      long first = hits(bytes, i);
      long second = hits(bytes, i + Long.BYTES);
      if ((first | second) != 0) {
        return first != 0
            ? i + (Long.numberOfTrailingZeros(first) >>> 3)
            : i + Long.BYTES + (Long.numberOfTrailingZeros(second) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /**
   * The high bit of each byte that is a line feed. The lowest of them is exact, those above it may
   * not be.
   */
  private static long hits(byte[] bytes, int at) {
    long word = (long) LONGS.get(bytes, at) ^ NEWLINES;
    return (word - EACH) & ~word & HIGH;
  }

  /** The first byte in {@code [from, to)} that is not ASCII, or {@code to}. */
  static int firstBeyondAscii(byte[] bytes, int from, int to) {
    int i = from;
    for (int last = to - Long.BYTES; i <= last; i += Long.BYTES) {
      long hit = (long) LONGS.get(bytes, i) & HIGH;
      if (hit != 0) {
        return i + (Long.numberOfTrailingZeros(hit) >>> 3);
      }
    }
    while (i < to && bytes[i] >= 0) {
      i++;
    }
    return i;
  }
}
