package dev.reliability.journal;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

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

  /** Makes the file of a segment. */
  @FunctionalInterface
  interface Opener {

    /** A new and empty file for {@code epoch}; never one that is already there. */
    SegmentFile open(String epoch) throws IOException;
  }

  /** Makes files in {@code directory}. */
  static Opener in(Path directory, Durability durability) {
    return epoch -> {
      Path path = create(directory, epoch);
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

  /** The first name that is free: it is taken by whoever creates the file. */
  private static Path create(Path directory, String epoch) throws IOException {
    for (int part = 1; ; part++) {
      try {
        return Files.createFile(directory.resolve(new SegmentName(epoch, part).fileName()));
      } catch (FileAlreadyExistsException e) {
        if (part == 999_999) {
          throw e;
        }
      }
    }
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
      public void close() throws IOException {
        file.close();
      }
    };
  }
}
