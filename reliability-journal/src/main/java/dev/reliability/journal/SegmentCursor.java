package dev.reliability.journal;

import dev.reliability.core.event.Event;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
  private static final int FIRST_LOOK = 4 * 1024;

  /** The time of what comes before any time is known. */
  private static final long BEGINNING = Long.MIN_VALUE;

  private final int order;
  private final ArrayDeque<Path> files;
  private final boolean isFiltering;
  private final boolean isLeftOutTold;
  private final long sinceMillis;
  private final long untilMillis;
  private final boolean hasEnd;
  private final ReadAhead ahead;
  private final ArrayDeque<PartSummary.Stretch> stretches = new ArrayDeque<>();
  private final ArrayDeque<JournalEntry> ready = new ArrayDeque<>(2);
  private boolean isLeftOut;
  private boolean started;
  private @Nullable Chunk chunk;
  private Path file;
  private long line;
  private String epoch;
  private long expectedSeq;
  private long millis;

  /**
   * A cursor on {@code files}, of which there is at least one.
   *
   * @param order its place among cursors that stand at the same time
   * @param isLeftOutTold whether it stops at events of the time asked for that are left out
   * @throws IOException if the first cannot be read
   */
  SegmentCursor(
      int order,
      List<Path> files,
      JournalFilter filter,
      boolean isLeftOutTold,
      ReadAhead.Budget budget)
      throws IOException {
    this.order = order;
    this.files = new ArrayDeque<>(files);
    this.isLeftOutTold = isLeftOutTold;
    isFiltering = filter.since() != null || filter.until() != null;
    sinceMillis = filter.since() == null ? BEGINNING : ceilMillis(filter.since());
    hasEnd = filter.until() != null;
    untilMillis = filter.until() == null ? Long.MAX_VALUE : ceilMillis(filter.until());
    ahead = new ReadAhead(() -> new LineSorter(this::isInTime, filter.types()), budget);
    file = files.get(0);
    SegmentName name = SegmentName.parse(file);
    epoch = name == null || name.part() > 1 ? "" : name.epoch();
    expectedSeq = 1;
    millis = firstMillis(file);
  }

  private static long firstMillis(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] first = in.readNBytes(FIRST_LOOK);
      Envelope look = new Envelope();
      return look.head(first, 0, first.length) ? look.millis : BEGINNING;
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

  /** The time of what it stands at, or what the first line says before the start. */
  long millis() {
    return millis;
  }

  int order() {
    return order;
  }

  boolean isStarted() {
    return started;
  }

  /** Whether it stands at an entry; else at an event that is left out. */
  boolean hasEntry() {
    return !ready.isEmpty();
  }

  /** The next entry, which must be there. */
  JournalEntry take() {
    return ready.remove();
  }

  /** Tells of the event that is left out at which it stands. */
  void tell(LeftOut leftOut) {
    isLeftOut = false;
    leftOut.leftOut(epoch, expectedSeq - 1, millis);
  }

  /**
   * Goes on to the next entry, or the next event that is left out if such are told.
   *
   * @return false if there is none; all files are closed then
   * @throws UncheckedIOException if a file cannot be read; all files are closed then
   */
  boolean advance() {
    started = true;
    try {
      while (ready.isEmpty() && !isLeftOut) {
        Chunk open = chunk;
        if (open != null && open.next()) {
          line(open);
        } else {
          chunk = ahead.next();
          if (chunk == null && !goOn()) {
            return false;
          }
        }
      }
      return true;
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(
          "journal file " + file + " cannot be read: " + Reasons.of(e), e);
    }
  }

  /** Goes on to the next stretch of a part, or to the next part; false if there is none. */
  private boolean goOn() throws IOException {
    PartSummary.Stretch stretch = stretches.poll();
    if (stretch == null) {
      Path next = files.poll();
      if (next == null) {
        close();
        return false;
      }
      file = next;
      stretches.addAll(stretches(next));
    } else if (stretch.isRead()) {
      line = stretch.firstLine() - 1;
      ahead.open(file, stretch);
    } else {
      passOver(stretch);
    }
    return true;
  }

  /** A part with a summary is in stretches of which it is known what times are in them. */
  private List<PartSummary.Stretch> stretches(Path part) {
    PartSummary summary = isFiltering ? PartSummary.read(part) : null;
    SegmentName name = SegmentName.parse(part);
    return summary == null || name == null
        ? List.of(PartSummary.Stretch.ALL)
        : summary.stretches(name.epoch(), this::isWithin);
  }

  /** Whether something between two times may be of the time asked for. */
  private boolean isWithin(long least, long most) {
    return most >= sinceMillis && (least < untilMillis || !hasEnd);
  }

  /** Something that has nothing of the time asked for; it is counted. */
  private void passOver(PartSummary.Stretch stretch) {
    if (stretch.epoch().equals(epoch) && stretch.firstSeq() != expectedSeq && isInTime(millis)) {
      ready.add(
          new JournalEntry.Gap(
              epoch, expectedSeq, stretch.firstSeq(), file, stretch.firstLine(), stretch.offset()));
    }
    epoch = stretch.epoch();
    expectedSeq = stretch.lastSeq() + 1;
    millis = stretch.lastMillis();
  }

  private void line(Chunk at) {
    line++;
    Object what = at.what();
    if (what instanceof Event event) {
      follow(at, event.id().epoch());
      ready.add(new JournalEntry.Read(event, file, line, at.offset()));
    } else if (what instanceof Chunk.Fault fault) {
      fault(at, fault.why());
    } else {
      follow(at, (String) what);
      isLeftOut = isLeftOutTold && isInTime(millis);
    }
  }

  private boolean isInTime(long time) {
    return time >= sinceMillis && (time < untilMillis || !hasEnd);
  }

  /** Keeps count of the sequence. */
  private void follow(Chunk at, String foundEpoch) {
    long foundSeq = at.seq();
    long time = at.millis();
    if (foundSeq != expectedSeq
        && foundEpoch.equals(epoch)
        && (isInTime(time) || isInTime(millis))) {
      ready.add(new JournalEntry.Gap(epoch, expectedSeq, foundSeq, file, line, at.offset()));
    }
    epoch = foundEpoch;
    expectedSeq = foundSeq + 1;
    millis = time;
  }

  private void fault(Chunk at, String why) {
    if (millis == BEGINNING || isInTime(millis)) {
      ready.add(
          at.isTerminated()
              ? new JournalEntry.Malformed(file, line, at.offset(), why)
              : new JournalEntry.Torn(file, line, at.offset(), why));
    }
  }

  @Override
  public void close() {
    chunk = null;
    try {
      ahead.close();
    } catch (IOException e) {
      log.debug("journal file {} could not be closed after reading", file, e);
    }
  }
}
