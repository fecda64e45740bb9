package dev.reliability.container.orphan;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this incarnation started, in a file that outlives it. Before anything is started its intent
 * is on the disk; then who it became is added, and that it is gone. The file is locked for as long
 * as this process lives: whoever gets the lock knows that it is dead.
 *
 * <pre>{@code
 * try (Ledger ledger = Ledger.open(Path.of("state/ledger"), bus.epoch());
 *      ProcessRuntime processes = ProcessRuntime.builder(runtime).ledger(ledger).build()) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Only intents are waited for until they are on the disk, many with one write of the disk if
 * many come at once. That somebody became known, or is gone, only spares a search: it is written
 * without being waited for, the latter with whatever is written next. Beyond 1 MiB the file is made
 * anew with what is still open.
 *
 * <p>Thread-safe. Close it after whatever starts things has been closed.
 */
public final class Ledger implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);
  private static final long REWRITE_BYTES = 1024 * 1024;

  private final LedgerHome home;
  private final Path directory;
  private final String incarnation;
  private final long rewriteBytes;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, LedgerEntry> open = new ConcurrentSkipListMap<>();
  private final Queue<Long> gone = new ConcurrentLinkedQueue<>();
  private final ReentrantLock writing = new ReentrantLock();
  private final ReentrantLock forcing = new ReentrantLock(); // always taken before writing
  private LedgerFile file; // changed under both
  private long written; // how many writes there were; under writing
  private long forced; // how many of them are on the disk; under forcing
  private long nextRewrite; // under writing
  private long whole; // under writing: up to where its lines are whole
  private boolean torn; // under writing: behind that is a part of a line, still to be taken back
  private boolean closed; // under writing

  Ledger(LedgerHome home, Path directory, String incarnation, long rewriteBytes)
      throws IOException {
    this.home = home;
    this.directory = directory;
    this.incarnation = incarnation;
    this.rewriteBytes = rewriteBytes;
    nextRewrite = rewriteBytes;
    file = home.create(incarnation);
    whole = file.size();
  }

  /**
   * Opens the ledger of a new incarnation.
   *
   * @param directory the same for all incarnations of an installation; made if it does not exist
   * @param incarnation this one's id, such as an event bus's epoch: the one that stands as owner in
   *     run records
   * @throws LedgerException naming the file if it cannot be made, or exists
   * @throws IllegalArgumentException if the incarnation is no name for a file
   */
  public static Ledger open(Path directory, String incarnation) {
    LedgerDirectory ledgers = LedgerDirectory.at(directory);
    try {
      return new Ledger(
          ledgers.home(), ledgers.path(), LedgerDirectory.checked(incarnation), REWRITE_BYTES);
    } catch (IOException e) {
      throw new LedgerException(
          "ledger of " + incarnation + " in " + ledgers.path() + " cannot be made: " + e, e);
    }
  }

  /** Where it is, with those of other incarnations. */
  public LedgerDirectory directory() {
    return LedgerDirectory.at(directory);
  }

  /** Whose it is. */
  public String incarnation() {
    return incarnation;
  }

  /** What is not gone yet. */
  public Collection<LedgerEntry> entries() {
    return new TreeMap<>(open).values();
  }

  /**
   * Writes down what is about to be started, and returns when that is on the disk. Blocks for as
   * long as the disk does.
   *
   * @return to be told what becomes of it
   * @throws LedgerException if it could not be written, if the file was removed meanwhile, or the
   *     ledger is closed; then nothing may be started
   */
  public Line intend(Intent intent) {
    Objects.requireNonNull(intent, "intent");
    LedgerEntry entry = new LedgerEntry(ids.incrementAndGet(), intent, Map.of());
    try {
      open.put(entry.id(), entry); // before it is written: a file made anew meanwhile has it, too
      force(write(LedgerLines.intent(entry.id(), intent)));
      if (!home.isThere(incarnation)) {
        throw new NoSuchFileException(directory.toString(), null, "its file was removed");
      }
    } catch (IOException e) {
      new Line(entry.id()).gone();
      throw new LedgerException(
          "ledger of " + incarnation + " in " + directory + " cannot be written: " + e, e);
    }
    rewriteIfLong();
    return new Line(entry.id());
  }

  /** Appends, after whatever is known to be gone; returns which write it was. */
  private long write(byte[] line) throws IOException {
    writing.lock();
    try {
      if (closed) {
        throw new IOException("it is closed");
      }
      if (torn) {
        file.truncate(whole);
        torn = false;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int many = gone.size();
      Long[] ended = new Long[many];
      for (int i = 0; i < many; i++) {
        ended[i] = gone.remove();
        bytes.writeBytes(LedgerLines.gone(ended[i]));
      }
      bytes.writeBytes(line);
      try {
        file.append(bytes.toByteArray());
        whole += bytes.size();
      } catch (IOException e) {
        gone.addAll(List.of(ended));
        takeBack(e);
        throw e;
      }
      return ++written;
    } finally {
      writing.unlock();
    }
  }

  /** Leaves no part of a line behind; what cannot be taken back now is before the next write. */
  private void takeBack(IOException why) {
    try {
      file.truncate(whole);
    } catch (IOException e) {
      torn = true;
      why.addSuppressed(e);
    }
  }

  private void force(long write) throws IOException {
    forcing.lock();
    try {
      if (forced < write) {
        long upTo = writtenSoFar();
        file.force();
        forced = upTo;
      }
    } finally {
      forcing.unlock();
    }
  }

  private long writtenSoFar() {
    writing.lock();
    try {
      return written;
    } finally {
      writing.unlock();
    }
  }

  private void rewriteIfLong() {
    forcing.lock();
    try {
      writing.lock();
      try {
        if (closed || whole < nextRewrite) {
          return;
        }
        gone.clear();
        byte[] content = LedgerLines.all(incarnation, open.values());
        file = home.rewrite(incarnation, file, content);
        nextRewrite = Math.max(rewriteBytes, 2L * content.length);
        whole = content.length;
        forced = written;
      } finally {
        writing.unlock();
      }
    } catch (IOException e) {
      log.warn("The ledger of {} could not be made anew; it grows on", incarnation, e);
    } finally {
      forcing.unlock();
    }
  }

  /**
   * Lets go of the file: deletes it if all in it is gone; else it stays, for a reaper. May be
   * called again.
   */
  @Override
  public void close() {
    forcing.lock();
    try {
      writing.lock();
      try {
        if (closed) {
          return;
        }
        if (!open.isEmpty() && !gone.isEmpty()) {
          write(new byte[0]);
        }
        closed = true;
        if (open.isEmpty()) {
          home.retire(incarnation, file);
        } else {
          home.leave(incarnation, file);
        }
      } finally {
        writing.unlock();
      }
    } catch (IOException e) {
      log.warn("The ledger of {} could not be closed; a reaper will look at it", incarnation, e);
    } finally {
      forcing.unlock();
    }
  }

  /** What becomes of one thing that was to be started. Thread-safe. */
  public final class Line {
    private final long id;
    private final AtomicBoolean over = new AtomicBoolean();

    private Line(long id) {
      this.id = id;
    }

    /**
     * It was started, and this is who it became. Blocks for as long as a write does; if it cannot
     * be written that is logged, and a reaper has to search.
     *
     * @param identity in the words of its kind; names without {@code =}
     */
    public void became(Map<String, String> identity) {
      Map<String, String> words = Map.copyOf(identity);
      if (over.get() || open.computeIfPresent(id, (same, e) -> e.became(words)) == null) {
        return;
      }
      try {
        write(LedgerLines.became(id, words));
      } catch (IOException e) {
        log.warn(
            "The ledger of {} does not say who became entry {}: {}", incarnation, id, words, e);
      }
    }

    /** Nothing is left of it, or it was not started at all. Never blocks. */
    public void gone() {
      if (over.compareAndSet(false, true)) {
        open.remove(id);
        gone.add(id);
      }
    }
  }
}
