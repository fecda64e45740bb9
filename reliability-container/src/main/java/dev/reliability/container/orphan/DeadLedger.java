package dev.reliability.container.orphan;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of a dead incarnation, locked, so that nobody else goes through it meanwhile. Used by
 * one thread at a time.
 */
final class DeadLedger implements AutoCloseable {
  private final LedgerHome home;
  private final Path path;
  private final String incarnation;
  private final LedgerFile file;
  private final @Nullable LedgerException problem;
  private final int wholeBytes;
  private final Map<Long, LedgerEntry> open = new LinkedHashMap<>();
  private final ByteArrayOutputStream gone = new ByteArrayOutputStream();

  private DeadLedger(
      LedgerHome home,
      Path path,
      String incarnation,
      LedgerFile file,
      LedgerLines.@Nullable Content content,
      @Nullable LedgerException problem) {
    this.home = home;
    this.path = path;
    this.incarnation = incarnation;
    this.file = file;
    this.problem = problem;
    wholeBytes = content == null ? 0 : content.wholeBytes();
    if (content != null) {
      content.entries().forEach(entry -> open.put(entry.id(), entry));
    }
  }

  /** Reads a locked file. What is wrong with its content is a {@link #problem}, not thrown. */
  static DeadLedger read(LedgerHome home, Path path, String incarnation, LedgerFile file) {
    LedgerLines.Content content = null;
    LedgerException problem = null;
    try {
      content = LedgerLines.parse(path.toString(), incarnation, file.content());
    } catch (LedgerException e) {
      problem = e;
    } catch (IOException e) {
      problem = new LedgerException("ledger " + path + " cannot be read: " + e, e);
    }
    return new DeadLedger(home, path, incarnation, file, content, problem);
  }

  String incarnation() {
    return incarnation;
  }

  Path path() {
    return path;
  }

  /** Why it cannot be read; null if it can. */
  @Nullable LedgerException problem() {
    return problem;
  }

  /** What is not known to be gone. */
  List<LedgerEntry> entries() {
    return List.copyOf(open.values());
  }

  /** Nothing is left of an entry. Written when this is closed. */
  void gone(LedgerEntry entry) {
    if (open.remove(entry.id()) != null) {
      gone.writeBytes(LedgerLines.gone(entry.id()));
    }
  }

  /**
   * Lets go of it: deleted if nothing is open in it, else left for the next one; one that cannot be
   * read stays as it is.
   *
   * @throws LedgerException if it could not be written; then it stays as it was
   */
  @Override
  public void close() {
    try {
      if (problem == null && open.isEmpty()) {
        home.retire(incarnation, file);
        return;
      }
      try {
        if (gone.size() > 0) {
          file.truncate(wholeBytes); // what a crash cut short counts as not written
          file.append(gone.toByteArray());
          file.force();
        }
      } finally {
        home.leave(incarnation, file);
      }
    } catch (IOException e) {
      throw new LedgerException("ledger " + path + " cannot be written: " + e, e);
    }
  }
}
