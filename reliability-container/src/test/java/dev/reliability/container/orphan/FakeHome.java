package dev.reliability.container.orphan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A disk with so much room and no more, that may refuse to shorten or to force a file. */
final class FakeHome implements LedgerHome {
  int room = Integer.MAX_VALUE;
  boolean isThere = true;
  boolean mayTruncate = true;
  boolean mayForce = true;
  int rewrites;
  boolean retired;
  boolean left;
  File file = new File();
  final List<String> calls = new ArrayList<>();

  @Override
  public LedgerFile create(String incarnation) throws IOException {
    file.append(LedgerLines.header(incarnation));
    return file;
  }

  @Override
  public boolean isThere(String incarnation) {
    return isThere;
  }

  @Override
  public LedgerFile rewrite(String incarnation, LedgerFile old, byte[] content) throws IOException {
    rewrites++;
    file = new File();
    file.append(content);
    return file;
  }

  @Override
  public void retire(String incarnation, LedgerFile open) {
    retired = true;
  }

  @Override
  public void leave(String incarnation, LedgerFile open) {
    left = true;
  }

  /** What can be read in the file. */
  List<LedgerEntry> entries() {
    return LedgerLines.parse("fake", LedgerTest.INCARNATION, file.bytes).entries();
  }

  /** A file in memory. */
  final class File implements LedgerFile {
    byte[] bytes = {};
    int forcedBytes;

    @Override
    public void append(byte[] more) throws IOException {
      calls.add("append");
      int count = Math.min(more.length, room);
      int end = bytes.length;
      bytes = Arrays.copyOf(bytes, end + count);
      System.arraycopy(more, 0, bytes, end, count);
      room -= count;
      if (count < more.length) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public long size() {
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
      calls.add("force");
      if (!mayForce) {
        throw new IOException("Input/output error");
      }
      forcedBytes = bytes.length;
    }

    @Override
    public byte[] content() {
      return bytes.clone();
    }

    @Override
    public void close() {
      calls.add("close");
    }
  }
}
