package dev.reliability.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Removes what is too old from a journal.
 *
 * <p>A part is removed if every event in it is older, and every part before it was removed as well:
 * what is left of an incarnation begins later, and has no new gap. The part that an incarnation is
 * writing now is no exception if everything in it is older; its writer notices, and begins another.
 */
public final class JournalRetention {
  private JournalRetention() {}

  /**
   * What was removed.
   *
   * @param parts how many files with events
   * @param bytes how long they were together
   */
  public record Purged(int parts, long bytes) {}

  /**
   * Removes the parts in which everything was before {@code before}. Parts that cannot be read, or
   * in which a line cannot be read, stay.
   *
   * @throws UncheckedIOException naming the directory if it cannot be listed, or a part that cannot
   *     be removed
   */
  public static Purged purge(Path directory, Instant before) {
    int parts = 0;
    long bytes = 0;
    try {
      for (NavigableMap<Integer, Path> incarnation : incarnations(directory).values()) {
        for (Path part : incarnation.values()) {
          if (!isOlder(part, before)) {
            break;
          }
          long size = Files.size(part);
          Files.deleteIfExists(part);
          Files.deleteIfExists(PartSummary.of(part));
          parts++;
          bytes += size;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "journal " + directory + " cannot be purged: " + Reasons.of(e), e);
    }
    return new Purged(parts, bytes);
  }

  /** The parts of each incarnation; summaries whose part is gone are removed on the way. */
  private static Map<String, NavigableMap<Integer, Path>> incarnations(Path directory)
      throws IOException {
    Map<String, NavigableMap<Integer, Path>> incarnations = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        SegmentName name = SegmentName.parse(file);
        Path part = PartSummary.partOf(file);
        if (name != null) {
          incarnations
              .computeIfAbsent(name.epoch(), epoch -> new TreeMap<>())
              .put(name.part(), file);
        } else if (part != null && SegmentName.parse(part) != null && !Files.exists(part)) {
          Files.deleteIfExists(file);
        }
      }
    }
    return incarnations;
  }

  private static boolean isOlder(Path part, Instant before) {
    PartSummary summary = PartSummary.read(part);
    if (summary != null) {
      return summary.mostMillis() < SegmentCursor.millisOf(before);
    }
    boolean any = false;
    try (JournalReader reader = JournalReader.open(part)) {
      while (reader.hasNext()) {
        JournalEntry entry = reader.next();
        if (entry instanceof JournalEntry.Read read) {
          any = true;
          if (!read.event().time().isBefore(before)) {
            return false;
          }
        } else if (!(entry instanceof JournalEntry.Gap)) {
          return false;
        }
      }
    } catch (UncheckedIOException e) {
      return false;
    }
    return any;
  }
}
