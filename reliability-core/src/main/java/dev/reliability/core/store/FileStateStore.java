package dev.reliability.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Documents as files of one directory, for several processes on one machine (requirement L5).
 *
 * <p>A write goes to a temporary file, which is forced to the disk and then renamed, and the
 * directory is forced too: after a crash at any moment a document is the one before or the one
 * after. A file that is torn, was changed by somebody else or is none of ours is a {@link
 * StoreException} that names it, never an empty document. The file {@code .removed} notes the
 * greatest version of a document that was removed.
 *
 * <p>Thread-safe. Processes exclude each other with a lock on the file {@code .lock}, which the
 * system releases when its holder dies; readers need no lock.
 */
public final class FileStateStore implements StateStore {
  private static final String SUFFIX = ".state";

  /** The greatest version of a document that was removed, spelled as a document of its own. */
  private static final String REMOVED = ".removed";

  private final Path directory;
  private final DirectoryLock lock;

  private FileStateStore(Path directory) {
    this.directory = directory;
    this.lock = DirectoryLock.of(directory);
  }

  /**
   * A store in {@code directory}, which is made if it does not exist.
   *
   * @throws StoreException naming the directory if it cannot be made or written to
   */
  public static FileStateStore open(Path directory) {
    try {
      Path made = Files.createDirectories(directory).toRealPath();
      if (!Files.isWritable(made)) {
        throw new StoreException("state directory " + made + ": expected to be writable", null);
      }
      return new FileStateStore(made);
    } catch (IOException e) {
      throw new StoreException("state directory " + directory + " cannot be used: " + e, e);
    }
  }

  @Override
  public Optional<Doc> read(String name) {
    return Optional.ofNullable(load(StateStore.checkedName(name)));
  }

  @Override
  public boolean write(String name, long expected, Map<String, String> values) {
    Doc given = new Doc(StateStore.checkedName(name), expected + 1, values);
    return exclusively(
        name,
        () -> {
          if (version(load(name)) != expected) {
            return false;
          }
          put(
              file(name),
              expected == NEW ? new Doc(name, removedVersion() + 1, given.values()) : given);
          return true;
        });
  }

  private void put(Path target, Doc doc) throws IOException {
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(StateFile.spell(doc));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    forceDirectory();
  }

  private long removedVersion() {
    return version(load(REMOVED, directory.resolve(REMOVED)));
  }

  @Override
  public boolean remove(String name, long expected) {
    StateStore.checkedName(name);
    return exclusively(
        name,
        () -> {
          Doc before = load(name);
          if (before == null || before.version() != expected) {
            return false;
          }
          if (expected > removedVersion()) { // first: no version may come again
            put(directory.resolve(REMOVED), new Doc(REMOVED, expected, Map.of()));
          }
          Files.delete(file(name));
          forceDirectory();
          return true;
        });
  }

  @Override
  public List<String> names(String prefix) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = StateFile.nameOf(file.getFileName().toString(), SUFFIX);
        if (name != null && name.startsWith(prefix)) {
          names.add(name);
        }
      }
    } catch (IOException e) {
      throw new StoreException("state directory " + directory + " cannot be read: " + e, e);
    }
    Collections.sort(names);
    return List.copyOf(names);
  }

  private static long version(@Nullable Doc doc) {
    return doc == null ? NEW : doc.version();
  }

  private Path file(String name) {
    return directory.resolve(StateFile.fileName(name) + SUFFIX);
  }

  private @Nullable Doc load(String name) {
    return load(name, file(name));
  }

  private @Nullable Doc load(String name, Path file) {
    try {
      return StateFile.parse(name, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      if (!Files.isDirectory(directory)) {
        throw new StoreException("state file " + file + " cannot be read: no such directory", e);
      }
      return null;
    } catch (IOException e) {
      throw new StoreException("state file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  @FunctionalInterface
  private interface Step {
    boolean take() throws IOException;
  }

  private boolean exclusively(String name, Step step) {
    lock.lock();
    try (FileChannel channel =
            FileChannel.open(
                directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      return held.isValid() && step.take();
    } catch (IOException e) {
      throw new StoreException("state file " + file(name) + " cannot be written: " + e, e);
    } finally {
      lock.unlock();
    }
  }

  private void forceDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (AccessDeniedException notOnThisSystem) {
      // Windows opens no directories, and writes renames through.
    }
  }
}
