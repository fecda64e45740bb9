package dev.reliability.ops.cli;

import com.google.common.collect.Sets;
import dev.reliability.jdbc.JdbcStore;
import dev.reliability.journal.JournalEntry;
import dev.reliability.journal.JournalFilter;
import dev.reliability.journal.JournalMerge;
import dev.reliability.journal.JournalReader;
import dev.reliability.journal.LeftOut;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * All events that a report is about, read as one: the files of one node or several, and, if asked
 * for, the store's table of events. What stands in both comes once. Not thread-safe.
 */
final class Journals implements Iterator<JournalEntry>, AutoCloseable {
  private final List<JournalReader> readers = new ArrayList<>();
  private Iterator<JournalEntry> entries = Collections.emptyIterator();

  private List<Path> directories = List.of();

  private Journals() {}

  /**
   * The files of {@code directories}.
   *
   * @param leftOut is told of what is left out because of its type
   * @param helper helps with reading
   * @throws CommandException if a directory is not there
   * @throws java.io.UncheckedIOException if one cannot be read
   */
  static Journals of(
      List<Path> directories, JournalFilter filter, LeftOut leftOut, Executor helper) {
    return new Journals()
        .open(
            directories,
            journals -> journals.files(directories, filter, epoch -> true, leftOut, helper));
  }

  /**
   * The same, and the table of events of {@code store}; of that, everything is given, whatever its
   * type.
   */
  static Journals with(
      JdbcStore store,
      List<Path> directories,
      JournalFilter filter,
      LeftOut leftOut,
      Executor helper) {
    JournalFilter every = new JournalFilter(filter.since(), filter.until(), Set.of());
    return new Journals()
        .open(directories, journals -> journals.all(directories, store, every, leftOut, helper));
  }

  /** Each directory once, however often and under whatever name it is given. */
  static List<Path> distinct(List<Path> directories) {
    Map<Path, Path> byPlace = new LinkedHashMap<>();
    directories.forEach(directory -> byPlace.putIfAbsent(place(directory), directory));
    return List.copyOf(byPlace.values());
  }

  private static Path place(Path directory) {
    try {
      return directory.toRealPath();
    } catch (IOException e) {
      return directory; // is not there, which whoever opens it will say
    }
  }

  private Journals open(List<Path> all, Function<Journals, Iterator<JournalEntry>> opening) {
    directories = List.copyOf(all);
    for (Path directory : directories) {
      if (!Files.isDirectory(directory)) {
        throw CommandException.usage(
            "there is no journal in " + directory + ": expected a directory (--dir)");
      }
    }
    boolean opened = false;
    try {
      entries = opening.apply(this);
      opened = true;
      return this;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private JournalReader files(
      List<Path> directories,
      JournalFilter filter,
      Predicate<String> epochs,
      LeftOut leftOut,
      Executor helper) {
    JournalReader reader = JournalReader.openAll(directories, filter, epochs, leftOut, helper);
    readers.add(reader);
    return reader;
  }

  private Iterator<JournalEntry> all(
      List<Path> directories,
      JdbcStore store,
      JournalFilter filter,
      LeftOut leftOut,
      Executor helper) {
    Set<String> inFiles = new HashSet<>();
    directories.forEach(directory -> inFiles.addAll(JournalReader.epochs(directory)));
    Set<String> inBoth = Sets.intersection(inFiles, store.epochs()).immutableCopy();
    Predicate<String> inOne = epoch -> !inBoth.contains(epoch);
    List<Iterator<JournalEntry>> all = new ArrayList<>();
    all.add(files(directories, filter, inOne, leftOut, helper));
    all.add(store.readEvents(filter, inOne));
    for (String epoch : inBoth) {
      all.add(
          JournalMerge.union(
              files(directories, filter, epoch::equals, leftOut, helper),
              store.readEvents(filter, epoch::equals)));
    }
    return JournalMerge.byTime(all);
  }

  /** How large the files are, for an estimate. */
  long bytes() {
    long bytes = 0;
    for (Path directory : directories) {
      File[] files = directory.toFile().listFiles((in, name) -> name.endsWith(".jsonl"));
      for (File file : files == null ? new File[0] : files) {
        bytes += file.length();
      }
    }
    return bytes;
  }

  @Override
  public boolean hasNext() {
    return entries.hasNext();
  }

  @Override
  public JournalEntry next() {
    return entries.next();
  }

  @Override
  public void close() {
    readers.forEach(JournalReader::close);
  }
}
