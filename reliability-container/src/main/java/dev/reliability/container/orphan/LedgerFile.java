package dev.reliability.container.orphan;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A locked file that is only appended to. Not thread-safe, but for {@link #force}. */
interface LedgerFile extends Closeable {

  /** Appends all of {@code bytes}, or as many as fit before it throws. */
  void append(byte[] bytes) throws IOException;

  long size() throws IOException;

  void truncate(long size) throws IOException;

  /** Returns when everything appended so far is on the disk. */
  void force() throws IOException;

  /** Everything in it. */
  byte[] content() throws IOException;

  /**
   * Opens and locks a file. Never to be called for a file that this JVM holds already: the system
   * takes a process's locks on a file away when the process closes any of its openings of it.
   *
   * @return null if somebody else holds its lock
   */
  static @Nullable LedgerFile lock(Path path, StandardOpenOption... more) throws IOException {
    Set<StandardOpenOption> options =
        new HashSet<>(Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
    options.addAll(Set.of(more));
    FileChannel channel = FileChannel.open(path, options);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new Locked(channel);
      }
    } catch (OverlappingFileLockException ours) {
      // somebody in this JVM has it
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    return null;
  }

  /** A real file. Its lock goes with its channel, or with its process. */
  final class Locked implements LedgerFile {
    private final FileChannel channel;

    private Locked(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void append(byte[] bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      channel.position(channel.size());
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
      channel.force(true);
    }

    @Override
    public byte[] content() throws IOException {
      ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(channel.size()));
      while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
        // on with the next piece
      }
      return Arrays.copyOf(buffer.array(), buffer.position());
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
