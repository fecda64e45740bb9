package dev.reliability.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A disk with so much room and no more, that may refuse to shorten a file. Holds one file per
 * segment.
 */
final class FakeDisk implements SegmentFile.Opener {
  final List<File> files = new ArrayList<>();
  int room = Integer.MAX_VALUE;
  boolean mayTruncate = true;
  boolean mayOpen = true;
  boolean mayForce = true;

  @Override
  public SegmentFile open(String epoch) throws IOException {
    if (!mayOpen) {
      throw new IOException("No inodes left");
    }
    File file = new File();
    files.add(file);
    return file;
  }

  final class File implements SegmentFile {
    private byte[] bytes = {};
    int forced;
    boolean closed;

    byte[] content() {
      return bytes;
    }

    @Override
    public void write(byte[] source, int from, int length) throws IOException {
      int count = Math.min(length, room);
      int end = bytes.length;
      bytes = Arrays.copyOf(bytes, end + count);
      System.arraycopy(source, from, bytes, end, count);
      room -= count;
      if (count < length) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public long position() {
      return bytes.length;
    }

    @Override
    public void truncate(long size) throws IOException {
      if (!mayTruncate) {
        throw new IOException("Operation not permitted");
      }
      room += bytes.length - (int) size;
      bytes = Arrays.copyOf(bytes, (int) size);
    }

    @Override
    public void force() throws IOException {
      if (!mayForce) {
        throw new IOException("Input/output error");
      }
      forced++;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
