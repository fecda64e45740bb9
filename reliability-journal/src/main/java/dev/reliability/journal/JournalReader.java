package dev.reliability.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal from its beginning: one file, or all files of a directory.
 *
 * <p>Every whole line that is an event is given, in the order of the file. What is torn, malformed
 * or missing is told where it stands, and never hides a line that is whole. The files of several
 * incarnations are merged by time; within an incarnation the order of the file, which is the order
 * of the sequence, stands whatever the wall clock did.
 *
 * <p>Memory stays bounded: a buffer per incarnation that was active at the time being read (128
 * KiB, or as much as the longest line needs), and with somebody to help what is in eight more in
 * all. Reading changes nothing, and the files may be written to meanwhile: what is given is what
 * was there when their end was reached. Not thread-safe; must be closed.
 */
public final class JournalReader implements Iterator<JournalEntry>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JournalReader.class);
  private static final int MOST_AHEAD = 8;
  private static final Comparator<SegmentCursor> IN_ORDER =
      Comparator.comparingLong(SegmentCursor::millis).thenComparingInt(SegmentCursor::order);

  private final JournalFilter filter;
  private final @Nullable LeftOut leftOut;
  private final ReadAhead.Budget budget;
  private final PriorityQueue<SegmentCursor> cursors = new PriorityQueue<>(IN_ORDER);

  /** The cursor that gave the last entry; it goes on when the next one is asked for. */
  private @Nullable SegmentCursor last;

  /** The cursor that gives the next entry, if that is known. */
  private @Nullable SegmentCursor first;

  private int count;

  private JournalReader(
      JournalFilter filter, @Nullable LeftOut leftOut, @Nullable Executor helper) {
    this.filter = filter;
    this.leftOut = leftOut;
    budget = new ReadAhead.Budget(helper, MOST_AHEAD);
  }

  /**
   * Opens a file, or all files of a journal in a directory, to read everything.
   *
   * @throws UncheckedIOException as {@link #open(Path, JournalFilter)} does
   */
  public static JournalReader open(Path fileOrDirectory) {
    return open(fileOrDirectory, JournalFilter.ALL);
  }

  /**
   * Opens a file, or all files of a journal in a directory, to read what {@code filter} lets
   * through. A directory without such files is an empty journal.
   *
   * @throws UncheckedIOException naming the path and the reason if it cannot be read
   */
  public static JournalReader open(Path fileOrDirectory, JournalFilter filter) {
    return openAll(List.of(fileOrDirectory), filter);
  }

  /**
   * The same with the journals of several nodes, read as one: each a file or a directory.
   *
   * @throws UncheckedIOException naming the path and the reason if one cannot be read
   */
  public static JournalReader openAll(List<Path> filesOrDirectories, JournalFilter filter) {
    return openAll(filesOrDirectories, epoch -> true, new JournalReader(filter, null, null));
  }

  /**
   * The same with all incarnations, for much to be read.
   *
   * @param leftOut is told of the events of the time asked for that are of other types
   * @param helper helps with reading, as below
   * @throws UncheckedIOException naming the path and the reason if one cannot be read
   */
  public static JournalReader openAll(
      List<Path> filesOrDirectories, JournalFilter filter, LeftOut leftOut, Executor helper) {
    return openAll(filesOrDirectories, filter, epoch -> true, leftOut, helper);
  }

  /**
   * The same, for much to be read, or a part of it: what is left out because of its type is told,
   * and lines are read ahead and understood by others meanwhile.
   *
   * @param epochs of which incarnations the files are read; a file that is not named as a journal's
   *     files are is read in any case
   * @param leftOut is told of the events of the time asked for that are of other types
   * @param helper runs tasks that take a few milliseconds each and wait for nothing; it may be
   *     slow, or refuse them, since what is not done when it is needed is done by the caller
   * @throws UncheckedIOException naming the path and the reason if one cannot be read
   */
  public static JournalReader openAll(
      List<Path> filesOrDirectories,
      JournalFilter filter,
      Predicate<String> epochs,
      LeftOut leftOut,
      Executor helper) {
    return openAll(filesOrDirectories, epochs, new JournalReader(filter, leftOut, helper));
  }

  private static JournalReader openAll(
      List<Path> filesOrDirectories, Predicate<String> epochs, JournalReader reader) {
    for (Path one : filesOrDirectories) {
      try {
        reader.add(one, epochs);
      } catch (IOException e) {
        reader.close();
        throw new UncheckedIOException("journal " + one + " cannot be read: " + Reasons.of(e), e);
      }
    }
    return reader;
  }

  /**
   * The incarnations that have files in a directory.
   *
   * @throws UncheckedIOException naming the path and the reason if it cannot be read
   */
  public static Set<String> epochs(Path directory) {
    try {
      return Set.copyOf(incarnations(directory).keySet());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "journal " + directory + " cannot be read: " + Reasons.of(e), e);
    }
  }

  private void add(Path fileOrDirectory, Predicate<String> epochs) throws IOException {
    if (!Files.isDirectory(fileOrDirectory)) {
      SegmentName name = SegmentName.parse(fileOrDirectory);
      if (name == null || epochs.test(name.epoch())) {
        cursors.add(cursor(List.of(fileOrDirectory)));
      }
      return;
    }
    for (Map.Entry<String, List<Path>> incarnation : incarnations(fileOrDirectory).entrySet()) {
      if (!epochs.test(incarnation.getKey())) {
        continue;
      }
      List<Path> parts = incarnation.getValue();
      try {
        cursors.add(cursor(parts));
      } catch (NoSuchFileException e) {
        log.debug("journal file {} was removed since it was listed", parts.get(0));
      }
    }
  }

  private SegmentCursor cursor(List<Path> parts) throws IOException {
    return new SegmentCursor(count++, parts, filter, leftOut != null, budget);
  }

  /** The files of each incarnation, in the order of their parts; what is no file is none of it. */
  private static Map<String, List<Path>> incarnations(Path directory) throws IOException {
    Map<String, TreeMap<Integer, Path>> byEpoch = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        SegmentName name = SegmentName.parse(file);
        if (name != null && Files.isRegularFile(file)) {
          byEpoch.computeIfAbsent(name.epoch(), epoch -> new TreeMap<>()).put(name.part(), file);
        }
      }
    }
    Map<String, List<Path>> incarnations = new LinkedHashMap<>();
    byEpoch.forEach((epoch, parts) -> incarnations.put(epoch, List.copyOf(parts.values())));
    return incarnations;
  }

  /**
   * Whether there is another entry.
   *
   * @throws UncheckedIOException if a file cannot be read
   */
  @Override
  public boolean hasNext() {
    if (first == null) {
      first = findFirst();
    }
    return first != null;
  }

  /** The cursor that stands at what comes next, once that is an entry; it is in no queue then. */
  private @Nullable SegmentCursor findFirst() {
    SegmentCursor at = last;
    last = null;
    while (true) {
      boolean isThere = at != null && at.advance();
      SegmentCursor other = cursors.peek();
      if (at == null || !isThere) {
        at = cursors.poll();
      } else if (other != null && IN_ORDER.compare(other, at) < 0) {
        cursors.remove();
        cursors.add(at);
        at = other;
      }
      if (at == null || (at.isStarted() && at.hasEntry())) {
        return at;
      } else if (at.isStarted() && leftOut != null) {
        at.tell(leftOut);
      }
    }
  }

  /**
   * The next entry.
   *
   * @throws NoSuchElementException if there is none
   * @throws UncheckedIOException if a file cannot be read
   */
  @Override
  public JournalEntry next() {
    SegmentCursor from = hasNext() ? first : null;
    if (from == null) {
      throw new NoSuchElementException("the journal has no more entries");
    }
    first = null;
    last = from;
    return from.take();
  }

  /** The entries that were not taken yet, in order. Closing the stream closes the reader. */
  public Stream<JournalEntry> stream() {
    int traits = Spliterator.ORDERED | Spliterator.NONNULL;
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, traits), false)
        .onClose(this::close);
  }

  /** Closes the files. No entry follows. */
  @Override
  public void close() {
    for (SegmentCursor open : new @Nullable SegmentCursor[] {first, last}) {
      if (open != null) {
        open.close();
      }
    }
    first = null;
    last = null;
    cursors.forEach(SegmentCursor::close);
    cursors.clear();
  }
}
