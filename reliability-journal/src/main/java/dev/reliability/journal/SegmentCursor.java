package dev.reliability.journal;

import dev.reliability.core.event.Event;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks through the parts that one incarnation wrote, in their order, or through one file of any
 * name. At most one file is open at a time, and none before {@link #advance()}. Not thread-safe.
 */
final class SegmentCursor implements Closeable {
  private static final Logger log = LoggerFactory.getLogger(JournalReader.class);
  private static final int BUFFER = 128 * 1024;
  private static final int FIRST_LOOK = 4 * 1024;

  /** The time of what comes before any time is known. */
  private static final long BEGINNING = Long.MIN_VALUE;

  private final int order;
  private final List<Path> files;
  private final JournalFilter filter;
  private final boolean isFiltering;
  private final long sinceMillis;
  private final long untilMillis;
  private final byte[][] types;
  private final EventDecoder decoder = new EventDecoder();
  private final Envelope look = new Envelope();
  private final ArrayDeque<JournalEntry> ready = new ArrayDeque<>(2);
  private int nextFile;
  private boolean started;
  private @Nullable LineReader lines;
  private Path file;
  private String epoch;
  private long expectedSeq;
  private long millis;

  /**
   * A cursor on {@code files}, of which there is at least one.
   *
   * @param order its place among cursors that stand at the same time
   * @throws IOException if the first cannot be read
   */
  SegmentCursor(int order, List<Path> files, JournalFilter filter) throws IOException {
    this.order = order;
    this.files = files;
    this.filter = filter;
    isFiltering = !filter.equals(JournalFilter.ALL);
    sinceMillis = filter.since() == null ? BEGINNING : ceilMillis(filter.since());
    untilMillis = filter.until() == null ? Long.MAX_VALUE : ceilMillis(filter.until());
    types =
        filter.types().stream()
            .map(type -> type.getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);
    file = files.get(0);
    SegmentName name = SegmentName.parse(file);
    epoch = name == null || name.part() > 1 ? "" : name.epoch();
    expectedSeq = 1;
    millis = firstMillis(file);
  }

  private long firstMillis(Path path) throws IOException {
    try (LineReader reader = new LineReader(Files.newInputStream(path), FIRST_LOOK)) {
      return reader.next() && look.head(reader.bytes(), reader.start(), reader.length())
          ? look.millis
          : BEGINNING;
    }
  }

  /** The first millisecond that is not before {@code time}. */
  private static long ceilMillis(Instant time) {
    long floor = millisOf(time);
    return time.equals(time.truncatedTo(ChronoUnit.MILLIS)) || floor == Long.MAX_VALUE
        ? floor
        : floor + 1;
  }

  /** In milliseconds, as near as they can be had. */
  static long millisOf(Instant time) {
    try {
      return time.toEpochMilli();
    } catch (ArithmeticException e) {
      return time.getEpochSecond() < 0 ? BEGINNING : Long.MAX_VALUE;
    }
  }

  /**
   * The time of the entry that {@link #take()} gives next, or what the first line says before the
   * start.
   */
  long millis() {
    return millis;
  }

  int order() {
    return order;
  }

  boolean isStarted() {
    return started;
  }

  /** The next entry, which must be there. */
  JournalEntry take() {
    return ready.remove();
  }

  /**
   * Goes on to the next entry.
   *
   * @return false if there is none; all files are closed then
   * @throws UncheckedIOException if a file cannot be read; all files are closed then
   */
  boolean advance() {
    started = true;
    try {
      while (ready.isEmpty()) {
        LineReader open = lines;
        if (open == null) {
          if (nextFile == files.size()) {
            return false;
          }
          file = files.get(nextFile++);
          if (!isPassedOver(file)) {
            lines = open(file);
          }
        } else if (open.next()) {
          line(open);
        } else {
          close();
        }
      }
      return true;
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(
          "journal file " + file + " cannot be read: " + Reasons.of(e), e);
    }
  }

  /** Whether a part has nothing of the time asked for, by its summary; it is counted then. */
  private boolean isPassedOver(Path part) {
    if (!isFiltering) {
      return false;
    }
    PartSummary summary = PartSummary.read(part);
    SegmentName name = SegmentName.parse(part);
    if (summary == null
        || name == null
        || (summary.mostMillis() >= sinceMillis
            && (summary.leastMillis() < untilMillis || filter.until() == null))) {
      return false;
    }
    if (name.epoch().equals(epoch) && summary.firstSeq() != expectedSeq && isInTime(millis)) {
      ready.add(new JournalEntry.Gap(epoch, expectedSeq, summary.firstSeq(), part, 1, 0));
    }
    epoch = name.epoch();
    expectedSeq = summary.lastSeq() + 1;
    millis = summary.lastMillis();
    return true;
  }

  private static @Nullable LineReader open(Path path) throws IOException {
    try {
      return new LineReader(Files.newInputStream(path), BUFFER);
    } catch (NoSuchFileException e) {
      return null; // removed since it was listed: no longer part of the journal
    }
  }

  private void line(LineReader line) {
    if (line.isTooLong()) {
      fault(line, "line: expected at most " + EventCodec.MAX_LINE_BYTES + " bytes, got more");
      return;
    }
    if (isFiltering && look.head(line.bytes(), line.start(), line.length()) && isLeftOut()) {
      follow(line, look.epoch.text(), look.seq, look.millis);
      return;
    }
    Event event;
    try {
      event = decoder.decode(line.bytes(), line.start(), line.length());
    } catch (CodecException e) {
      fault(line, String.valueOf(e.getMessage()));
      return;
    }
    long time = millisOf(event.time());
    follow(line, event.id().epoch(), event.id().seq(), time);
    if (isInTime(time) && (types.length == 0 || filter.types().contains(event.type()))) {
      ready.add(new JournalEntry.Read(event, file, line.number(), line.offset()));
    }
  }

  private boolean isLeftOut() {
    if (!isInTime(look.millis)) {
      return true;
    }
    if (types.length == 0 || !look.upToType()) {
      return false;
    }
    for (byte[] type : types) {
      if (look.type.is(type)) {
        return false;
      }
    }
    return true;
  }

  private boolean isInTime(long time) {
    return time >= sinceMillis && (time < untilMillis || filter.until() == null);
  }

  /** Keeps count of the sequence. */
  private void follow(LineReader line, String foundEpoch, long foundSeq, long time) {
    if (foundEpoch.equals(epoch)
        && foundSeq != expectedSeq
        && (isInTime(time) || isInTime(millis))) {
      ready.add(
          new JournalEntry.Gap(epoch, expectedSeq, foundSeq, file, line.number(), line.offset()));
    }
    epoch = foundEpoch;
    expectedSeq = foundSeq + 1;
    millis = time;
  }

  private void fault(LineReader line, String why) {
    if (millis == BEGINNING || isInTime(millis)) {
      ready.add(
          line.isTerminated()
              ? new JournalEntry.Malformed(file, line.number(), line.offset(), why)
              : new JournalEntry.Torn(file, line.number(), line.offset(), why));
    }
  }

  @Override
  public void close() {
    LineReader open = lines;
    lines = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.debug("journal file {} could not be closed after reading", file, e);
      }
    }
  }
}
