package dev.reliability.journal;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/** The little of a file that a segment needs, so that a test can be a disk that is full. */
interface SegmentFile extends Closeable {
  /** How many bytes are handed to the operating system at a time. */
  int CHUNK = 64 * 1024;

  /**
   * Writes all of it at the position, or throws; what was written all the same moved the {@link
   * #position}.
   */
  void write(byte[] bytes, int from, int length) throws IOException;

  /** Where the next byte goes. */
  long position() throws IOException;

  /** Cuts the file off at {@code size} and moves the position there. */
  void truncate(long size) throws IOException;

  /** Waits until the disk has everything. */
  void force() throws IOException;

  /** Whether it is still there under its name, so that what is written to it can be found. */
  default boolean isThere() {
    return true;
  }

  /** Puts down beside it what is in it. */
  default void summarize(PartSummary summary) throws IOException {}

  /** Makes the file of a segment. */
  @FunctionalInterface
  interface Opener {

    /** A new and empty file for {@code epoch}; never one that is already there. */
    SegmentFile open(String epoch) throws IOException;
  }

  /** Makes files in {@code directory}. */
  static Opener in(Path directory, Durability durability) {
    Map<String, Integer> last = new HashMap<>(); // an opener belongs to one writer, under its lock
    return epoch -> {
      Path path = create(directory, epoch, last);
      try {
        if (durability == Durability.FSYNC) {
          forceEntry(directory);
        }
        return of(path);
      } catch (IOException e) {
        Files.deleteIfExists(path);
        throw e;
      }
    };
  }

  /** Else a loss of power could take the new file's name with it. */
  private static void forceEntry(Path directory) throws IOException {
    boolean interrupted = Thread.interrupted(); // which would close the channel
    try (FileChannel entry = FileChannel.open(directory, StandardOpenOption.READ)) {
      entry.force(true);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * The part behind all that there were: a name that became free, because a part was removed, would
   * put the end before the beginning. It is taken by whoever creates the file.
   */
  private static Path create(Path directory, String epoch, Map<String, Integer> last)
      throws IOException {
    Integer known = last.get(epoch);
    for (int part = 1 + (known == null ? lastPart(directory, epoch) : known); ; part++) {
      try {
        Path path = Files.createFile(directory.resolve(new SegmentName(epoch, part).fileName()));
        last.put(epoch, part);
        return path;
      } catch (FileAlreadyExistsException e) {
        if (part == 999_999) {
          throw e;
        }
      }
    }
  }

  private static int lastPart(Path directory, String epoch) throws IOException {
    int last = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        SegmentName name = SegmentName.parse(file);
        if (name != null && name.epoch().equals(epoch)) {
          last = Math.max(last, name.part());
        }
      }
    }
    return last;
  }

  /**
   * A file that is there. Not a {@link FileChannel}, because that is closed for good when the
   * thread that uses it is interrupted.
   */
  static SegmentFile of(Path path) throws IOException {
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    return new SegmentFile() {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        for (int done = 0; done < length; done += CHUNK) { // the JDK copies all that it is given
          file.write(bytes, from + done, Math.min(CHUNK, length - done));
        }
      }

      @Override
      public long position() throws IOException {
        return file.getFilePointer();
      }

      @Override
      public void truncate(long size) throws IOException {
        file.setLength(size);
        file.seek(size);
      }

      @Override
      public void force() throws IOException {
        file.getFD().sync();
      }

      @Override
      public boolean isThere() {
        return Files.exists(path);
      }

      @Override
      public void summarize(PartSummary summary) throws IOException {
        Path part = Files.createTempFile(path.toAbsolutePath().getParent(), "summary-", ".tmp");
        try {
          Files.writeString(part, summary.spell());
          Files.move(part, PartSummary.of(path), StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Files.deleteIfExists(part);
        }
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }
}
