package dev.reliability.journal;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sink that writes the journal: a file per incarnation, one line per event, as {@link
 * EventCodec} spells it.
 *
 * <p>The file is {@code journal-<epoch>.jsonl} in the directory. It is created for the first event
 * of its incarnation and never shared: nobody ever appends to a file that another writer began.
 * After 64 MiB by default the next part is begun, {@code journal-<epoch>.000002.jsonl}; what is
 * older than the writer is to keep is then removed, whoever wrote it. Lines are written when the
 * writer has caught up with the bus, or when 64 KiB wait.
 *
 * <p>A disk that refuses to take lines loses none at first: they wait, up to 8 MiB of them, and
 * every further batch tries again. From 4 MiB on samples are dropped, at 8 MiB every event is. What
 * is dropped is counted in {@link #status()}, logged at WARN (the 1st, 2nd, 4th, 8th ... time), and
 * shows in the sequence as a gap. A line that got out in part is cut off again. No method of a
 * writer that is open throws for any of this.
 *
 * <p>Thread-safe, although a bus calls from one strand only. {@link #status()} never waits for the
 * disk; the other methods may.
 */
public final class JournalWriter implements EventSink, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);
  private static final int MOST_OPEN = 8;
  private static final int MOST_BYTES = 8 * 1024 * 1024;

  private final SegmentFile.Opener opener;
  private final Durability durability;
  private final long rotateBytes;
  private final @Nullable Retention retention;
  private final String where;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Segment> segments = new LinkedHashMap<>();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final AtomicLong droppedSamples = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private volatile boolean failing;
  private volatile @Nullable String lastError;
  private boolean closed;

  JournalWriter(String where, Durability durability, SegmentFile.Opener opener) {
    this(where, durability, opener, Long.MAX_VALUE);
  }

  JournalWriter(String where, Durability durability, SegmentFile.Opener opener, long rotateBytes) {
    this(where, durability, opener, rotateBytes, null);
  }

  private JournalWriter(
      String where,
      Durability durability,
      SegmentFile.Opener opener,
      long rotateBytes,
      @Nullable Retention retention) {
    this.where = where;
    this.durability = durability;
    this.opener = opener;
    this.rotateBytes = rotateBytes;
    this.retention = retention;
  }

  /** What is removed, and how old it has to be. */
  private record Retention(Path directory, Duration keep) {}

  /**
   * A writer into {@code directory} that leaves flushing to the operating system.
   *
   * @throws UncheckedIOException as {@link #open(Path, Durability)} does
   */
  public static JournalWriter open(Path directory) {
    return open(directory, Durability.OS);
  }

  /**
   * A writer into {@code directory}, which is made if it is not there. That it can be written to is
   * tried out at once, with a file that is removed again.
   *
   * @throws UncheckedIOException naming the directory and the reason if it cannot be written to
   */
  public static JournalWriter open(Path directory, Durability durability) {
    return builder(directory).durability(durability).open();
  }

  /** A builder with all defaults. */
  public static Builder builder(Path directory) {
    return new Builder(directory);
  }

  /** Collects the settings of a writer. Not thread-safe. */
  public static final class Builder {
    private final Path directory;
    private Durability durability = Durability.OS;
    private long rotateBytes = 64L << 20;
    private @Nullable Duration keep;

    private Builder(Path directory) {
      this.directory = Objects.requireNonNull(directory, "directory");
    }

    /** What is waited for; {@link Durability#OS} by default. */
    public Builder durability(Durability value) {
      durability = Objects.requireNonNull(value, "durability");
      return this;
    }

    /** After how many bytes the next part is begun; 64 MiB by default. */
    public Builder rotateBytes(long value) {
      rotateBytes = value;
      return this;
    }

    /**
     * How long events are kept: whenever a part is begun, those in which everything is older are
     * removed, as {@link JournalRetention#purge} does. For ever by default.
     */
    public Builder keep(Duration value) {
      keep = Objects.requireNonNull(value, "keep");
      return this;
    }

    /**
     * The writer. Makes the directory if it is not there, and tries out at once, with a file that
     * is removed again, that it can be written to.
     *
     * @throws IllegalArgumentException listing every setting that cannot be used
     * @throws UncheckedIOException naming the directory and the reason if it cannot be written to
     */
    public JournalWriter open() {
      List<String> problems = new ArrayList<>();
      if (rotateBytes < 1) {
        problems.add("rotateBytes: expected at least 1, got " + rotateBytes);
      }
      if (keep != null && (keep.isNegative() || keep.isZero())) {
        problems.add("keep: expected a positive duration, got " + keep);
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "a journal cannot be written: " + String.join("; ", problems));
      }
      try {
        if (!Files.isDirectory(directory)) { // else a link to a directory would be refused
          Files.createDirectories(directory);
        }
        Path probe = Files.createTempFile(directory, "probe-", ".tmp");
        try {
          Files.write(probe, new byte[1]);
        } finally {
          Files.delete(probe);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "journal directory " + directory + " cannot be written to: " + Reasons.of(e), e);
      }
      return new JournalWriter(
          directory.toString(),
          durability,
          SegmentFile.in(directory, durability),
          rotateBytes,
          keep == null ? null : new Retention(directory, keep));
    }
  }

  @Override
  public String name() {
    return "journal";
  }

  /**
   * Takes one event; its line is on the file after the next {@link #caughtUp()} at the latest, if
   * the disk takes it.
   */
  @Override
  public void accept(Event event) {
    lock.lock();
    try {
      if (closed) {
        drop(event, "the writer is closed");
        return;
      }
      Segment segment = segment(event.id().epoch());
      if (segment == null) {
        drop(
            event,
            "an epoch that cannot be part of a file's name: "
                + CodecException.quoted(event.id().epoch()));
      } else if (segment.waitingBytes()
          >= (event.data().isSample() ? MOST_BYTES / 2 : MOST_BYTES)) {
        drop(event, "too much waits to be written");
      } else {
        append(segment, event);
      }
    } finally {
      lock.unlock();
    }
  }

  private void append(Segment segment, Event event) {
    try {
      segment.append(event);
    } catch (RuntimeException e) {
      drop(event, e.toString());
      return;
    }
    waiting.incrementAndGet();
    if (segment.isBatchFull()) {
      write(segment, false);
    }
  }

  /** Writes what waits, and with {@link Durability#FSYNC} waits until the disk has it. */
  @Override
  public void caughtUp() {
    lock.lock();
    try {
      for (Segment segment : segments.values()) {
        write(segment, durability == Durability.FSYNC);
      }
    } finally {
      lock.unlock();
    }
  }

  /** How it goes. Never waits. */
  public JournalStatus status() {
    return new JournalStatus(
        written.get(),
        waiting.get(),
        dropped.get(),
        droppedSamples.get(),
        failures.get(),
        failing,
        lastError);
  }

  /**
   * Writes what waits, for the last time, and closes the files. Events that come later are counted
   * as dropped.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      segments.values().forEach(this::finish);
      segments.clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The segment of an incarnation. The one that was begun first makes room when there are too many.
   */
  private @Nullable Segment segment(String epoch) {
    Segment segment = segments.get(epoch);
    if (segment == null && SegmentName.isPossible(epoch)) {
      if (segments.size() == MOST_OPEN) {
        Iterator<Segment> oldest = segments.values().iterator();
        finish(oldest.next());
        oldest.remove();
      }
      segment = new Segment(epoch, opener, durability, rotateBytes);
      segments.put(epoch, segment);
    }
    return segment;
  }

  private void finish(Segment segment) {
    write(segment, durability == Durability.FSYNC);
    if (segment.waiting() > 0) {
      dropped.addAndGet(segment.waiting());
      waiting.addAndGet(-segment.waiting());
      log.warn(
          "journal {}: {} events could not be written and are lost: {}",
          where,
          segment.waiting(),
          lastError);
    }
    try {
      segment.close();
    } catch (IOException e) {
      failed(e);
    }
  }

  private void write(Segment segment, boolean force) {
    long before = segment.written();
    try {
      int part = segment.parts();
      boolean busy = segment.writeOut();
      if (segment.parts() != part) {
        purge(segment);
      }
      if (force) {
        busy |= segment.force();
      }
      if (failing && busy) {
        failing = false;
        log.info("journal {}: writes again, after {} failures", where, failures.get());
      }
    } catch (IOException e) {
      failed(e);
    }
    written.addAndGet(segment.written() - before);
    waiting.addAndGet(before - segment.written());
  }

  /** After a part was finished; its last event says what time it is. */
  private void purge(Segment segment) {
    if (retention != null) {
      try {
        JournalRetention.purge(
            retention.directory(),
            Instant.ofEpochMilli(segment.lastMillis()).minus(retention.keep()));
      } catch (UncheckedIOException | DateTimeException | ArithmeticException e) {
        log.warn("journal {}: what is too old could not be removed: {}", where, e.toString());
      }
    }
  }

  private void failed(IOException e) {
    failing = true;
    lastError = Reasons.of(e);
    long count = failures.incrementAndGet();
    if (Long.bitCount(count) == 1) {
      log.warn(
          "journal {}: cannot write, {} times so far; {} events wait: {}",
          where,
          count,
          waiting.get(),
          lastError);
    }
  }

  private void drop(Event event, String why) {
    lastError = "event " + event.id() + " dropped: " + why;
    if (event.data().isSample()) {
      droppedSamples.incrementAndGet();
    }
    long count = dropped.incrementAndGet();
    if (Long.bitCount(count) == 1) {
      log.warn("journal {}: {}, {} dropped so far", where, lastError, count);
    }
  }
}
