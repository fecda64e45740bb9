package dev.reliability.journal;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into pieces of whole lines. A line of more than {@link
 * EventCodec#MAX_LINE_BYTES} is passed over in bounded memory. Not thread-safe.
 */
final class ChunkReader implements Closeable {
  private final InputStream in;
  private final int size;
  private long offset;
  private long left;

  /** What was read behind the last line break that was given. */
  private byte[] rest = {};

  private int restLength;

  /**
   * Reads a stream.
   *
   * @param offset where in its file it begins
   * @param length how many bytes of it to read at most
   * @param size how many bytes a piece has if no line is longer
   */
  ChunkReader(InputStream in, long offset, long length, int size) {
    this.in = in;
    this.offset = offset;
    this.left = length;
    this.size = size;
  }

  /** Reads the next piece; false if there is none. */
  boolean next(Chunk into) throws IOException {
    byte[] bytes = into.room(Math.max(size, restLength + 1));
    System.arraycopy(rest, 0, bytes, 0, restLength);
    int length = restLength;
    restLength = 0;
    int searched = 0; // before it there is no line break
    while (true) {
      boolean ended = false;
      while (length < bytes.length && !ended) {
        int count = read(bytes, length);
        ended = count < 0;
        length += Math.max(0, count);
      }
      if (ended) {
        into.fill(offset, length, length > 0 && bytes[length - 1] == '\n');
        offset += length;
        return length > 0;
      }
      int end = lastLineBreak(bytes, searched, length) + 1;
      if (end > 0) {
        keep(bytes, end, length);
        into.fill(offset, end, true);
        offset += end;
        return true;
      }
      if (length >= EventCodec.MAX_LINE_BYTES) {
        passOver(into, bytes, length);
        return true;
      }
      searched = length;
      bytes = into.room(2 * bytes.length);
    }
  }

  /** Forgets the line's beginning and looks for its end. */
  private void passOver(Chunk into, byte[] bytes, int length) throws IOException {
    long begin = offset;
    offset += length;
    while (true) {
      int count = read(bytes, 0);
      if (count < 0) {
        into.tooLong(begin, false);
        return;
      }
      int end = ByteWords.lineEnd(bytes, 0, count);
      if (end < count) {
        keep(bytes, end + 1, count);
        offset += end + 1;
        into.tooLong(begin, true);
        return;
      }
      offset += count;
    }
  }

  /** Reads what there is room for; -1 at the end. */
  private int read(byte[] bytes, int from) throws IOException {
    int most = (int) Math.min(bytes.length - from, left);
    int count = most == 0 ? -1 : in.read(bytes, from, most);
    left -= Math.max(0, count);
    return count;
  }

  private void keep(byte[] bytes, int from, int to) {
    restLength = to - from;
    if (rest.length < restLength) {
      rest = Arrays.copyOf(rest, Math.max(restLength, 1024));
    }
    System.arraycopy(bytes, from, rest, 0, restLength);
  }

  private static int lastLineBreak(byte[] bytes, int from, int to) {
    int i = to - 1;
    while (i >= from && bytes[i] != '\n') {
      i--;
    }
    return i >= from ? i : -1;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
