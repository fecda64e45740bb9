package dev.reliability.core.store;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one lock of this JVM for a directory, since a lock on a file is the whole JVM's and within it
 * somebody must keep order. It is there for as long as somebody holds on to it, and no longer.
 */
final class DirectoryLock {
  private static final Interner<DirectoryLock> KNOWN = Interners.newWeakInterner();

  private final Path directory;
  private final ReentrantLock lock = new ReentrantLock();

  private DirectoryLock(Path directory) {
    this.directory = directory;
  }

  /** The same one for the same real path, for as long as one of them is in use. */
  static DirectoryLock of(Path directory) {
    return KNOWN.intern(new DirectoryLock(directory));
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DirectoryLock that && that.directory.equals(directory);
  }

  @Override
  public int hashCode() {
    return directory.hashCode();
  }
}
