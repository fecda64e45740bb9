package dev.reliability.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks at eight bytes at a time. The results mark bytes by their high bits; only the lowest mark
 * can be relied on, since a borrow may put false ones above it.
 */
final class ByteWords {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;

  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final long ZEROS = 0x3030303030303030L;
  private static final long SIXES = 0x0606060606060606L;
  private static final long TOP_HALVES = 0xF0F0F0F0F0F0F0F0L;

  /** The high bits of all eight bytes. */
  static final long HIGH_BITS = 0x8080808080808080L;

  private ByteWords() {}

  /** Eight bytes from {@code at} on, the first of them lowest. */
  static long get(byte[] bytes, int at) {
    return (long) WORDS.get(bytes, at);
  }

  /**
   * Whether {@code expected} is at {@code at}; for short texts this beats the JDK's own way several
   * times.
   */
  static boolean equal(byte[] bytes, int at, byte[] expected) {
    int length = expected.length;
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      if (get(bytes, at + i) != get(expected, i)) {
        return false;
      }
    }
    if (length >= Long.BYTES) { // the rest, once more with what is before it
      return get(bytes, at + length - Long.BYTES) == get(expected, length - Long.BYTES);
    }
    for (; i < length; i++) {
      if (bytes[at + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /** Marks the bytes of {@code word} that are {@code ascii}. */
  static long equal(long word, char ascii) {
    return less(word ^ ascii * ONES, 1);
  }

  /**
   * Marks the bytes of {@code word} that are less than {@code limit}, taken without a sign; the
   * limit is 128 at most.
   */
  static long less(long word, int limit) {
    return (word - limit * ONES) & ~word & HIGH_BITS;
  }

  /** The number that eight digits are, the first of them lowest; -1 if one is no digit. */
  static long digits(long word) {
    if ((word & TOP_HALVES) != ZEROS || ((word + SIXES) & TOP_HALVES) != ZEROS) {
      return -1;
    }
    long digits = word - ZEROS;
    long pairs = (digits * 10 + (digits >>> 8)) & 0x00FF00FF00FF00FFL;
    long fours = (pairs * 100 + (pairs >>> 16)) & 0x0000FFFF0000FFFFL;
    return (fours * 10_000 + (fours >>> 32)) & 0xFFFFFFFFL;
  }

  /** A number that is the same for the same bytes, and seldom for others. */
  static int hash(byte[] bytes, int from, int length) {
    long hash = length;
    if (length >= Long.BYTES) {
      int last = from + length - Long.BYTES;
      for (int i = from; i < last; i += Long.BYTES) {
        hash = (hash + get(bytes, i)) * MIX;
      }
      hash += get(bytes, last);
    } else {
      for (int i = 0; i < length; i++) {
        hash = hash * 31 + bytes[from + i];
      }
    }
    return (int) ((hash * MIX) >>> 40);
  }

  /** The first line break from {@code from} on, or {@code to}. */
  static int lineEnd(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      long found = equal(get(bytes, i), '\n');
      if (found != 0) {
        return i + first(found);
      }
    }
    while (i < to && bytes[i] != '\n') {
      i++;
    }
    return i;
  }

  /** The index of the lowest byte that is marked. */
  static int first(long marks) {
    return Long.numberOfTrailingZeros(marks) >> 3;
  }
}
