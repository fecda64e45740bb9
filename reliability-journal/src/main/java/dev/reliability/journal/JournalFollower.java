package dev.reliability.journal;

import dev.reliability.core.event.Event;
import dev.reliability.core.event.EventId;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows the journals of some directories while they are written: first everything that is there,
 * then what was added since. Each event is given once, within an incarnation in the order of its
 * sequence; across incarnations by time, as far as they are read together.
 *
 * <p>Memory stays bounded by what one {@link #poll} reads at a time, 1 MiB per file. Writes
 * nothing; what a retention removes is forgotten. Not thread-safe.
 */
public final class JournalFollower {
  private static final int MOST_AT_A_TIME = 1 << 20;
  private static final Comparator<Path> IN_PARTS =
      Comparator.comparing(JournalFollower::epoch)
          .thenComparingInt(JournalFollower::part)
          .thenComparing(Comparator.naturalOrder());

  private final List<Path> directories;
  private final Map<Path, Long> offsets = new HashMap<>();

  /** The event at the offset of a file, if it was given already. */
  private final Map<Path, EventId> given = new HashMap<>();

  /** The directories that were there once. */
  private final Set<Path> known = new HashSet<>();

  private boolean isBegun;
  private long unreadable;

  /** What is read at a time: it counts once it was given. */
  private static final class Batch {
    final List<Event> events = new ArrayList<>();
    final Map<Path, Long> reached = new HashMap<>();
    long unreadable;
    boolean isCut;
  }

  /**
   * Follows these; one that is not there yet is waited for.
   *
   * @param directories of several nodes, each with the files of a journal
   */
  public JournalFollower(List<Path> directories) {
    this.directories = List.copyOf(directories);
  }

  /**
   * Gives what is new. The first call gives everything that is there.
   *
   * @throws UncheckedIOException naming the path and the reason if a file cannot be read, or a
   *     directory is not there any more; the next call goes on from where this one was
   */
  public void poll(Consumer<Event> events) {
    if (!isBegun) {
      isBegun = true; // if it fails in between, what is left is read as what was added
      begin(events);
    }
    boolean isBehind = true;
    while (isBehind) {
      Batch batch = new Batch();
      for (Path directory : directories) {
        read(directory, batch);
      }
      inOrder(batch.events).forEach(events);
      batch.reached.forEach(
          (file, to) -> {
            if (!to.equals(offsets.put(file, to))) {
              given.remove(file);
            }
          });
      unreadable += batch.unreadable;
      isBehind = batch.isCut;
    }
  }

  /** How many whole lines could not be read as an event. */
  public long unreadable() {
    return unreadable;
  }

  // ---- what is there at first ----

  private void begin(Consumer<Event> events) {
    List<Path> there = directories.stream().filter(Files::isDirectory).toList();
    try (JournalReader reader = JournalReader.openAll(there, JournalFilter.ALL)) {
      while (reader.hasNext()) {
        JournalEntry entry = reader.next();
        if (entry instanceof JournalEntry.Read read) {
          offsets.put(read.file(), read.offset());
          given.put(read.file(), read.event().id());
          events.accept(read.event());
        } else if (entry instanceof JournalEntry.Malformed) {
          unreadable++;
        }
      }
    }
  }

  // ---- what was added ----

  private void read(Path directory, Batch into) {
    Map<Path, Long> sizes = files(directory);
    forget(directory, sizes.keySet());
    String unfinished = "";
    for (Map.Entry<Path, Long> file : sizes.entrySet()) {
      long from = offsets.getOrDefault(file.getKey(), 0L);
      if (file.getValue() < from) { // another file under the same name
        from = 0;
        given.remove(file.getKey());
      }
      String epoch = epoch(file.getKey());
      if (file.getValue() > from && !epoch.equals(unfinished)) {
        boolean isCut = read(file.getKey(), from, into);
        unfinished = isCut ? epoch : ""; // its next part comes after the rest of this one
        into.isCut |= isCut;
      }
    }
  }

  private static int part(Path file) {
    SegmentName name = SegmentName.parse(file);
    return name == null ? 0 : name.part();
  }

  private static String epoch(Path file) {
    SegmentName name = SegmentName.parse(file);
    return name == null ? "" : name.epoch();
  }

  private void forget(Path directory, Set<Path> there) {
    offsets.keySet().removeIf(file -> directory.equals(file.getParent()) && !there.contains(file));
    given.keySet().retainAll(offsets.keySet());
  }

  /** The files with their sizes, those of an incarnation in the order of their parts. */
  private Map<Path, Long> files(Path directory) {
    Map<Path, Long> sizes = new TreeMap<>(IN_PARTS);
    if (!Files.isDirectory(directory)) {
      if (known.contains(directory)) {
        throw new UncheckedIOException(
            new IOException("journal " + directory + " is not there any more"));
      }
      return sizes;
    }
    known.add(directory);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (SegmentName.parse(file) != null && Files.isRegularFile(file)) {
          sizes.put(file, file.toFile().length());
        }
      }
      return sizes;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "journal " + directory + " cannot be read: " + Reasons.of(e), e);
    }
  }

  /** Reads whole lines from there on; gives whether there is more than was read. */
  private boolean read(Path file, long from, Batch into) {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = bytes(in, from, MOST_AT_A_TIME);
      int whole = lastLineEnd(bytes);
      if (whole == 0 && bytes.length == MOST_AT_A_TIME) {
        bytes = bytes(in, from, EventCodec.MAX_LINE_BYTES + 1);
        whole = lastLineEnd(bytes);
      }
      if (whole == 0 && bytes.length > EventCodec.MAX_LINE_BYTES) {
        into.unreadable++; // longer than any event is
        into.reached.put(file, from + bytes.length);
        return true;
      }
      lines(bytes, whole, given.get(file), into);
      into.reached.put(file, from + whole);
      return whole > 0 && in.length() > from + bytes.length;
    } catch (IOException e) {
      if (e instanceof FileNotFoundException && !Files.exists(file)) {
        return false; // removed since it was listed
      }
      throw new UncheckedIOException("journal " + file + " cannot be read: " + Reasons.of(e), e);
    }
  }

  private static byte[] bytes(RandomAccessFile in, long from, int most) throws IOException {
    byte[] bytes = new byte[(int) Math.min(most, Math.max(0, in.length() - from))];
    in.seek(from);
    in.readFully(bytes);
    return bytes;
  }

  private static int lastLineEnd(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  private static void lines(byte[] bytes, int end, @Nullable EventId known, Batch into) {
    int from = 0;
    for (int at = 0; at < end; at++) {
      if (bytes[at] == '\n') {
        if (at > from) {
          try {
            Event event = EventCodec.decode(bytes, from, at - from);
            if (!event.id().equals(known)) {
              into.events.add(event);
            }
          } catch (CodecException e) {
            into.unreadable++;
          }
        }
        from = at + 1;
      }
    }
  }

  /** By time, but within an incarnation as they were written, whatever the clock did. */
  private static List<Event> inOrder(List<Event> batch) {
    record Timed(Event event, long millis) {}
    Map<String, Long> latest = new HashMap<>();
    List<Timed> timed = new ArrayList<>(batch.size());
    for (Event event : batch) {
      long millis =
          latest.merge(event.id().epoch(), event.time().toEpochMilli(), (a, b) -> Math.max(a, b));
      timed.add(new Timed(event, millis));
    }
    timed.sort(Comparator.comparingLong(Timed::millis));
    return timed.stream().map(Timed::event).toList();
  }
}
