package dev.reliability.journal;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into lines without copying them. A line of more than {@link
 * EventCodec#MAX_LINE_BYTES} is passed over in bounded memory. Not thread-safe.
 */
final class LineReader implements Closeable {
  private final InputStream in;
  private byte[] buffer;
  private int at;
  private int limit;
  private long base;
  private long offset;
  private int start;
  private int length;
  private long number;
  private boolean terminated;
  private boolean tooLong;

  LineReader(InputStream in, int bufferSize) {
    this.in = in;
    buffer = new byte[bufferSize];
  }

  /** Goes to the next line; false if there is none. */
  boolean next() throws IOException {
    tooLong = false;
    int scanned = 0;
    while (true) {
      int found = lineBreak(buffer, at + scanned, limit);
      if (found >= 0) {
        line(found, true);
        return true;
      }
      scanned = limit - at;
      if (scanned >= EventCodec.MAX_LINE_BYTES) {
        passOver();
        return true;
      }
      if (!fill()) {
        if (at == limit) {
          return false;
        }
        line(limit, false);
        return true;
      }
    }
  }

  private void line(int end, boolean ended) {
    start = at;
    length = end - at;
    offset = base + at;
    tooLong = length >= EventCodec.MAX_LINE_BYTES;
    terminated = ended;
    number++;
    at = ended ? end + 1 : end;
  }

  /** Forgets the line's beginning and looks for its end. */
  private void passOver() throws IOException {
    long begin = base + at;
    int found;
    do {
      at = limit;
      found = fill() ? lineBreak(buffer, at, limit) : limit;
    } while (found < 0);
    line(found, found < limit);
    tooLong = true;
    offset = begin;
  }

  /** Reads more behind what is there, making room first. */
  private boolean fill() throws IOException {
    System.arraycopy(buffer, at, buffer, 0, limit - at);
    base += at;
    limit -= at;
    at = 0;
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int count = in.read(buffer, limit, buffer.length - limit);
    limit += Math.max(0, count);
    return count > 0;
  }

  /** The first line break from {@code from} on, eight bytes at a time, or -1. */
  private static int lineBreak(byte[] bytes, int from, int to) {
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      long found = ByteWords.equal(ByteWords.get(bytes, i), '\n');
      if (found != 0) {
        return i + ByteWords.first(found);
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /** The array in which the line is, until the next call of {@link #next()}. */
  byte[] bytes() {
    return buffer;
  }

  /** Where the line begins in the array. */
  int start() {
    return start;
  }

  /** How many bytes the line has, without the line break. */
  int length() {
    return length;
  }

  /** Where the line begins in the stream. */
  long offset() {
    return offset;
  }

  /** The line's number, from 1. */
  long number() {
    return number;
  }

  /** False if the stream ended without a line break. */
  boolean isTerminated() {
    return terminated;
  }

  /** True if the line was too long to be looked at; its bytes are not there then. */
  boolean isTooLong() {
    return tooLong;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
