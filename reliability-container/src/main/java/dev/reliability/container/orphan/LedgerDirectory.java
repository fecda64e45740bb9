package dev.reliability.container.orphan;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory of ledgers, shared by all incarnations of one installation on one machine: the living
 * ones, whose files are locked, and the dead ones, whose are not.
 *
 * <p>Thread-safe, also between processes: what concerns more than one file is done under the lock
 * of the file {@code .lock}. On a network file system locks may not hold; it must be a local one.
 *
 * <p>Of an incarnation that left nothing a file {@code .dead} without content stays behind, so that
 * its records can still be judged; the latest 1,000 are kept.
 */
public final class LedgerDirectory {
  private static final Logger log = LoggerFactory.getLogger(LedgerDirectory.class);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,199}");
  private static final String SUFFIX = ".ledger";
  private static final String DEAD = ".dead";
  private static final String TEMPORARY = ".tmp";
  private static final int MOST_DEAD = 1_000;

  /** A lock on a file is the whole JVM's, so within it somebody must keep order. */
  private static final ReentrantLock ORDER = new ReentrantLock();

  /** The ledgers that this JVM holds, under {@link #ORDER}. */
  private static final Map<Path, Held> HELD = new HashMap<>();

  /** An open ledger, and whether that says that its incarnation is dead. */
  private record Held(LedgerFile file, boolean dead) {}

  private final Path directory;

  private LedgerDirectory(Path directory) {
    this.directory = directory;
  }

  /**
   * A directory, which is made if it does not exist.
   *
   * @throws LedgerException naming it if it cannot be made or written to
   */
  public static LedgerDirectory at(Path directory) {
    try {
      Path made = Files.createDirectories(directory).toRealPath();
      if (!Files.isWritable(made)) {
        throw new LedgerException("ledger directory " + made + ": expected to be writable", null);
      }
      return new LedgerDirectory(made);
    } catch (IOException e) {
      throw new LedgerException("ledger directory " + directory + " cannot be used: " + e, e);
    }
  }

  /** Where it is. */
  public Path path() {
    return directory;
  }

  /**
   * Whether an incarnation is known to be dead: it had a ledger here, and nobody holds that any
   * more. Of an incarnation that never had one here, of one whose ledger cannot be read, and of one
   * whose ledger another process is just going through, nobody knows: false. Blocks for a moment.
   *
   * @throws LedgerException if the directory cannot be looked at
   */
  public boolean isDead(String incarnation) {
    return held(incarnation).filter(held -> !held).isPresent();
  }

  /**
   * Whether an incarnation is known to live: somebody holds its ledger. For a moment that may also
   * be a reaper that goes through the ledger of a dead one. Blocks for a moment.
   *
   * @throws LedgerException if the directory cannot be looked at
   */
  public boolean lives(String incarnation) {
    return held(incarnation).orElse(false);
  }

  /** Whether somebody holds the ledger of an incarnation; empty if nobody knows. */
  private Optional<Boolean> held(String incarnation) {
    if (!NAME.matcher(incarnation).matches()) {
      return Optional.empty();
    }
    Path file = file(incarnation, SUFFIX);
    return looking(
        "ledger " + file,
        () -> {
          Held held = HELD.get(file);
          if (held != null) {
            return Optional.of(!held.dead());
          }
          if (!Files.exists(file)) {
            return Files.exists(file(incarnation, DEAD)) ? Optional.of(false) : Optional.empty();
          }
          try (LedgerFile locked = LedgerFile.lock(file)) {
            if (locked == null) {
              return Optional.of(true);
            }
            LedgerLines.parse(file.toString(), incarnation, locked.content());
            return Optional.of(false);
          } catch (LedgerException unreadable) {
            return Optional.empty();
          }
        });
  }

  /**
   * What the ledgers of dead incarnations say now, for whoever only looks: none is held, and none
   * is changed. Blocks for a moment.
   *
   * @throws LedgerException if the directory cannot be looked at
   */
  public LedgerView look() {
    return looking(
        "ledgers in " + directory,
        () -> {
          Map<String, List<LedgerEntry>> entries = new LinkedHashMap<>();
          List<String> unreadable = new ArrayList<>();
          for (Path file : names(SUFFIX)) {
            LedgerFile locked = HELD.containsKey(file) ? null : lock(file);
            if (locked != null) {
              try (locked) {
                String name = incarnationOf(file);
                entries.put(name, LedgerLines.parse("" + file, name, locked.content()).entries());
              } catch (LedgerException e) {
                unreadable.add(String.valueOf(e.getMessage()));
              }
            }
          }
          return new LedgerView(this, entries, names(DEAD), unreadable);
        });
  }

  /**
   * Locks the ledgers of all dead incarnations; those that somebody else has locked are left out.
   * Each is to be closed.
   *
   * @throws LedgerException if the directory cannot be looked at
   */
  List<DeadLedger> takeDead() {
    return looking(
        "ledgers in " + directory,
        () -> {
          for (Path left : names(TEMPORARY)) {
            Files.deleteIfExists(left);
          }
          List<DeadLedger> dead = new ArrayList<>();
          for (Path file : names(SUFFIX)) {
            LedgerFile locked = HELD.containsKey(file) ? null : lock(file);
            if (locked != null) {
              DeadLedger ledger = DeadLedger.read(home(), file, incarnationOf(file), locked);
              HELD.put(file, new Held(locked, ledger.problem() == null));
              dead.add(ledger);
            }
          }
          return dead;
        });
  }

  /**
   * What all ledgers name but those that are given, whoever holds them. Blocks for a moment.
   *
   * @throws LedgerException if the directory cannot be looked at
   */
  DeadIncarnations.InHand inHand(String kind, Set<String> except) {
    Set<String> cookies = new HashSet<>();
    List<String> unreadable = new ArrayList<>();
    return looking(
        "ledgers in " + directory,
        () -> {
          for (Path file : names(SUFFIX)) {
            String incarnation = incarnationOf(file);
            if (!except.contains(incarnation)) {
              try {
                // Not opened if it is held here: closing it would give the lock away.
                Held held = HELD.get(file);
                byte[] content = held != null ? held.file().content() : Files.readAllBytes(file);
                LedgerLines.parse(file.toString(), incarnation, content).entries().stream()
                    .map(LedgerEntry::intent)
                    .filter(intent -> intent.kind().equals(kind))
                    .forEach(intent -> cookies.add(intent.cookie()));
              } catch (IOException | LedgerException e) {
                unreadable.add(String.valueOf(e.getMessage()));
              }
            }
          }
          return new DeadIncarnations.InHand(cookies, unreadable);
        });
  }

  private static @Nullable LedgerFile lock(Path file) {
    try {
      return LedgerFile.lock(file);
    } catch (IOException e) {
      log.warn("Ledger {} cannot be opened; it is left alone", file, e);
      return null;
    }
  }

  // ---- for those who hold one ----

  /** A name that an incarnation may have. */
  static String checked(String incarnation) {
    if (!NAME.matcher(incarnation).matches()) {
      throw new IllegalArgumentException(
          "incarnation: expected at most 200 letters, digits, dots, dashes and underscores, got \""
              + incarnation
              + "\"");
    }
    return incarnation;
  }

  /** Where the files of ledgers are. */
  LedgerHome home() {
    return new Home();
  }

  private final class Home implements LedgerHome {
    @Override
    public LedgerFile create(String incarnation) throws IOException {
      Path path = file(checked(incarnation), SUFFIX);
      return exclusively(
          () -> {
            LedgerFile file = null;
            if (!HELD.containsKey(path) && !Files.exists(path)) {
              file = LedgerFile.lock(path, StandardOpenOption.CREATE_NEW);
            }
            if (file == null) {
              throw new FileAlreadyExistsException(path.toString(), null, "expected a new file");
            }
            HELD.put(path, new Held(file, false));
            try {
              file.append(LedgerLines.header(incarnation));
              file.force();
              forceDirectory();
              return file;
            } catch (IOException | RuntimeException e) {
              HELD.remove(path);
              file.close();
              Files.deleteIfExists(path);
              throw e;
            }
          });
    }

    @Override
    public boolean isThere(String incarnation) {
      return Files.exists(file(incarnation, SUFFIX));
    }

    @Override
    public LedgerFile rewrite(String incarnation, LedgerFile old, byte[] content)
        throws IOException {
      Path path = file(incarnation, SUFFIX);
      Path temporary = file(incarnation, SUFFIX + TEMPORARY);
      return exclusively(
          () -> {
            Files.deleteIfExists(temporary);
            LedgerFile next = LedgerFile.lock(temporary, StandardOpenOption.CREATE_NEW);
            if (next == null) {
              throw new IOException(temporary + " is locked by somebody else");
            }
            try {
              next.append(content);
              next.force();
              Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
              forceDirectory();
            } catch (IOException | RuntimeException e) {
              next.close();
              Files.deleteIfExists(temporary);
              throw e;
            }
            HELD.put(path, new Held(next, false));
            old.close();
            return next;
          });
    }

    @Override
    public void retire(String incarnation, LedgerFile file) throws IOException {
      Path path = file(incarnation, SUFFIX);
      exclusively(
          () -> {
            Path dead = file(incarnation, DEAD);
            if (!Files.exists(dead)) {
              Files.createFile(dead);
              forceDirectory();
            }
            Files.deleteIfExists(path);
            forceDirectory();
            HELD.remove(path);
            file.close();
            List<Path> all = names(DEAD);
            for (Path old : all.subList(0, Math.max(0, all.size() - MOST_DEAD))) {
              Files.deleteIfExists(old);
            }
            return true;
          });
    }

    @Override
    public void leave(String incarnation, LedgerFile file) throws IOException {
      exclusively(
          () -> {
            HELD.remove(file(incarnation, SUFFIX));
            file.close();
            return true;
          });
    }
  }

  // ---- files ----

  private Path file(String incarnation, String suffix) {
    return directory.resolve(incarnation + suffix);
  }

  private static String incarnationOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, name.length() - SUFFIX.length());
  }

  /** Files whose names end so, in the order of their names, which begin with a time. */
  private List<Path> names(String suffix) throws IOException {
    List<Path> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + suffix)) {
      files.forEach(names::add);
    }
    Collections.sort(names);
    return names;
  }

  @FunctionalInterface
  private interface Step<T> {
    T take() throws IOException;
  }

  private <T> T exclusively(Step<T> step) throws IOException {
    ORDER.lock();
    try (FileChannel channel =
            FileChannel.open(
                directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      if (!held.isValid()) {
        throw new IOException("the lock of " + directory + " was lost");
      }
      return step.take();
    } finally {
      ORDER.unlock();
    }
  }

  /** A step that must not fail for whoever only looks. */
  private <T> T looking(String at, Step<T> step) {
    try {
      return exclusively(step);
    } catch (IOException e) {
      throw new LedgerException(at + " cannot be looked at: " + e, e);
    }
  }

  private void forceDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (AccessDeniedException notOnThisSystem) {
      log.debug("{} cannot be forced here", directory);
    }
  }

  @Override
  public String toString() {
    return "ledgers in " + directory;
  }
}
