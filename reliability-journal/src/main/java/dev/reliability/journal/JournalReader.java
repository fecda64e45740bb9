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
 * KiB, or as much as the longest line needs). Reading changes nothing, and the files may be written
 * to meanwhile: what is given is what was there when their end was reached. Not thread-safe; must
 * be closed.
 */
public final class JournalReader implements Iterator<JournalEntry>, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JournalReader.class);
  private final PriorityQueue<SegmentCursor> cursors =
      new PriorityQueue<>(
          Comparator.comparingLong(SegmentCursor::millis).thenComparingInt(SegmentCursor::order));

  /** The cursor that gave the last entry; it goes on when the next one is asked for. */
  private @Nullable SegmentCursor last;

  private JournalReader() {}

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
    return openAll(filesOrDirectories, filter, epoch -> true);
  }

  /**
   * The same, without the files of some incarnations.
   *
   * @param epochs of which incarnations the files are read; a file that is not named as a journal's
   *     files are is read in any case
   * @throws UncheckedIOException naming the path and the reason if one cannot be read
   */
  public static JournalReader openAll(
      List<Path> filesOrDirectories, JournalFilter filter, Predicate<String> epochs) {
    JournalReader reader = new JournalReader();
    for (Path one : filesOrDirectories) {
      try {
        reader.add(one, filter, epochs);
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

  private void add(Path fileOrDirectory, JournalFilter filter, Predicate<String> epochs)
      throws IOException {
    if (!Files.isDirectory(fileOrDirectory)) {
      SegmentName name = SegmentName.parse(fileOrDirectory);
      if (name == null || epochs.test(name.epoch())) {
        cursors.add(new SegmentCursor(cursors.size(), List.of(fileOrDirectory), filter));
      }
      return;
    }
    for (Map.Entry<String, List<Path>> incarnation : incarnations(fileOrDirectory).entrySet()) {
      if (!epochs.test(incarnation.getKey())) {
        continue;
      }
      List<Path> parts = incarnation.getValue();
      try {
        cursors.add(new SegmentCursor(cursors.size(), parts, filter));
      } catch (NoSuchFileException e) {
        log.debug("journal file {} was removed since it was listed", parts.get(0));
      }
    }
  }

  /** The files of each incarnation, in the order of their parts. */
  private static Map<String, List<Path>> incarnations(Path directory) throws IOException {
    Map<String, TreeMap<Integer, Path>> byEpoch = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        SegmentName name = SegmentName.parse(file);
        if (name != null) {
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
    SegmentCursor behind = last;
    last = null;
    if (behind != null && behind.advance()) {
      cursors.add(behind);
    }
    SegmentCursor first = cursors.peek();
    while (first != null && !first.isStarted()) {
      cursors.remove(); // its place in the queue may change
      if (first.advance()) {
        cursors.add(first);
      }
      first = cursors.peek();
    }
    return first != null;
  }

  /**
   * The next entry.
   *
   * @throws NoSuchElementException if there is none
   * @throws UncheckedIOException if a file cannot be read
   */
  @Override
  public JournalEntry next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the journal has no more entries");
    }
    SegmentCursor first = cursors.remove();
    last = first;
    return first.take();
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
    if (last != null) {
      last.close();
      last = null;
    }
    cursors.forEach(SegmentCursor::close);
    cursors.clear();
  }
}
